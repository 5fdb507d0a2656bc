// Summarises the rows of each interval in one row: the functions bucket, orderByMean and orderByCount.

import type { MissingTest } from '../../model/meaning.ts';
import type { Batch, NumberColumn } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';
import { type Interval, type Span, spanAt } from './interval.ts';
import { Output } from './output.ts';
import type { Measure, ResultColumn } from './result-column.ts';
import type { SummarisedRows } from './summarised-rows.ts';
import { NumberSummary, type Summary, TextSummary } from './summary.ts';
import type { RowThinner } from './thinning.ts';

/** The greatest Int32. */
const MOST = 2 ** 31 - 1;

/** Summarises rows whose columns are the time and the columns with the indices `inputs`; `missing` as in `ThinningSource`. */
export function summarise(
  interval: Interval,
  results: readonly ResultColumn[],
  inputs: readonly number[],
  fields: readonly Atomic[],
  missing: (field: Atomic) => MissingTest,
): RowThinner {
  const bucket = new Bucket(results, inputs, fields, missing);
  const output = new Output(results.map(({ field }) => field));
  const fill = (times: NumberColumn, length: number, add: (from: number, to: number) => void): void => {
    for (let from = 0; from < length; ) {
      if (bucket.isOver(times[from]!)) output.add(bucket.close());
      if (bucket.rows === 0) bucket.open(spanAt(interval, times[from]!));
      let to = from + 1;
      while (to < length && !bucket.isOver(times[to]!)) to++;
      add(from, to);
      from = to;
    }
  };
  const thin = (rows: Batch, last: boolean): Batch => {
    fill(rows.columns[0] as NumberColumn, rows.length, (from, to) => bucket.add(rows, from, to));
    if (last && bucket.rows > 0) output.add(bucket.close());
    return output.take();
  };
  const summarised = (rows: SummarisedRows): Batch => {
    fill(rows.times, rows.length, (from, to) => bucket.addSummaries(rows, from, to));
    return output.take();
  };
  return Object.assign(thin, { summarised });
}

/** The current interval. */
class Bucket {
  /** The rows of the interval that have come. */
  rows = 0;
  #span: Span = { start: Number.NaN, end: Number.NaN };
  readonly #summaries: readonly Summary[];
  readonly #values: readonly (() => number | string)[];

  constructor(
    results: readonly ResultColumn[],
    inputs: readonly number[],
    fields: readonly Atomic[],
    missing: (field: Atomic) => MissingTest,
  ) {
    this.#summaries = inputs.map(input => newSummary(fields[input]!, missing));
    const summaryOf = new Map(inputs.map((input, index) => [input, this.#summaries[index]!]));
    this.#values = results.map(({ measure, source = -1 }) => {
      const summary = summaryOf.get(source);
      return () => this.#valueOf(measure, summary);
    });
  }

  /** True if the row at `time` belongs to a later interval. */
  isOver(time: number): boolean {
    return time >= this.#span.end;
  }

  open(span: Span): void {
    this.#span = span;
  }

  add({ columns }: Batch, from: number, to: number): void {
    this.rows += to - from;
    this.#summaries.forEach((summary, index) => {
      summary.add(columns[index + 1]!, from, to);
    });
  }

  /** The summaries are those of numbers, in the order of `inputs`. */
  addSummaries({ rows, columns }: SummarisedRows, from: number, to: number): void {
    for (let index = from; index < to; index++) this.rows += rows[index]!;
    this.#summaries.forEach((summary, index) => {
      (summary as NumberSummary).addSummaries(columns[index]!, from, to);
    });
  }

  /** Ends the interval, and gives its result row. */
  close(): (number | string)[] {
    const row = this.#values.map(value => value());
    this.rows = 0;
    for (const summary of this.#summaries) summary.clear();
    return row;
  }

  #valueOf(measure: Measure, summary: Summary | undefined): number | string {
    if (measure === 'start') return this.#span.start;
    if (measure === 'rows') return Math.min(MOST, this.rows);
    const value = summary![measure];
    return measure === 'count' ? Math.min(MOST, value as number) : value;
  }
}

function newSummary(field: Atomic, missing: (field: Atomic) => MissingTest): Summary {
  if (field.type === 'String' || field.type === 'Url') return new TextSummary();
  return new NumberSummary(missing(field));
}
