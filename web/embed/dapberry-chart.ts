// The module that pages of other servers load: defines the element `<dapberry-chart>`.

import { defineDapberryChart } from './chart-element.ts';

defineDapberryChart();
