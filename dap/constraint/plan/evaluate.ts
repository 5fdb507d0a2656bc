// Which rows and columns of a stream of batches a plan lets through, and when it has had all it asks for.

import { type Batch, type NumberColumn, newColumn } from '../../model/value.ts';
import type { Variable } from '../../model/variable.ts';
import { isEmpty } from '../selection/bounds.ts';
import { allRows, type ChosenRows, contiguous, countOf, numberAt, part, pick } from '../selection/chosen.ts';
import type { RowThinner } from '../thinning/thinning.ts';
import type { Plan } from './plan.ts';

export interface PlannedRows {
  /** The columns asked for of the rows asked for; there may be none. */
  readonly batch: Batch;
  /** True where no later row can be asked for. */
  readonly done: boolean;
  /** True where every row of the source's batch was asked for, and is there as it is. */
  readonly whole: boolean;
}

/**
 * Runs one plan over the batches of one stream, in their order. The rows come with strictly increasing time, so a row at or
 * past an upper bound on time ends the stream, as does the last row of the range. After that `next` gives no rows.
 *
 * Rows that follow each other are handed on as views of the source's columns, not copies. Where the plan thins rows out, what
 * is kept of them is one interval's result, and a result is given when a row of a later interval comes, or the end.
 */
export class RowReader {
  readonly #plan: Plan;
  #empty: Batch | undefined;
  readonly #thin: RowThinner | undefined;
  /** The columns asked for are all of a batch's in their order. */
  readonly #allColumns: boolean;
  /** Rows that met the clauses so far, or result rows that were made of them. */
  #matched = 0;
  /** True where no row can be asked for any more; from the beginning where no time is. */
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
    const last = this.#timeIsUp(batch);
    const given =
      thin === undefined ? this.#project(batch, this.#inRange(rows)) : this.#thinned(thin, batch, rows, last);
    this.done ||= last;
    return { batch: given, done: this.done, whole: thin === undefined && given.length === batch.length };
  }

  /** The source has ended: the rows that only the end makes complete. */
  end(): Batch {
    const plan = this.#plan;
    const thin = this.#thin;
    if (this.done || thin === undefined || plan.thinning === undefined) return this.#none;
    this.done = true;
    return this.#resultsInRange(thin(emptyBatch(plan.thinning.inputFields), true));
  }

  /** Whether the window of time holds all of the batch; the first row and the last say so, since times increase. */
  #isInside({ length, columns }: Batch): boolean {
    const { time, timeColumn } = this.#plan;
    if (timeColumn === undefined || length === 0) return false;
    const times = columns[timeColumn] as NumberColumn;
    return times[0]! > time.low && times[length - 1]! < time.high;
  }

  #timeIsUp(batch: Batch): boolean {
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

  /** Those of the matching rows that the row range chooses. */
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
