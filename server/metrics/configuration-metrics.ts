// Makes the metrics of the configuration: its mistakes, whether it is in use, and the datasets that could not be opened.

import type { ConfigurationState } from '../config/configuration-state.ts';
import type { MetricFamily } from './exposition.ts';

export function configurationMetrics(state: ConfigurationState | undefined): readonly MetricFamily[] {
  const values = (value: number | undefined) => (value === undefined ? [] : [{ value }]);
  return [
    {
      name: 'dapberry_configuration_mistakes',
      type: 'gauge',
      help: 'Mistakes in the configuration files; while there are some, an earlier configuration is in use.',
      samples: values(state?.problems.length),
    },
    {
      name: 'dapberry_configuration_in_use',
      type: 'gauge',
      help: '1 for the configuration in use: current, previous (before the wrong one), last-good or host-only.',
      samples: state === undefined ? [] : [{ labels: { configuration: state.inUse }, value: 1 }],
    },
    {
      name: 'dapberry_datasets_unopened',
      type: 'gauge',
      help: 'Datasets of the configuration that could not be opened and are tried again.',
      samples: values(state?.failed.length),
    },
  ];
}
