// What do metrics say of the system clock? Whether it is synchronised, where that is known.

import type { ClockState } from '../machine/clock-watch.ts';
import type { MetricFamily } from './exposition.ts';

export function clockMetric(clock: ClockState | undefined): MetricFamily {
  const value = { yes: 1, no: 0, unknown: undefined }[clock?.synchronized ?? 'unknown'];
  return {
    name: 'dapberry_clock_synchronized',
    type: 'gauge',
    help: '1 while the system clock is synchronised, 0 while it is not; absent where nobody knows.',
    samples: value === undefined ? [] : [{ value }],
  };
}
