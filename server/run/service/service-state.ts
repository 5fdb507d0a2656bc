// Sums up the state of the server in one sentence for `systemctl status`, and detects datasets that make no rows.

import { type Dataset, sensorsIn } from '../../dataset/dataset.ts';
import { counted } from '../../text/terminal-text.ts';

/** The parts of the server that its status is about. */
export interface ServiceState {
  readonly datasets: readonly Dataset[];
  /** Further clauses for a person: that the server waits for an address, that the clock is not synchronised. */
  readonly remarks: readonly string[];
}

/** A schedule that is this many seconds late belongs to a stuck sampler: no wait for a sensor goes past its row. */
const STUCK_AFTER = 10;

/** Characters of a status: it is one line, and the error of a sensor may be long. */
const LONGEST = 300;

/** One sentence for each dataset whose rows should come and do not. Rows on demand come only when a client asks for them. */
export function stuckDatasets(datasets: readonly Dataset[]): readonly string[] {
  return datasets.flatMap(dataset => {
    if (dataset.delivery.kind === 'on-demand') return [];
    const { failure, source } = dataset.status();
    const { name } = dataset.info;
    if (failure !== undefined) return [`${name} gives no more rows: ${failure}`];
    const lateness = (source.kind === 'sensors' && source.schedule?.lateness) || 0;
    return lateness > STUCK_AFTER ? [`${name} is ${Math.round(lateness)} s late with its next row`] : [];
  });
}

/** Such as `2 datasets, 1 stream, 1 sensor failing: garden air (/dev/i2c-1 is not there)`. */
export function serviceStatus({ datasets, remarks }: ServiceState, streams: number): string {
  const failing = datasets.flatMap(dataset =>
    sensorsIn(dataset.status())
      .filter(({ state }) => state === 'failing')
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
