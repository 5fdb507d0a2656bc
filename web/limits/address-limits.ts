// Reads limits from the page's address: `warn=air_temperature:2..30&alarm=air_temperature:..35`.

import { heldBound, LEVELS, type Level, type Limit, limitsOf, listedLimits } from '../../dap/model/limits.ts';
import { nearest } from '../../dap/model/nearest.ts';
import type { ShownColumn } from '../stream/describe.ts';

/** The bounds of one column, as the address names them. */
export interface NamedLimits {
  readonly level: Level;
  /** The column, by its name. */
  readonly column: string;
  readonly limits: readonly Limit[];
  /** The part of the address. */
  readonly text: string;
}

export interface AddressLimits {
  readonly named: readonly NamedLimits[];
  /** One sentence for each part that is not understood. */
  readonly problems: readonly string[];
}

const EXPECTED = 'a column and its bounds, such as air:2..30, air:..35 or air:2..';

/** `values`: those of the parameters `warn` and `alarm`, as often as they are written; commas part several columns. */
export function addressLimits(values: Readonly<Record<Level, readonly string[]>>): AddressLimits {
  const named: NamedLimits[] = [];
  const problems: string[] = [];
  for (const level of LEVELS) {
    for (const part of values[level].flatMap(value => value.split(','))) {
      const text = `${level}=${part}`;
      const found = boundsIn(level, part);
      if (typeof found === 'string') problems.push(`The address of this page says ${text}: ${found}.`);
      else named.push({ ...found, level, text });
    }
  }
  return { named, problems };
}

function boundsIn(level: Level, part: string): Pick<NamedLimits, 'column' | 'limits'> | string {
  const [, column, low, high] = /^\s*([^:]+?)\s*:\s*(\S*?)\.\.(\S*?)\s*$/.exec(part) ?? [];
  if (column === undefined) return `expected ${EXPECTED}`;
  const limits: Limit[] = [];
  for (const [side, text] of [
    ['below', low],
    ['above', high],
  ] as const) {
    if (!text) continue;
    const value = Number(text.replace('−', '-'));
    if (!Number.isFinite(value)) return `expected ${EXPECTED}, found ${text} in the place of a number`;
    limits.push({ level, side, value });
  }
  const [first, second] = limits;
  if (first === undefined) return `expected ${EXPECTED}, found no bound`;
  if (second !== undefined && first.value > second.value) return 'expected the lower bound first';
  return { column, limits };
}

/** The columns with the limits that the address names for them, in the place of those of the same level in the DAS. */
export function withLimits(columns: readonly ShownColumn[], named: readonly NamedLimits[]): ShownColumn[] {
  return columns.map(column => {
    const own = named.filter(each => each.column === column.name);
    if (own.length === 0 || column.kind === 'text') return column;
    const levels = own.map(({ level }) => level);
    const kept = listedLimits(column.limits ?? {}).filter(({ level }) => !levels.includes(level));
    const held = own
      .flatMap(({ limits }) => limits)
      .map(limit => ({ ...limit, value: heldIn(column, limit) }));
    return { ...column, limits: limitsOf([...kept, ...held]) };
  });
}

/** Sentences about names that are no column of numbers among `columns`, those of all datasets of the page. */
export function unknownColumns(
  columns: readonly ShownColumn[],
  named: readonly NamedLimits[],
): readonly string[] {
  const numbers = columns.filter(({ kind }) => kind !== 'text').map(({ name }) => name);
  return named.flatMap(({ column, text }) => {
    if (numbers.includes(column)) return [];
    const isText = columns.some(({ name }) => name === column);
    const near = nearest(column, numbers);
    const hint = near === undefined ? '' : ` Did you mean ${near}?`;
    const found = isText ? `${column} holds text` : `no column is called ${column}`;
    return [`The address of this page says ${text}: ${found}.${hint}`];
  });
}

/** The values of a column of single precision, and its bound, are rounded to it. */
function heldIn({ type, meaning }: ShownColumn, { side, value }: Limit): number {
  return type === 'Float32' && meaning?.isPacked !== true ? heldBound(type, side, value) : value;
}
