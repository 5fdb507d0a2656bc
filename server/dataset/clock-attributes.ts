// Adds the state of the clock that stamps the rows to a DAS: whether it is synchronised, and its latest steps.

import type { Attribute, AttributeTable } from '../../dap/protocol.ts';
import type { ClockHistory } from '../../device/index.ts';
import type { Synchronized } from '../machine/synchronized.ts';
import type { Dataset } from './dataset.ts';

/** Global attributes that `clockAttributes` adds. */
export const CLOCK_ATTRIBUTES: readonly string[] = [
  'clock_synchronized',
  'clock_step_time',
  'clock_step_seconds',
  'clock_ahead_seconds',
];

/**
 * The dataset's attributes, with those of the clock among the global ones where this machine's clock stamps its rows.
 * @param synchronized undefined where the clock is not watched
 */
export function clockAttributes(dataset: Dataset, synchronized: Synchronized | undefined): AttributeTable {
  const { attributes } = dataset;
  const global = attributes.get('NC_GLOBAL');
  if (!dataset.isClocked || !(global instanceof Map)) return attributes;
  const own: [string, Attribute][] = [];
  if (synchronized !== undefined)
    own.push(['clock_synchronized', { type: 'String', values: [synchronized] }]);
  const { source } = dataset.status();
  if (source.kind === 'sensors') own.push(...stepAttributes(source.clock));
  return new Map([...attributes, ['NC_GLOBAL', new Map([...global, ...own])]]);
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
