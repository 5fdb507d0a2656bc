// What a constraint asks of a dataset: everything checked, and ready to run over its rows.

import type { Batch } from '../model/value.ts';
import { type Dataset, isAtomic, type Sequence } from '../model/variable.ts';
import { ALL_TIME, boundsOf, meet, NO_TIME, type TimeBounds } from './bounds.ts';
import { Checker, TIME } from './check.ts';
import type { Constraint, RowRange } from './expression.ts';
import { rowRangeOf } from './rows.ts';
import { type Clause, compileClauses, MIRRORED, storedIn } from './select.ts';

export interface PlanOptions {
  /** What `now` means, in seconds since 1970. */
  readonly now: number;
}

export interface Plan {
  /** The constrained dataset, for the DDS. */
  readonly dataset: Dataset;
  /** Its one Sequence: the columns asked for, in the order asked for. */
  readonly sequence: Sequence;
  /** The numbers of those columns in the source Sequence. */
  readonly columns: readonly number[];
  /** The rows asked for, counted after selection; undefined for all. `stop` is the last of them, or Infinity. */
  readonly rows?: RowRange;
  /**
   * The bounds that all clauses together put on the column `time` of the source Sequence; of a list, its hull. Where no row
   * can match, whatever its time, `low` is above `high`.
   */
  readonly time: TimeBounds;
  /** True where some clause bounds time from either side (or no row can match): such a request looks into the past. */
  readonly timeBounded: boolean;
  /**
   * True where every row passes from the lower bound on time on, for ever (no other clause, no row range): readers of such plans
   * that ask for the same columns get the same bytes.
   */
  readonly tail: boolean;
  /** The number of the column `time` in the source Sequence; undefined where it has none. */
  readonly timeColumn?: number;
  /** The numbers of the rows of a source batch that meet all clauses, ascending; undefined where all do. Never throws. */
  select(batch: Batch): Int32Array | undefined;
}

/**
 * Checks `constraint` against `dataset`, which has one Sequence of atomic columns and nothing else, and compiles it.
 *
 * A name is the Sequence's (`sensor`), a column's in full (`sensor.time`) or a column's alone (`time`). Numbers compare by
 * IEEE 754; beside a Float32 column a constant is rounded to Float32. Texts compare by their UTF-16 units. A time,
 * quoted or not, goes with the column `time` only. `=~` takes a quoted pattern, see `compilePattern`; it is bounded to 256
 * characters, and texts of more than 4096 characters do not match. There are no functions.
 *
 * Throws a `ConstraintError` for whatever the client got wrong, and an `Error` for a dataset of another shape.
 */
export function planConstraint(constraint: Constraint, dataset: Dataset, options: PlanOptions): Plan {
  const source = onlySequence(dataset);
  const checker = new Checker(constraint, source, options.now);
  const columns = checker.columns();
  const rows = rowRangeOf(constraint);
  const clauses = checker.clauses();
  const { never, select } = compileClauses(clauses);
  const timeColumn = source.fields.findIndex(({ name }) => name === TIME);
  const windows = never ? [NO_TIME] : clauses.flatMap(clause => windowOf(clause, timeColumn) ?? []);
  const time = windows.reduce(meet, ALL_TIME);
  const sequence: Sequence = { ...source, fields: columns.map(column => source.fields[column]!) };
  return {
    dataset: { ...dataset, variables: [sequence] },
    sequence,
    columns,
    ...(rows === undefined ? {} : { rows }),
    time,
    timeBounded: windows.length > 0,
    tail:
      rows === undefined &&
      windows.length === clauses.length &&
      time.high === Number.POSITIVE_INFINITY &&
      !never,
    ...(timeColumn < 0 ? {} : { timeColumn }),
    select,
  };
}

function onlySequence(dataset: Dataset): Sequence {
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
