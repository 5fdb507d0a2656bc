// Gives the attributes of the columns that a plan requests, those of a function's results included.

import { type AttributeTable, columnAttributes } from '../../model/attributes.ts';
import type { Sequence } from '../../model/variable.ts';
import { resultAttributes } from '../thinning/result-attributes.ts';
import type { Plan } from './plan.ts';

/**
 * The attributes of a dataset as the response to `plan` needs them: for a function that summarises, those of its result columns in place
 * of those of the source columns; otherwise `attributes` themselves.
 * @param source the Sequence that the plan reads
 */
export function planAttributes(
  { thinning }: Pick<Plan, 'thinning'>,
  source: Sequence,
  attributes: AttributeTable,
): AttributeTable {
  const results = thinning?.results;
  if (results === undefined) return attributes;
  const columns: AttributeTable = new Map(
    results.map(result => [result.field.name, resultAttributes(result, sourceOf(result.source))]),
  );
  return new Map([...attributes, [source.name, columns]]);

  function sourceOf(index: number | undefined) {
    if (index === undefined) return undefined;
    const { name } = source.fields[index]!;
    return { name, attributes: columnAttributes(attributes, source.name, name) };
  }
}
