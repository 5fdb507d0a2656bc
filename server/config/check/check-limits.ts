// Finds the limits of a sensor's columns, and refuses those that no value of the column can exceed.

import { RANGES } from '../../../dap/model/layout.ts';
import { type ColumnLimits, heldBound, type Limit, listedLimits } from '../../../dap/model/limits.ts';
import type { Channel, SensorSetup } from '../../../device/index.ts';
import { problemAt, valueAt } from '../mistakes/explain.ts';
import { limitsFrom } from '../schema/limits-schema.ts';
import { type DatasetNode, isMapping } from '../text/dataset-node.ts';
import type { Problem, Step } from '../text/problem.ts';

/** The limits of columns by the names of the columns. */
export type LimitsByColumn = ReadonlyMap<string, ColumnLimits>;

interface CheckedLimits {
  readonly limits: LimitsByColumn;
  readonly problems: readonly Problem[];
}

/** @param place the dataset of the sensor, its path there, and its value */
export function checkLimits(
  { dataset, path, value }: { dataset: DatasetNode; path: readonly Step[]; value: unknown },
  { columns, derived }: SensorSetup,
): CheckedLimits {
  const limits = new Map<string, ColumnLimits>();
  const problems: Problem[] = [];
  const places = [
    ...columns.map(({ channel, column }) => ({ own: ['channels', channel], column })),
    ...derived.map(({ key, column }) => ({ own: ['derived', key], column })),
  ];
  for (const { own, column } of places) {
    const written = valueAt(value, own);
    const found = isMapping(written) ? limitsFrom(written) : undefined;
    if (found === undefined) continue;
    limits.set(column.name, found);
    for (const limit of listedLimits(found)) {
      const expected = unreachable(column, limit);
      if (expected === undefined) continue;
      const at = [...path, ...own, limit.level, limit.side];
      problems.push(problemAt(dataset, at, 'value', { expected, found: String(limit.value) }));
    }
  }
  return { limits, problems };
}

/** What is expected of a limit that no valid value of the column exceeds; undefined for other limits. */
function unreachable({ type = 'Float64', validRange }: Channel, { side, value }: Limit): string | undefined {
  const held = heldBound(type, side, value);
  const [least, greatest] = type === 'Int32' || type === 'UInt32' ? RANGES[type] : FINITE;
  if (!(held >= least && held <= greatest)) return `a number that a column of ${type} can hold`;
  if (validRange === undefined) return undefined;
  const [low, high] = validRange;
  return value >= low && value <= high ? undefined : `a number in the valid range, from ${low} to ${high}`;
}

const FINITE = [-Number.MAX_VALUE, Number.MAX_VALUE] as const;
