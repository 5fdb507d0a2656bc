// Summarises rows, or the summaries of shorter stretches, by stretches of time, as the columns of a file of summaries.

import { missingTest } from '../../../dap/model/meaning.ts';
import {
  type Batch,
  type ColumnSummaries,
  meaningOf,
  type NumberColumn,
  NumberSummary,
  newColumn,
  type SummarisedRows,
} from '../../../dap/protocol.ts';
import { type ServedColumn, summaryColumns } from './summary-columns.ts';

export class Stretches {
  readonly #columns: readonly ServedColumn[];
  readonly #step: number;
  readonly #summaries: readonly NumberSummary[];
  /** The finished stretches, by the columns of the file. */
  readonly #values: number[][];
  #begin = Number.NaN;
  #rows = 0;

  /** @param step seconds of a stretch, counted from 1970 */
  constructor(columns: readonly ServedColumn[], step: number) {
    this.#columns = columns;
    this.#step = step;
    this.#summaries = columns
      .slice(1)
      .map(({ type, attributes }) => new NumberSummary(missingTest(meaningOf(type, attributes))));
    this.#values = summaryColumns(columns).map(() => []);
  }

  /** Finished stretches, and the stretch of the last rows. */
  get length(): number {
    return this.#values[0]!.length + (this.#rows > 0 ? 1 : 0);
  }

  add({ length, columns }: Batch): void {
    this.#each(columns[0] as Float64Array, length, (from, to) => {
      this.#rows += to - from;
      for (const [index, summary] of this.#summaries.entries()) summary.add(columns[index + 1]!, from, to);
    });
  }

  addSummaries({ length, times, rows, columns }: SummarisedRows): void {
    this.#each(times, length, (from, to) => {
      for (let index = from; index < to; index += 1) this.#rows += rows[index]!;
      for (const [index, summary] of this.#summaries.entries()) {
        summary.addSummaries(columns[index] as ColumnSummaries, from, to);
      }
    });
  }

  /** All stretches; nothing is added any more. */
  finish(): Batch {
    this.#close();
    const columns = summaryColumns(this.#columns).map((column, index) => {
      const values = newColumn(column, this.#values[index]!.length) as NumberColumn;
      values.set(this.#values[index]!);
      return values;
    });
    return { length: columns[0]!.length, columns };
  }

  #each(times: Float64Array, length: number, add: (from: number, to: number) => void): void {
    for (let from = 0; from < length; ) {
      const begin = Math.floor(times[from]! / this.#step) * this.#step;
      if (begin !== this.#begin) this.#close();
      this.#begin = begin;
      let to = from + 1;
      while (to < length && times[to]! < begin + this.#step) to += 1;
      add(from, to);
      from = to;
    }
  }

  #close(): void {
    if (this.#rows === 0) return;
    const row = [
      this.#begin,
      this.#rows,
      ...this.#summaries.flatMap(({ count, min, mean, max, rest }) => [count, min, mean, max, rest]),
    ];
    for (const [index, value] of row.entries()) this.#values[index]!.push(value);
    this.#rows = 0;
    for (const summary of this.#summaries) summary.clear();
  }
}
