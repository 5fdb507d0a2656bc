// Makes the metrics of sources that are other servers: whether their rows come, how late they are, and which could not be taken.

import type { DatasetStatus } from '../dataset/dataset.ts';
import type { RelayStatus, SourceStatus } from '../source/row-source.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';

type Each = (number: (status: DatasetStatus) => number | undefined) => MetricSample[];

export function sourceMetrics(each: Each): readonly MetricFamily[] {
  const relays = (number: (relay: RelayStatus) => number | undefined) =>
    each(({ source }) => (source.kind === 'dap2' ? number(source) : undefined));
  return [
    {
      name: 'dapberry_source_following',
      type: 'gauge',
      help: '1 while the rows of another server come or are waited for, 0 while they cannot come.',
      samples: each(({ source }) =>
        source.kind === 'dap2' ? Number(source.state === 'following') : streamed(source)?.following,
      ),
    },
    {
      name: 'dapberry_source_gaps',
      type: 'counter',
      help: 'Stretches of rows that a stream of NATS does not have.',
      samples: each(({ source }) => streamed(source)?.gaps),
    },
    {
      name: 'dapberry_source_unread_messages',
      type: 'counter',
      help: 'Messages of a stream of NATS that could not be read.',
      samples: each(({ source }) => streamed(source)?.unread),
    },
    {
      name: 'dapberry_source_behind_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'Seconds by which the newest row of another server was late when it came; its age while that server is away.',
      samples: relays(({ behind }) => behind),
    },
    {
      name: 'dapberry_source_untaken_rows',
      type: 'counter',
      help: 'Rows of another server that were not taken over: not later than the last one, or without a time.',
      samples: each(({ source }) =>
        source.kind === 'dap2' ? source.untaken.earlier + source.untaken.timeless : streamed(source)?.early,
      ),
    },
  ];
}

/** The numbers of rows from a stream of NATS; undefined for any other source, and while nobody reads the rows. */
function streamed(source: SourceStatus) {
  if (source.kind !== 'nats' || source.state === 'resting') return undefined;
  const { state, gaps, unread, early } = source;
  return { following: Number(state === 'following'), gaps, unread, early };
}
