// The metrics of logins: how many passwords were right, wrong, or not verified because too many waited.

import type { MetricFamily } from './exposition.ts';

export function loginMetrics(counts: Readonly<Record<string, number>>): MetricFamily[] {
  return [
    {
      name: 'dapberry_logins',
      type: 'counter',
      help: 'Passwords verified; right ones are remembered, and count once.',
      samples: Object.entries(counts).map(([result, value]) => ({ labels: { result }, value })),
    },
  ];
}
