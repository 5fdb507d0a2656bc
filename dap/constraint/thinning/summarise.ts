// Summarises the rows of each interval in one row: the functions bucket, orderByMean and orderByCount.

import type { MissingTest } from '../../model/meaning.ts';
import type { Batch, NumberColumn } from '../../model/value.ts';
import type { Atomic, AtomicType } from '../../model/variable.ts';
import type { SummaryName } from './function.ts';
import { type Interval, type Span, spanAt } from './interval.ts';
import { Output } from './output.ts';
import { NumberSummary, type Summary, TextSummary } from './summary.ts';
import type { RowThinner } from './thinning.ts';

/** The content of a result column: the beginning of the interval, its number of rows, or a measure of a source column. */
type Measure = 'start' | 'rows' | 'count' | 'min' | 'mean' | 'max' | 'text';

export interface ResultColumn {
  readonly field: Atomic;
  readonly measure: Measure;
  /** The index of the source column; undefined for the number of rows. */
  readonly source?: number;
}

/** The name of the result column with the number of rows. */
const ROW_COUNT = 'row_count';

/** The result columns of the function `name` for source columns, of which the column with the index `time` is the time. */
export function resultColumns(name: SummaryName, fields: readonly Atomic[], time: number): ResultColumn[] {
  return fields.flatMap((field, source): ResultColumn[] => {
    if (source === time) {
      const start: ResultColumn = { field: { type: 'Float64', name: field.name }, measure: 'start', source };
      if (name !== 'bucket') return [start];
      return [start, { field: { type: 'Int32', name: ROW_COUNT }, measure: 'rows' }];
    }
    return measuresOf(name, field).map(([measure, type, suffix]) => ({
      field: { type, name: `${field.name}${suffix}` },
      measure,
      source,
    }));
  });
}

function measuresOf(name: SummaryName, { type }: Atomic): [Measure, AtomicType, suffix: string][] {
  const isText = type === 'String' || type === 'Url';
  switch (name) {
    case 'orderByCount':
      return [['count', 'Int32', '']];
    case 'orderByMean':
      return [isText ? ['text', type, ''] : ['mean', 'Float64', '']];
    case 'bucket': {
      const count: [Measure, AtomicType, string] = ['count', 'Int32', '_count'];
      if (isText) return [count];
      // Whole numbers have no NaN for an interval without values.
      const own = type === 'Float32' ? type : 'Float64';
      return [count, ['min', own, '_min'], ['mean', 'Float64', '_mean'], ['max', own, '_max']];
    }
  }
}

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
  return (rows, last) => {
    const times = rows.columns[0] as NumberColumn;
    for (let from = 0; from < rows.length; ) {
      if (bucket.isOver(times[from]!)) output.add(bucket.close());
      if (bucket.rows === 0) bucket.open(spanAt(interval, times[from]!));
      let to = from + 1;
      while (to < rows.length && !bucket.isOver(times[to]!)) to++;
      bucket.add(rows, from, to);
      from = to;
    }
    if (last && bucket.rows > 0) output.add(bucket.close());
    return output.take();
  };
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
