// Generates random constraints around the times that a store holds, as text and as the meaning of the text.

import fc from 'fast-check';
import type { ReferenceLog, RowRequest, TimeBound } from './reference.ts';
import type { Row } from './scripted-source.ts';

/** The columns of the scripted device. */
export const COLUMNS = ['time', 'a', 'b', 'c'] as const;

/** A time before which no row is made. */
export const EPOCH = 1_700_000_000;

interface Moment {
  readonly at: 'held' | 'forgotten' | 'between' | 'before' | 'future';
  readonly pick: number;
}

const moment: fc.Arbitrary<Moment> = fc.record({
  at: fc.constantFrom('held', 'held', 'forgotten', 'between', 'between', 'before', 'future'),
  pick: fc.nat(1000),
});

const lower = fc.record({ operator: fc.constantFrom('>' as const, '>=' as const), moment });
const upper = fc.record({ operator: fc.constantFrom('<' as const, '<=' as const), moment });

/** Clauses that are not about the time alone, or bound it from no side, and what they mean. */
const CLAUSES: readonly (readonly [string, (row: Row) => boolean])[] = [
  ['a>0.5', ([, a]) => a! > 0.5],
  ['sensor.a!=0.25', ([, a]) => a !== 0.25],
  ['a<={0.25,0.5}', ([, a]) => a! <= 0.5],
  ['0<=b', ([, , b]) => b! >= 0],
  ['sensor.c={-1.5,0,0.75}', ([, , , c]) => [-1.5, 0, 0.75].includes(c!)],
  ['b<c', ([, , b, c]) => b! < c!],
  ['time>c', ([time, , , c]) => time! > c!],
  [`time!=${EPOCH}`, ([time]) => time !== EPOCH],
];

const range = fc.record({
  start: fc.nat(6),
  stride: fc.integer({ min: 1, max: 4 }),
  rows: fc.oneof(
    { weight: 4, arbitrary: fc.nat(9) },
    { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  ),
});

export interface Asking {
  readonly bounds: readonly { operator: TimeBound['operator']; moment: Moment }[];
  /** The times are dealt out so that the first bound gets the earliest. */
  readonly ordered: boolean;
  readonly times: readonly Moment[] | undefined;
  readonly clauses: readonly (typeof CLAUSES)[number][];
  readonly range: { start: number; stride: number; rows: number } | undefined;
  readonly columns: readonly number[];
  /** Full names, and the number before the operator. */
  readonly formal: boolean;
  readonly encoding: 'dods' | 'asc';
}

/** Undefined, except one time in `oneIn`. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Live, from the past, windows, row ranges, selections, projections in any order, and all of that together. */
export const asking: fc.Arbitrary<Asking> = fc.record({
  bounds: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.tuple(lower) },
    { weight: 1, arbitrary: fc.tuple(upper) },
    { weight: 3, arbitrary: fc.tuple(lower, upper) },
    { weight: 1, arbitrary: fc.array(fc.oneof(lower, upper), { maxLength: 4 }) },
  ),
  ordered: fc.constantFrom(true, true, true, false),
  times: sometimes(fc.array(moment, { minLength: 1, maxLength: 3 }), 12),
  clauses: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray([...CLAUSES], { maxLength: 2 }) },
  ),
  range: sometimes(range, 3),
  // Many ask alike, and share what is encoded.
  columns: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant([0]) },
    { weight: 2, arbitrary: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1, maxLength: 4 }) },
  ),
  formal: fc.boolean(),
  encoding: fc.constantFrom('dods', 'dods', 'dods', 'asc'),
});

/** The query's text, and what it means, by what the log holds now. */
export function asked(asking: Asking, log: ReferenceLog): { query: string; asked: RowRequest } {
  const values = asking.bounds.map(bound => timeOf(bound.moment, log));
  if (asking.ordered) values.sort((a, b) => a - b);
  const bounds = asking.bounds.map(({ operator }, index) => ({ operator, value: values[index]! }));
  const times = asking.times?.map(one => timeOf(one, log));
  const { clauses, columns, formal } = asking;
  const rows = asking.range && {
    start: asking.range.start,
    stride: asking.range.stride,
    last: asking.range.start + asking.range.rows * asking.range.stride,
  };
  const texts = [
    ...bounds.map(bound => boundText(bound, formal)),
    ...(times === undefined ? [] : [`${formal ? 'sensor.time' : 'time'}={${times.join()}}`]),
    ...clauses.map(([text]) => text),
  ];
  return {
    query: [projectionText(columns, rows, formal), ...texts].join('&').replaceAll('>', '%3E'),
    asked: {
      columns: columns.length === 0 ? [0, 1, 2, 3] : columns,
      bounds,
      ...(times === undefined ? {} : { times }),
      clauses: clauses.map(([, holds]) => holds),
      ...(rows === undefined ? {} : { range: rows }),
    },
  };
}

function timeOf({ at, pick }: Moment, { rows, start, first, end }: ReferenceLog): number {
  const [earliest = EPOCH] = rows[0] ?? [];
  const [latest = EPOCH] = rows.at(-1) ?? [];
  const forgotten = first - start;
  const held = forgotten + (pick % Math.max(1, end - first));
  switch (at) {
    case 'held':
      return rows[held]?.[0] ?? EPOCH;
    case 'forgotten':
      return rows[pick % Math.max(1, forgotten)]?.[0] ?? EPOCH;
    case 'between':
      return ((rows[held]?.[0] ?? EPOCH) + (rows[held + 1]?.[0] ?? latest + 1)) / 2;
    case 'before':
      return earliest - 1 - pick;
    case 'future':
      return latest + pick / 16 + 0.001;
  }
}

function boundText({ operator, value }: TimeBound, formal: boolean): string {
  if (!formal) return `time${operator}${value}`;
  const mirrored = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' }[operator];
  return `${value}${mirrored}sensor.time`;
}

function projectionText(columns: readonly number[], rows: RowRequest['range'], formal: boolean): string {
  const last = rows?.last === Number.POSITIVE_INFINITY ? '*' : rows?.last;
  const index = rows === undefined ? '' : `[${rows.start}:${rows.stride}:${last}]`;
  if (columns.length === 0) return rows === undefined ? '' : `sensor${index}`;
  return columns
    .map((column, at) => {
      const name = formal ? `sensor.${COLUMNS[column]}` : COLUMNS[column];
      // An index on one column holds for all of them.
      return at === 0 || formal ? `${name}${index}` : name;
    })
    .join();
}
