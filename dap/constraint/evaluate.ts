// Which rows and columns of a stream of batches a plan lets through, and when it has had all it asks for.

import { type Batch, type Column, type NumberColumn, newColumn } from '../model/value.ts';
import type { Variable } from '../model/variable.ts';
import { isEmpty } from './bounds.ts';
import type { Plan } from './plan.ts';

export interface Selected {
  /** The columns asked for of the rows asked for; there may be none. */
  readonly batch: Batch;
  /** True where no later row can be asked for. */
  readonly done: boolean;
}

/** Rows of a batch: a run of them, or their numbers. */
type Rows = { readonly from: number; readonly to: number } | Int32Array;

/**
 * Runs one plan over the batches of one stream, in their order. The rows come with strictly increasing time, so a row at or
 * past an upper bound on time ends the stream, as does the last row of the range. After that `next` gives no rows.
 *
 * Rows that follow each other are handed on as views of the source's columns, not copies.
 */
export class RowReader {
  private readonly plan: Plan;
  private readonly none: Batch;
  /** Every column, in the source's order. */
  private readonly allColumns: boolean;
  /** Rows that met the clauses so far. */
  private matched = 0;
  /** True where no row can be asked for any more; from the beginning where no time is. */
  done: boolean;

  constructor(plan: Plan) {
    this.plan = plan;
    this.none = { length: 0, columns: plan.sequence.fields.map(field => newColumn(field, 0)) };
    this.allColumns = plan.columns.every((column, index) => column === index);
    this.done = isEmpty(plan.time);
  }

  next(batch: Batch): Selected {
    if (this.done) return { batch: this.none, done: true };
    const rows = this.inRange(contiguous(this.plan.select(batch), batch.length));
    this.done ||= this.timeIsUp(batch);
    return { batch: this.project(batch, rows), done: this.done };
  }

  private timeIsUp(batch: Batch): boolean {
    const { time, timeColumn } = this.plan;
    if (timeColumn === undefined || batch.length === 0) return false;
    const column = batch.columns[timeColumn] as NumberColumn;
    return time.high < Number.POSITIVE_INFINITY && column[batch.length - 1]! >= time.high;
  }

  /** Those of the matching rows that the row range chooses. */
  private inRange(rows: Rows): Rows {
    const { rows: range } = this.plan;
    if (range === undefined) return rows;
    const { start, stride, stop } = range;
    const seen = this.matched;
    const count = countOf(rows);
    this.matched += count;
    this.done ||= this.matched > stop;
    const first = seen <= start ? start - seen : (stride - ((seen - start) % stride)) % stride;
    const end = Math.min(count, stop - seen + 1);
    if (first >= end) return { from: 0, to: 0 };
    if (stride === 1) return part(rows, first, end);
    const chosen = new Int32Array(Math.ceil((end - first) / stride));
    for (let i = 0; i < chosen.length; i++) chosen[i] = numberAt(rows, first + i * stride);
    return chosen;
  }

  private project(batch: Batch, rows: Rows): Batch {
    const { columns, sequence } = this.plan;
    const length = countOf(rows);
    if (length === 0) return this.none;
    if (length === batch.length && this.allColumns && batch.columns.length === columns.length) return batch;
    return {
      length,
      columns: columns.map((column, index) => take(batch.columns[column]!, rows, sequence.fields[index]!)),
    };
  }
}

/** Numbers that follow each other are a run. */
function contiguous(numbers: Int32Array | undefined, length: number): Rows {
  if (numbers === undefined) return { from: 0, to: length };
  if (numbers.length === 0) return { from: 0, to: 0 };
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  return last - first === numbers.length - 1 ? { from: first, to: last + 1 } : numbers;
}

function countOf(rows: Rows): number {
  return rows instanceof Int32Array ? rows.length : rows.to - rows.from;
}

function numberAt(rows: Rows, index: number): number {
  return rows instanceof Int32Array ? rows[index]! : rows.from + index;
}

function part(rows: Rows, first: number, end: number): Rows {
  if (rows instanceof Int32Array) return rows.subarray(first, end);
  return { from: rows.from + first, to: rows.from + end };
}

function take(column: Column, rows: Rows, field: Variable): Column {
  if (!(rows instanceof Int32Array)) {
    if (!Array.isArray(column)) return column.subarray(rows.from, rows.to);
    return column.slice(rows.from, rows.to) as Column;
  }
  if (Array.isArray(column)) return Array.from(rows, row => column[row]!) as Column;
  const taken = newColumn(field, rows.length) as NumberColumn;
  for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]!]!;
  return taken;
}
