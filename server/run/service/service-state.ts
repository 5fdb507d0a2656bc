// How is the server doing, in one sentence? What `systemctl status` shows of it, and whether it samples at all.

import type { Dataset } from '../../dataset/dataset.ts';
import { counted } from '../../text/terminal-text.ts';

/** What is told of the server. */
export interface ServiceState {
  readonly datasets: readonly Dataset[];
  /** Open streams. */
  readonly streams: number;
  /** What else a person should know, a clause each: that it waits for an address, that the clock is not synchronised. */
  readonly remarks: readonly string[];
}

/** A schedule that is this many seconds late is that of a sampler that is stuck: no wait for a sensor goes past its row. */
const STUCK_AFTER = 10;

/** A status is one line, and what a sensor complains of may be long. */
const LONGEST = 300;

/** Why rows are not made that should be, a sentence a dataset. At interval 0 rows are only made when somebody asks for them. */
export function stuckDatasets(datasets: readonly Dataset[]): readonly string[] {
  return datasets.flatMap(dataset => {
    const { failure, lateness = 0 } = dataset.status();
    const { name } = dataset.info;
    if (dataset.interval === 0) return [];
    if (failure !== undefined) return [`${name} gives no more rows: ${failure}`];
    return lateness > STUCK_AFTER ? [`${name} has made no row for ${Math.round(lateness)} s too long`] : [];
  });
}

/** `2 datasets, 1 stream, 1 sensor failing: garden air (/dev/i2c-1 is not there)`. */
export function serviceStatus({ datasets, streams, remarks }: ServiceState): string {
  const failing = datasets.flatMap(dataset =>
    dataset
      .status()
      .sensors.filter(({ state }) => state === 'failing')
      .map(({ name, lastError }) => `${dataset.info.name} ${name} (${lastError?.message ?? 'no reason'})`),
  );
  const counts = [
    counted(datasets.length, 'dataset'),
    counted(streams, 'stream'),
    ...(failing.length === 0 ? [] : [`${counted(failing.length, 'sensor')} failing: ${failing.join(', ')}`]),
  ].join(', ');
  const text = [...remarks, ...stuckDatasets(datasets), counts].join('; ').replaceAll(/[\s\p{C}]+/gu, ' ');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
