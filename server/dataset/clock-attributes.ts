// What does a DAS say of the clock that stamps the rows? Whether it is synchronised, and how it was set lately.

import type { Attribute, AttributeTable } from '../../dap/index.ts';
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
 * The attributes of the dataset with those of the clock among the global ones; without these where its times are not the clock's.
 * @param synchronized undefined where nobody watches the clock
 */
export function clockAttributes(dataset: Dataset, synchronized: Synchronized | undefined): AttributeTable {
  const { attributes } = dataset;
  const global = attributes.get('NC_GLOBAL');
  if (!dataset.isClocked || !(global instanceof Map)) return attributes;
  const { lastSteps, ahead } = dataset.status().clock;
  const own: [string, Attribute][] = [];
  if (synchronized !== undefined)
    own.push(['clock_synchronized', { type: 'String', values: [synchronized] }]);
  if (lastSteps.length > 0) {
    own.push(['clock_step_time', numbers(lastSteps.map(({ time }) => time))]);
    own.push(['clock_step_seconds', numbers(lastSteps.map(({ seconds }) => seconds))]);
  }
  if (ahead > 0) own.push(['clock_ahead_seconds', numbers([ahead])]);
  return new Map([...attributes, ['NC_GLOBAL', new Map([...global, ...own])]]);
}

function numbers(values: readonly number[]): Attribute {
  return { type: 'Float64', values };
}
