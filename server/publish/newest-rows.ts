// Gives the newest row of a dataset whenever the reader comes back for one; rows that come meanwhile are left out.

import { type NumberColumn, newColumn, parseConstraint, planConstraint } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { untilCalled } from './patience.ts';
import type { SinkRows } from './sink.ts';

export interface NewestRowsOptions {
  /** Seconds: at most one row in each of these intervals; by default each row that is the newest one. */
  readonly interval: number | undefined;
  /** The time of the last row that the reader had, in seconds since 1970. */
  readonly after: number | undefined;
  /** Ends the rows. */
  readonly signal: AbortSignal;
}

/** Pieces of one row each, until the dataset gives no more rows. */
export async function* newestRows(
  dataset: Dataset,
  { interval, after = 0, signal }: NewestRowsOptions,
): AsyncGenerator<SinkRows, void, undefined> {
  const plan = planConstraint(parseConstraint(''), dataset.model, { now: Date.now() / 1000 });
  const { columns } = dataset.layout;
  const numberOf = (time: number) => (interval === undefined ? time : Math.floor(time / interval));
  let last = numberOf(after);
  while (!signal.aborted) {
    const row = dataset.newestRow();
    // A clock that was set back leads to earlier rows.
    if (row !== undefined && numberOf(row[0]!) !== last) {
      last = numberOf(row[0]!);
      const batch = {
        length: 1,
        columns: columns.map((column, index) => {
          const copy = newColumn(column, 1) as NumberColumn;
          copy[0] = row[index]!;
          return copy;
        }),
      };
      yield { batch, positions: Float64Array.of(dataset.end - 1) };
      continue;
    }
    const cursor = dataset.open(plan);
    try {
      if (cursor.ended) return;
      await untilCalled(signal, done => {
        cursor.wait(done);
        return undefined;
      });
    } finally {
      cursor.close();
    }
  }
}
