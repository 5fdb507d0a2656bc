// Declares where a Sequence continues after the last row, and computes it for rows that no function thins out.

import type { Constraint, RowRange } from '../text/expression.ts';

export interface Continuation {
  /** True if no row is left. */
  readonly isNothingLeft: boolean;
  /** The lower bound on time; undefined if the bounds of the constraint suffice. */
  readonly after: { readonly operator: '>' | '>='; readonly time: number } | undefined;
  /** True if the lower bounds of the constraint still apply. */
  readonly keepsBounds: boolean;
  /** The number of result rows from there on that have come already. */
  readonly skip: number;
}

export const NOTHING_LEFT: Continuation = {
  isNothingLeft: true,
  after: undefined,
  keepsBounds: false,
  skip: 0,
};

/** The last row, by its time, and the number of rows that had come with it. */
export interface ResumePlace {
  /** The dotted name of the time column. */
  readonly time: string;
  /** The time of the last row. */
  readonly last: number;
  /** The rows that have come, including the last one. */
  readonly rowsSeen: number;
}

/** How a Sequence continues: by its rows, or by the intervals of a function. */
export interface Continuations {
  after(constraint: Constraint, range: RowRange | undefined, last: ResumePlace): Continuation;
  /** False if rows come whose times do not increase: then a row that is older than one that has come can still be new. */
  timesIncrease(constraint: Constraint): boolean;
}

/** Those of a constraint without a function. */
export const ROW_BY_ROW: Continuations = {
  after: (_constraint, _range, { last }) => ({
    isNothingLeft: false,
    after: { operator: '>', time: last },
    keepsBounds: false,
    skip: 0,
  }),
  timesIncrease: () => true,
};

/** True if a function may decide how the rows of `constraint` continue. */
export function hasCalls({ projections, selections }: Constraint): boolean {
  return [...projections, ...selections].some(({ kind }) => kind === 'call');
}

/** The number of rows before selection by `range`, up to the last of the `rowsSeen` rows that `range` selected. */
export function rowsPassed(range: RowRange | undefined, rowsSeen: number): number {
  return range === undefined ? rowsSeen : range.start + (rowsSeen - 1) * range.stride + 1;
}
