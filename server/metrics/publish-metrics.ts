// The metrics of feeds: whether their receivers take rows, and how far they are behind.

import type { Dataset } from '../dataset/dataset.ts';
import type { FeedStatus } from '../publish/sink.ts';
import type { MetricFamily } from './exposition.ts';

/** @param publishing gives the feeds of a dataset; undefined where nothing is published */
export function publishMetrics(
  datasets: readonly Dataset[],
  publishing: ((dataset: Dataset) => readonly FeedStatus[]) | undefined,
): MetricFamily[] {
  const feeds = datasets.flatMap(dataset =>
    (publishing?.(dataset) ?? []).map(feed => ({
      feed,
      labels: { dataset: dataset.info.name, sink: feed.kind },
    })),
  );
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    number: (feed: FeedStatus) => number | undefined,
    unit?: MetricFamily['unit'],
  ): MetricFamily => ({
    name: `dapberry_publish_${name}`,
    type,
    help,
    samples: feeds.flatMap(({ feed, labels }) => {
      const value = number(feed);
      return value === undefined ? [] : [{ labels, value }];
    }),
    ...(unit === undefined ? {} : { unit }),
  });
  return [
    family(
      'connected',
      'gauge',
      '1 while the receiver of the rows is connected, 0 otherwise.',
      ({ state }) => (state === 'connected' ? 1 : 0),
    ),
    family('sent_rows', 'counter', 'Rows that the receiver has taken.', ({ sent }) => sent),
    family('behind_rows', 'gauge', 'Rows that the receiver has still to get.', ({ behind }) => behind.rows),
    family(
      'behind_seconds',
      'gauge',
      'Time of rows that the receiver has still to get.',
      ({ behind }) => behind.seconds,
      'seconds',
    ),
    family(
      'dropped_rows',
      'counter',
      'Rows that the receiver will not get: forgotten or refused before it took them.',
      ({ dropped }) => dropped,
    ),
    family(
      'gaps',
      'counter',
      'Stretches of rows that the receiver will not get, where their number is not known.',
      ({ gaps }) => gaps,
    ),
    family(
      'newest_row_timestamp_seconds',
      'gauge',
      'Time of the newest row that the receiver has taken, in seconds since 1970.',
      ({ lastTime }) => lastTime,
      'seconds',
    ),
  ];
}
