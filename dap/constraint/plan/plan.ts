// Plans a constraint over a dataset: checks it, and compiles it to run over rows.

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
import type { SummaryUse } from '../thinning/summarised-rows.ts';
import type { Thinning } from '../thinning/thinning.ts';
import { type CalledFunction, Checker, TIME } from './check.ts';

export interface PlanOptions {
  /** The meaning of `now`, in seconds since 1970. */
  readonly now: number;
  /**
   * The missing values of columns, by the names of the columns: a test, or the one missing value besides NaN. Other columns have only
   * NaN as a missing value.
   */
  readonly missing?: ReadonlyMap<string, number | MissingTest>;
  /** A further upper bound on the column `time`, included, in seconds since 1970. */
  readonly until?: number;
}

export interface Plan {
  /** The constrained dataset, for the DDS. */
  readonly dataset: DapDataset;
  /** Its one Sequence: the requested columns in the requested order, or the result columns of a function. */
  readonly sequence: Sequence;
  /** The indices of the requested columns in the source Sequence. */
  readonly columns: readonly number[];
  /** The requested rows, counted after selection and thinning; undefined for all rows. `stop` is the last row, or Infinity. */
  readonly rows?: RowRange;
  /**
   * The bounds of all clauses together on the column `time` of the source Sequence; for a list, its hull. If no row can match, `low` is
   * above `high`. Without a clause on the time, the bounds of a function begin with the interval of `now`, so that the first result
   * is that of a whole interval.
   */
  readonly time: TimeBounds;
  /** True if the bounds on time depend on `now`, or are those of `until`: the same constraint means other times later. */
  readonly isRelative: boolean;
  /** True if time is bounded from either side, or no row can match: such a request begins in the past. */
  readonly timeBounded: boolean;
  /** Makes the result rows of the rows that meet the clauses; undefined if those rows are the result. */
  readonly thinning?: Thinning;
  /** How summaries spare the function rows; undefined without a function, and if rows are selected by more than their times. */
  readonly summaries?: SummaryUse;
  /**
   * True if every row from the lower bound on time on is selected, for ever (no other clause, no function, no row range): all readers
   * of such plans with the same columns get the same bytes.
   */
  readonly tail: boolean;
  /** True if the rows before any row range are exactly those within `time`: there is no other clause and no function. */
  readonly isWindow: boolean;
  /** The index of the column `time` in the source Sequence; undefined without such a column. */
  readonly timeColumn?: number;
  /** The indices of all columns of the source Sequence that the plan reads, ascending: `time`, and those of clauses, too. */
  readonly reads: readonly number[];
  /** Those of them that decide which rows are selected: `time`, and the columns of clauses. */
  readonly tests: readonly number[];
  /** The indices of the rows of a source batch that meet all clauses, ascending; undefined if all rows do. Never throws. */
  select(batch: Batch): Int32Array | undefined;
  /** As `select`, for a batch whose times all lie within `time`, so that few clauses or none need a test. */
  selectInside(batch: Batch): Int32Array | undefined;
}

/**
 * Checks `constraint` (DAP2 draft, section 4.1) against `dataset`, which has one Sequence of atomic columns and nothing else, and
 * compiles it.
 *
 * A name is the Sequence's (`sensor`), the full name of a column (`sensor.time`) or its short name (`time`). Numbers are compared by
 * IEEE 754; a constant that is compared with a Float32 column is rounded to Float32. Texts are compared by their UTF-16 units. A
 * time, quoted or not, is compared with the column `time` only. `=~` is refused. One function can thin the rows out (see
 * `readFunction`), with or without an `orderBy`.
 *
 * Throws a `ConstraintError` for an error of the client, and an `Error` for a dataset of another shape.
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
  const timeColumn = source.fields.findIndex(({ name }) => name === TIME);
  const { until } = options;
  const clauses = [...checker.clauses(), ...(until === undefined ? [] : [upTo(until, timeColumn)])];
  const { never, select } = compileClauses(clauses);
  const others = clauses.filter(clause => !isWindow(clause, timeColumn));
  const inside = compileClauses(others);
  const windows = never ? [NO_TIME] : clauses.flatMap(clause => windowOf(clause, timeColumn) ?? []);
  if (called !== undefined && windows.length === 0) windows.push(from(groupAt(called.thinner, options.now)));
  const time = windows.reduce(meet, ALL_TIME);
  if (called !== undefined) checkThinned(called, checker, time, rows);
  const fields = thinning?.fields ?? columns.map(column => source.fields[column]!);
  const sequence: Sequence = { ...source, fields };
  const selectsByTime = thinning === undefined && others.length === 0 && !never;
  const tested = clauses.flatMap(columnsIn);
  return {
    dataset: { ...dataset, variables: [sequence] },
    sequence,
    columns,
    ...(rows === undefined ? {} : { rows }),
    time,
    isRelative: checker.usesNow || time.high === until,
    timeBounded: windows.length > 0,
    ...(thinning === undefined ? {} : { thinning }),
    ...(thinning?.summaries !== undefined && others.length === 0 ? { summaries: thinning.summaries } : {}),
    tail: selectsByTime && rows === undefined && time.high === Number.POSITIVE_INFINITY,
    isWindow: selectsByTime,
    ...(timeColumn < 0 ? {} : { timeColumn }),
    reads: readBy([timeColumn], thinning?.inputs ?? columns, tested),
    tests: readBy([timeColumn], tested),
    select,
    selectInside: inside.select,
  };
}

/** True if the rows of the plan never end: neither time nor the number of rows has an upper bound. */
export function isEndless({ time, rows }: Pick<Plan, 'time' | 'rows'>): boolean {
  return (
    time.high === Number.POSITIVE_INFINITY && (rows === undefined || rows.stop === Number.POSITIVE_INFINITY)
  );
}

/** The same rows with the column `time` alone, to count them; a plan with a function stays as it is. */
export function timesOnly(plan: Plan): Plan {
  const { timeColumn, thinning, sequence, dataset, tests } = plan;
  if (timeColumn === undefined || thinning !== undefined) return plan;
  const times: Sequence = { ...sequence, fields: [{ type: 'Float64', name: TIME }] };
  return {
    ...plan,
    dataset: { ...dataset, variables: [times] },
    sequence: times,
    columns: [timeColumn],
    reads: tests,
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

/** The bounds with the lower bound of the given ones, and without an upper bound. */
function from({ low, lowInclusive }: TimeBounds): TimeBounds {
  return { ...ALL_TIME, low, lowInclusive };
}

/** Refuses a function that never gives a row, or that a client cannot resume after a break. */
function checkThinned(
  { call, thinner }: CalledFunction,
  checker: Checker,
  time: TimeBounds,
  rows: RowRange | undefined,
): void {
  if (thinner.interval.kind === 'all' && time.high === Number.POSITIVE_INFINITY) {
    const expected = `an interval, as in ${call.name}("time/1hour,COLUMN"), or an upper bound on time`;
    checker.fail(call, `${expected}, since the result comes after the last row`, 'neither');
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

function upTo(time: number, column: number): Clause {
  return { type: 'number', operator: '<=', left: { column, float32: false }, right: [{ value: time }] };
}

function readBy(...columns: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(columns.flat())].filter(column => column >= 0).sort((a, b) => a - b);
}

function columnsIn({ left, right }: Clause): readonly number[] {
  return [left, ...right].flatMap(term => ('column' in term ? [term.column] : []));
}

/** The bounds on time of a clause; undefined for a clause on anything but the time and constants. */
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

/** True if every time within the bounds of the clause meets it: for `=` with a list, the bounds are only a hull. */
function isWindow(clause: Clause, timeColumn: number): boolean {
  return clause.type === 'number' && clause.operator !== '=' && windowOf(clause, timeColumn) !== undefined;
}
