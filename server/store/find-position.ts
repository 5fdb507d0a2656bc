// Finds the exact position of the first row at or after a time, wherever the store keeps that row.

import type { RowStore } from './row-store.ts';

/** Rows whose times are looked at together. */
const MOST = 8192;

/**
 * The position of the first row whose time is `time` or later, or `end` if there is none. Rejects where the rows around that time cannot
 * be loaded.
 */
export async function findPosition(
  store: Pick<RowStore, 'find' | 'view' | 'load' | 'end'>,
  time: number,
): Promise<number> {
  // `find` may give a row before the one that is wanted, but never one behind it.
  for (let position = store.find(time, true); position < store.end; ) {
    const view = store.view(position, MOST);
    const rows = view.length > 0 ? { position, batch: view } : await store.load(position, MOST, [TIME_INDEX]);
    const times = rows.batch.columns[TIME_INDEX] as Float64Array;
    const { length } = rows.batch;
    const row = firstAtOrAfter(times, length, time);
    if (row < length) return rows.position + row;
    position = rows.position + length;
  }
  return store.end;
}

const TIME_INDEX = 0;

/** The first row at or after a time; `length` if there is none. */
function firstAtOrAfter(times: Float64Array, length: number, time: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
