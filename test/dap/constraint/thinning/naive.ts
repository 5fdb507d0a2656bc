// Computes each function over all rows at once, as simply as possible: the reference for the streams.

import type { Constraint, Name } from '../../../../dap/constraint/index.ts';
import { COLUMNS, matching, rowNumbers } from '../naive.ts';
import type { Row } from '../stations.ts';
import { NO_COUNT } from './reading.ts';

/** A function whose intervals are whole numbers of seconds; undefined for all rows together. */
export interface FunctionRequest {
  readonly name: string;
  readonly width: number | undefined;
  readonly offset: number;
  readonly key: 'time' | 'temperature' | 'voltage' | 'count';
  readonly limit: number;
}

type Value = number | string;

/** The result rows: of the columns asked for, and of the rows that the indices choose. */
export function naive(constraint: Constraint, asked: FunctionRequest, list: readonly Row[]): Value[][] {
  const wanted = rowNumbers(constraint);
  const groups = groupsOf(matching(constraint, list), asked);
  return groups
    .flatMap(group => resultOf(group, asked, columnsOf(constraint, asked)))
    .filter((_, number) => wanted(number));
}

/** A source column, or the number of rows that a bucket gives behind the time where all is asked for. */
type Column = keyof Row | 'row_count';

function columnsOf({ projections }: Constraint, { name }: FunctionRequest): Column[] {
  const [time, ...others] = COLUMNS;
  const all: Column[] = name === 'bucket' ? [time, 'row_count', ...others] : [...COLUMNS];
  const named = projections.flatMap(item => {
    const last = (item as Name).steps.at(-1)!.name;
    return last === 'sensor' ? all : [last as Column];
  });
  return named.length === 0 ? all : [...new Set(named)];
}

interface Group {
  readonly start: number;
  readonly rows: Row[];
}

function groupsOf(rows: readonly Row[], { width, offset, name }: FunctionRequest): Group[] {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const start =
      width === undefined
        ? 0
        : name === 'orderByClosest'
          ? halfEven(row.time / width) * width
          : Math.floor((row.time - offset) / width) * width + offset;
    groups.set(start, [...(groups.get(start) ?? []), row]);
  }
  return [...groups].map(([start, list]) => ({ start, rows: list }));
}

function halfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function resultOf(group: Group, asked: FunctionRequest, columns: readonly Column[]): Value[][] {
  const { start, rows } = group;
  const values = (column: Column) =>
    column === 'row_count' ? [] : rows.map(row => row[column]).filter(value => !isMissing(column, value));
  switch (asked.name) {
    case 'bucket':
      return [
        columns.flatMap((column): Value[] => {
          if (column === 'row_count') return [rows.length];
          if (column === 'time') return [start];
          const present = values(column) as number[];
          if (column === 'state') return [present.length];
          if (present.length === 0) return [0, Number.NaN, Number.NaN, Number.NaN];
          return [present.length, Math.min(...present), mean(present), Math.max(...present)];
        }),
      ];
    case 'orderByMean':
      return [
        columns.map(column => {
          if (column === 'time') return start;
          if (column !== 'state') return mean(values(column) as number[]);
          const states = new Set(rows.map(row => row.state));
          return states.size === 1 ? [...states][0]! : '';
        }),
      ];
    case 'orderByCount':
      return [columns.map(column => (column === 'time' ? start : values(column).length))];
    default:
      return chosen(rows, start, asked).map(row => columns.map(column => row[column as keyof Row]));
  }
}

/** The rows of a group, as ERDDAP chooses them of the sorted table. */
function chosen(rows: readonly Row[], start: number, { name, key, limit }: FunctionRequest): readonly Row[] {
  if (name === 'orderByLimit') return rows.slice(0, limit);
  if (name === 'orderByClosest') {
    const distance = (row: Row) => Math.abs(row.time - start);
    const [nearest] = rows.toSorted((a, b) => distance(a) - distance(b));
    return [nearest!];
  }
  const sorted = rows
    .filter(row => !isMissing(key, row[key]))
    .sort((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
  if (sorted.length === 0) return [];
  const [least, greatest] = [sorted[0]!, sorted.at(-1)!];
  return name === 'orderByMin' ? [least] : name === 'orderByMax' ? [greatest] : [least, greatest];
}

function isMissing(column: Column, value: Value): boolean {
  return value === '' || Number.isNaN(value) || (column === 'count' && value === NO_COUNT);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
