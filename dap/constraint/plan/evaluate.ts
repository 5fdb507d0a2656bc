// Runs a plan over a stream of batches: selects its rows and columns, and ends after its last row.

import { type Batch, type NumberColumn, newColumn } from '../../model/value.ts';
import type { Variable } from '../../model/variable.ts';
import { isEmpty } from '../selection/bounds.ts';
import { allRows, type ChosenRows, contiguous, countOf, numberAt, part, pick } from '../selection/chosen.ts';
import type { SummarisedRows } from '../thinning/summarised-rows.ts';
import type { RowThinner } from '../thinning/thinning.ts';
import type { Plan } from './plan.ts';

export interface PlannedRows {
  /** The requested columns of the requested rows; it may have no rows. */
  readonly batch: Batch;
  /** True if no later row can match. */
  readonly done: boolean;
  /** True if `batch` has every row of the source's batch, unchanged. */
  readonly whole: boolean;
}

/**
 * Runs one plan over the batches of one stream, in their order. Times increase strictly, so that a row at or after the upper bound on
 * time ends the stream; so does the last row of the row range. After that `next` gives no rows.
 *
 * Consecutive rows are views of the source's columns, not copies. A plan that thins rows out keeps the result of one interval, and
 * gives it when a row of a later interval comes, or at the end.
 */
export class RowReader {
  readonly #plan: Plan;
  #empty: Batch | undefined;
  readonly #thin: RowThinner | undefined;
  /** The requested columns are all columns of a batch in their order. */
  readonly #allColumns: boolean;
  /** The rows that have met the clauses, or the result rows that were made of them. */
  #matched = 0;
  /** True if no later row can match; from the beginning if the bounds on time exclude every time. */
  done: boolean;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#thin = plan.thinning?.begin();
    this.#allColumns = plan.columns.every((column, index) => column === index);
    this.done = isEmpty(plan.time);
  }

  get #none(): Batch {
    this.#empty ??= emptyBatch(this.#plan.sequence.fields);
    return this.#empty;
  }

  next(batch: Batch): PlannedRows {
    if (this.done) return { batch: this.#none, done: true, whole: false };
    const plan = this.#plan;
    const thin = this.#thin;
    const chosen = this.#isInside(batch) ? plan.selectInside(batch) : plan.select(batch);
    const rows = contiguous(chosen, batch.length);
    const last = this.#isPastEnd(batch);
    const given =
      thin === undefined ? this.#project(batch, this.#inRange(rows)) : this.#thinned(thin, batch, rows, last);
    this.done ||= last;
    return { batch: given, done: this.done, whole: thin === undefined && given.length === batch.length };
  }

  /** As `next`, for summaries in place of rows, all of which meet the clauses; for a plan with `summaries`. */
  nextSummaries(rows: SummarisedRows): PlannedRows {
    const batch = this.done ? this.#none : this.#resultsInRange(this.#thin!.summarised!(rows));
    return { batch, done: this.done, whole: false };
  }

  /** Ends the source: gives the rows that only its end completes. */
  end(): Batch {
    const plan = this.#plan;
    const thin = this.#thin;
    if (this.done || thin === undefined || plan.thinning === undefined) return this.#none;
    this.done = true;
    return this.#resultsInRange(thin(emptyBatch(plan.thinning.inputFields), true));
  }

  /** True if the bounds on time include the whole batch: the first and the last row decide, since times increase. */
  #isInside({ length, columns }: Batch): boolean {
    const { time, timeColumn } = this.#plan;
    if (timeColumn === undefined || length === 0) return false;
    const times = columns[timeColumn] as NumberColumn;
    return times[0]! > time.low && times[length - 1]! < time.high;
  }

  /** True if no row after the batch lies within the bounds on time. */
  #isPastEnd(batch: Batch): boolean {
    const { time, timeColumn } = this.#plan;
    if (timeColumn === undefined || batch.length === 0) return false;
    const column = batch.columns[timeColumn] as NumberColumn;
    return time.high < Number.POSITIVE_INFINITY && column[batch.length - 1]! >= time.high;
  }

  #thinned(thin: RowThinner, batch: Batch, rows: ChosenRows, last: boolean): Batch {
    const { inputs, inputFields } = this.#plan.thinning!;
    return this.#resultsInRange(thin(pick(batch, rows, inputs, inputFields), last));
  }

  #resultsInRange(results: Batch): Batch {
    const rows = this.#inRange(allRows(results));
    if (countOf(rows) === results.length) return results;
    const { fields } = this.#plan.sequence;
    return pick(
      results,
      rows,
      fields.map((_, index) => index),
      fields,
    );
  }

  /** The matching rows that the row range selects. */
  #inRange(rows: ChosenRows): ChosenRows {
    const { rows: range } = this.#plan;
    if (range === undefined) return rows;
    const { start, stride, stop } = range;
    const seen = this.#matched;
    const count = countOf(rows);
    this.#matched += count;
    this.done ||= this.#matched > stop;
    const first = seen <= start ? start - seen : (stride - ((seen - start) % stride)) % stride;
    const end = Math.min(count, stop - seen + 1);
    if (first >= end) return { from: 0, to: 0 };
    if (stride === 1) return part(rows, first, end);
    const chosen = new Int32Array(Math.ceil((end - first) / stride));
    for (let i = 0; i < chosen.length; i++) chosen[i] = numberAt(rows, first + i * stride);
    return chosen;
  }

  #project(batch: Batch, rows: ChosenRows): Batch {
    const { columns, sequence } = this.#plan;
    const length = countOf(rows);
    if (length === 0) return this.#none;
    if (length === batch.length && this.#allColumns && batch.columns.length === columns.length) return batch;
    return pick(batch, rows, columns, sequence.fields);
  }
}

function emptyBatch(fields: readonly Variable[]): Batch {
  return { length: 0, columns: fields.map(field => newColumn(field, 0)) };
}
