// Writes the metrics of streams: how many are open, how they ended, and what they sent.

import type { Dataset } from '../dataset/dataset.ts';
import type { RowFormat } from '../formats/row-format.ts';
import { ADDRESS_CLASSES } from '../network/address-class.ts';
import type { OpenStreams } from '../stream/open-streams.ts';
import type { StreamCounts, StreamEnd } from '../stream/stream-counts.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';

export function streamMetrics(
  datasets: readonly Dataset[],
  { counted, limits, shared }: OpenStreams,
  formats: readonly RowFormat[],
): MetricFamily[] {
  // Every reason is listed from the start with zero: Prometheus sees no increase in a series that begins with its first event. The
  // thousands of datasets of a fleet would make an answer of many megabytes of zeros: theirs begin with the first stream.
  const kinds = datasets.flatMap(({ info, isResting }) =>
    formats.flatMap(({ name: format }) =>
      ADDRESS_CLASSES.flatMap(client => {
        const dataset = info.name;
        const kind = { dataset, format, client };
        const counts = isResting === undefined ? counted.of(kind) : counted.known(kind);
        return counts === undefined ? [] : [{ labels: { dataset, encoding: format, client }, counts }];
      }),
    ),
  );
  const each = (number: (counts: StreamCounts) => number): MetricSample[] =>
    kinds.map(({ labels, counts }) => ({ labels, value: number(counts) }));
  return [
    {
      name: 'dapberry_streams_open',
      type: 'gauge',
      help: 'Streams that are open.',
      samples: each(openOf),
    },
    {
      name: 'dapberry_streams_limit',
      type: 'gauge',
      help: 'Streams that may be open at once.',
      samples: [{ value: limits.maxStreams }],
    },
    {
      name: 'dapberry_streams_begun',
      type: 'counter',
      help: 'Streams begun.',
      samples: each(({ begun }) => begun),
    },
    {
      name: 'dapberry_streams_ended',
      type: 'counter',
      help: 'Streams that ended: complete with their end marker, left by their client, cut-off because the client accepted nothing, displaced by another client after a time without a row, failed.',
      samples: kinds.flatMap(({ labels, counts }) =>
        (Object.entries(counts.ended) as [StreamEnd, number][]).map(([reason, value]) => ({
          labels: { ...labels, reason },
          value,
        })),
      ),
    },
    {
      name: 'dapberry_streams_refused',
      type: 'counter',
      help: 'Streams refused because too many were open, in all or to one address.',
      samples: each(({ refused }) => refused),
    },
    {
      name: 'dapberry_sent_rows',
      type: 'counter',
      help: "Rows handed to clients' connections.",
      samples: each(({ rows }) => rows),
    },
    {
      name: 'dapberry_sent_bytes',
      type: 'counter',
      unit: 'bytes',
      help: "Bytes of streams handed to clients' connections, without the bytes of HTTP itself.",
      samples: each(({ bytes }) => bytes),
    },
    {
      name: 'dapberry_log_encoded_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Memory for encoded rows that are kept while clients ask for the same past.',
      // Rows that each client has alone are never kept.
      samples: datasets
        .filter(({ delivery }) => delivery.kind !== 'on-demand')
        .map(dataset => ({ labels: { dataset: dataset.info.name }, value: shared.bytesOf(dataset) })),
    },
  ];
}

function openOf({ begun, ended }: StreamCounts): number {
  return Object.values(ended).reduce((open, over) => open - over, begun);
}
