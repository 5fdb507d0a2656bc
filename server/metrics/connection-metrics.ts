// The metrics of connections: how many are open, and which the server closed or refused.

import type { OpenConnections } from '../connections/open-connections.ts';
import type { MetricFamily } from './exposition.ts';

export function connectionMetrics({ size, limit, accepted, ended }: OpenConnections): MetricFamily[] {
  return [
    {
      name: 'dapberry_connections_open',
      type: 'gauge',
      help: 'Connections that are open.',
      samples: [{ value: size }],
    },
    {
      name: 'dapberry_connections_limit',
      type: 'gauge',
      help: 'Connections that may be open at once.',
      samples: [{ value: limit }],
    },
    {
      name: 'dapberry_connections_accepted',
      type: 'counter',
      help: 'Connections accepted.',
      samples: [{ value: accepted }],
    },
    {
      name: 'dapberry_connections_closed',
      type: 'counter',
      help: 'Connections that the server closed: refused because too many were open, barred by server.allow (behind a proxy, the request), displaced by another while without a request, flooded by requests that did not wait for answers, stuck because the client accepted nothing, handshake because its handshake of TLS failed or took too long.',
      samples: Object.entries(ended).map(([reason, value]) => ({ labels: { reason }, value })),
    },
  ];
}
