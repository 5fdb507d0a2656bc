// What a constraint asks of a dataset: everything checked, and ready to run over its rows.

import { type MissingTest, missingTest } from '../../model/meaning.ts';
import type { Batch } from '../../model/value.ts';
import { type DapDataset, isAtomic, type Sequence } from '../../model/variable.ts';
import { ALL_TIME, boundsOf, meet, NO_TIME, type TimeBounds } from '../selection/bounds.ts';
import { rowRangeOf } from '../selection/rows.ts';
import { type Clause, compileClauses, MIRRORED, storedIn } from '../selection/select.ts';
import type { Constraint, RowRange } from '../text/expression.ts';
import { printRange } from '../text/print.ts';
import { type BoundThinning, bind } from '../thinning/bind.ts';
import { groupAt, rowsOfGroup } from '../thinning/group.ts';
import type { Thinning } from '../thinning/thinning.ts';
import { type CalledFunction, Checker, TIME } from './check.ts';

export interface PlanOptions {
  /** What `now` means, in seconds since 1970. */
  readonly now: number;
  /**
   * By the names of their columns: what tells values from what stands for none, or the one number besides NaN that does.
   * Columns that are not named have NaN for it.
   */
  readonly missing?: ReadonlyMap<string, number | MissingTest>;
}

export interface Plan {
  /** The constrained dataset, for the DDS. */
  readonly dataset: DapDataset;
  /** Its one Sequence: the columns asked for, in the order asked for, or those that a function makes of them. */
  readonly sequence: Sequence;
  /** The numbers in the source Sequence of the columns asked for. */
  readonly columns: readonly number[];
  /** The rows asked for, counted after selection and thinning; undefined for all. `stop` is the last, or Infinity. */
  readonly rows?: RowRange;
  /**
   * The bounds that all clauses together put on the column `time` of the source Sequence; of a list, its hull. Where no row
   * can match, whatever its time, `low` is above `high`. Where no clause bounds the time and a function divides it, it begins
   * with the interval that `now` lies in, so that the first result is that of a whole interval.
   */
  readonly time: TimeBounds;
  /** True where time is bounded from either side (or no row can match): such a request looks into the past. */
  readonly timeBounded: boolean;
  /** What makes result rows of the rows that meet the clauses; undefined where they are the result as they are. */
  readonly thinning?: Thinning;
  /**
   * True where every row passes from the lower bound on time on, for ever (no other clause, no function, no row range): readers
   * of such plans that ask for the same columns get the same bytes.
   */
  readonly tail: boolean;
  /** The number of the column `time` in the source Sequence; undefined where it has none. */
  readonly timeColumn?: number;
  /** The numbers of the rows of a source batch that meet all clauses, ascending; undefined where all do. Never throws. */
  select(batch: Batch): Int32Array | undefined;
  /** The same for a batch whose times all lie within `time`, so that few clauses or none are left to look at. */
  selectInside(batch: Batch): Int32Array | undefined;
}

/**
 * Checks `constraint` against `dataset`, which has one Sequence of atomic columns and nothing else, and compiles it.
 *
 * A name is the Sequence's (`sensor`), a column's in full (`sensor.time`) or a column's alone (`time`). Numbers compare by
 * IEEE 754; beside a Float32 column a constant is rounded to Float32. Texts compare by their UTF-16 units. A time,
 * quoted or not, goes with the column `time` only. `=~` is refused. At most one function thins the rows out, see
 * `readFunction`; `orderBy` may stand besides.
 *
 * Throws a `ConstraintError` for whatever the client got wrong, and an `Error` for a dataset of another shape.
 */
export function planConstraint(constraint: Constraint, dataset: DapDataset, options: PlanOptions): Plan {
  const source = onlySequence(dataset);
  const checker = new Checker(constraint, source, options.now);
  const called = checker.thinner();
  const { columns, thinning } =
    called === undefined
      ? { columns: checker.columns(), thinning: undefined }
      : bindCalled(called, checker, source, options);
  const rows = rowRangeOf(constraint);
  const clauses = checker.clauses();
  const { never, select } = compileClauses(clauses);
  const timeColumn = source.fields.findIndex(({ name }) => name === TIME);
  const inside = compileClauses(clauses.filter(clause => !isWindow(clause, timeColumn)));
  const windows = never ? [NO_TIME] : clauses.flatMap(clause => windowOf(clause, timeColumn) ?? []);
  if (called !== undefined && windows.length === 0) windows.push(from(groupAt(called.thinner, options.now)));
  const time = windows.reduce(meet, ALL_TIME);
  if (called !== undefined) checkThinned(called, checker, time, rows);
  const fields = thinning?.fields ?? columns.map(column => source.fields[column]!);
  const sequence: Sequence = { ...source, fields };
  return {
    dataset: { ...dataset, variables: [sequence] },
    sequence,
    columns,
    ...(rows === undefined ? {} : { rows }),
    time,
    timeBounded: windows.length > 0,
    ...(thinning === undefined ? {} : { thinning }),
    tail:
      thinning === undefined &&
      rows === undefined &&
      windows.length === clauses.length &&
      time.high === Number.POSITIVE_INFINITY &&
      !never,
    ...(timeColumn < 0 ? {} : { timeColumn }),
    select,
    selectInside: inside.select,
  };
}

function bindCalled(
  { call, thinner }: CalledFunction,
  checker: Checker,
  sequence: Sequence,
  { missing = new Map() }: PlanOptions,
): BoundThinning {
  return bind(thinner, checker, {
    sequence,
    time: sequence.fields.findIndex(({ name }) => name === TIME),
    missing: field => missingTest(missing.get(field.name)),
    column: path => checker.numberColumn(call, path),
  });
}

/** The window from the beginning of another one on. */
function from({ low, lowInclusive }: TimeBounds): TimeBounds {
  return { ...ALL_TIME, low, lowInclusive };
}

/** Refuses what would never give a row, and what could not be gone on with after a break. */
function checkThinned(
  { call, thinner }: CalledFunction,
  checker: Checker,
  time: TimeBounds,
  rows: RowRange | undefined,
): void {
  if (thinner.interval.kind === 'all' && time.high === Number.POSITIVE_INFINITY) {
    const expected = `an interval, as in ${call.name}("time/1hour,COLUMN"), or an upper bound on time`;
    checker.fail(call, `${expected}, for the result comes when the last row has come`, 'neither');
  }
  if (rowsOfGroup(thinner) === undefined && rows !== undefined) {
    const expected = 'no row range beside an orderByLimit of more than one row';
    checker.fail(call, expected, printRange(rows));
  }
}

function onlySequence(dataset: DapDataset): Sequence {
  const [sequence, ...others] = dataset.variables;
  if (sequence?.type !== 'Sequence' || others.length > 0 || !sequence.fields.every(isAtomic)) {
    const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ');
    throw new Error(
      `Expected a dataset with one Sequence of atomic columns, found ${dataset.name} with ${found || 'nothing'}`,
    );
  }
  return sequence;
}

/** The window of time that a clause leaves open; undefined where it is not about the time alone. */
function windowOf(clause: Clause, timeColumn: number): TimeBounds | undefined {
  if (clause.type !== 'number') return undefined;
  const { left, operator, right } = clause;
  if ('column' in left) {
    if (left.column !== timeColumn) return undefined;
    const values = right.flatMap(term => ('value' in term ? [storedIn(left, term.value)] : []));
    return values.length === right.length ? boundsOf(operator, values) : undefined;
  }
  const [term, ...others] = right;
  const timeAlone =
    others.length === 0 && term !== undefined && 'column' in term && term.column === timeColumn;
  if (!timeAlone) return undefined;
  return boundsOf(MIRRORED[operator], [storedIn(term, left.value)]);
}

/** Whether every row with a time in the clause's window meets it: of a list of times only the hull is known. */
function isWindow(clause: Clause, timeColumn: number): boolean {
  return clause.type === 'number' && clause.operator !== '=' && windowOf(clause, timeColumn) !== undefined;
}
