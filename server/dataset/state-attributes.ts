// Adds to a DAS what changes while the server runs: the state of the clock that stamps the rows, and the oldest time on the disk.

import type { Attribute, AttributeTable } from '../../dap/protocol.ts';
import type { ClockHistory } from '../../device/index.ts';
import type { Synchronized } from '../machine/synchronized.ts';
import type { Dataset, DatasetStatus } from './dataset.ts';

/** Global attributes of the clock that `stateAttributes` adds. */
export const CLOCK_ATTRIBUTES: readonly string[] = [
  'clock_synchronized',
  'clock_step_time',
  'clock_step_seconds',
  'clock_ahead_seconds',
];

/** The attribute of ACDD with the time of the first row. */
const COVERAGE_START = 'time_coverage_start';

/**
 * The dataset's attributes, and among the global ones those of the clock where this machine's clock stamps its rows, and the time of
 * the oldest row where rows are on the disk, unless the configuration sets that attribute. In memory alone it would change with each row.
 * @param synchronized undefined where the clock is not watched
 */
export function stateAttributes(dataset: Dataset, synchronized: Synchronized | undefined): AttributeTable {
  const { attributes } = dataset;
  const global = attributes.get('NC_GLOBAL');
  if (!(global instanceof Map)) return attributes;
  const status = dataset.status();
  const own: [string, Attribute][] = [];
  const start = coverageStart(status);
  if (start !== undefined && !global.has(COVERAGE_START)) own.push([COVERAGE_START, text(start)]);
  if (dataset.isClocked) {
    if (synchronized !== undefined) own.push(['clock_synchronized', text(synchronized)]);
    if (status.source.kind === 'sensors') own.push(...stepAttributes(status.source.clock));
  }
  if (own.length === 0) return attributes;
  return new Map([...attributes, ['NC_GLOBAL', new Map([...global, ...own])]]);
}

function coverageStart({ store }: DatasetStatus): string | undefined {
  const firstTime = store?.history?.firstTime;
  return firstTime === undefined ? undefined : new Date(Math.floor(firstTime * 1000)).toISOString();
}

function stepAttributes({ lastSteps, ahead }: ClockHistory): [string, Attribute][] {
  const own: [string, Attribute][] = [];
  if (lastSteps.length > 0) {
    own.push(['clock_step_time', numbers(lastSteps.map(({ time }) => time))]);
    own.push(['clock_step_seconds', numbers(lastSteps.map(({ seconds }) => seconds))]);
  }
  if (ahead > 0) own.push(['clock_ahead_seconds', numbers([ahead])]);
  return own;
}

function numbers(values: readonly number[]): Attribute {
  return { type: 'Float64', values };
}

function text(value: string): Attribute {
  return { type: 'String', values: [value] };
}
