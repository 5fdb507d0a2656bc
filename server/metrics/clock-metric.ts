// Makes the metric of the system clock: whether it is synchronised, if that is known.

import type { ClockState } from '../machine/clock-watch.ts';
import type { MetricFamily } from './exposition.ts';

export function clockMetric(clock: ClockState | undefined): MetricFamily {
  const value = { yes: 1, no: 0, unknown: undefined }[clock?.synchronized ?? 'unknown'];
  return {
    name: 'dapberry_clock_synchronized',
    type: 'gauge',
    help: '1 while the system clock is synchronised, 0 while it is not; absent while that is unknown.',
    samples: value === undefined ? [] : [{ value }],
  };
}
