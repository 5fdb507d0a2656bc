import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStretch, type StretchError } from '../../../server/dataset/stretch.ts';
import type { RowStore } from '../../../server/store/row-store.ts';
import { piecesOf, RowsGone } from '../../../server/store/stretch-reader.ts';
import { clockOf } from './clocks.ts';
import { type HistoryTree, historyTree, MIDNIGHT, rowsFrom } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

const find = (store: RowStore, from: number, to: number) =>
  findStretch({ store, earliest: Number.NEGATIVE_INFINITY }, { from: MIDNIGHT + from, to: MIDNIGHT + to });

/** The values of a stretch, which are seconds after midnight, as are its bounds. */
async function valuesIn(store: RowStore, from: number, to: number, stride = 1): Promise<number[]> {
  const stretch = await find(store, from, to);
  const values: number[] = [];
  for await (const [column] of piecesOf(stretch.read([1], { stride }), 1000)) values.push(...column!);
  return values;
}

const refusal = (store: RowStore, from: number, to: number) =>
  find(store, from, to).then(
    ({ count }) => Promise.reject(new Error(`expected a refusal, found ${count} rows`)),
    ({ problem, part }: StretchError) => [problem, part && [part.from - MIDNIGHT, part.to - MIDNIGHT]],
  );

/** A history of `rows` rows on each of some days, ten seconds apart. */
async function daysOf(tree: HistoryTree, count: number, rows = 10): Promise<void> {
  const store = await tree.open({ memory: 100_000 });
  for (const day of range(0, count)) {
    store.append(rowsFrom(MIDNIGHT + DAY * day, rows, 10));
    await store.flush();
    await store.merge();
  }
  await store.close();
}

describe('a stretch of a history', () => {
  it('has the same rows on the disk, in memory, and in both', async () => {
    const tree = historyTree();
    await daysOf(tree, 2, 8640);
    const store = await tree.open({ memory: 5000 });
    store.append(rowsFrom(MIDNIGHT + 2 * DAY, 9000, 5));
    const all = [...range(0, 2 * DAY, 10), ...range(2 * DAY, 2 * DAY + 45_000, 5)];
    const within = (from: number, to: number) => all.filter(time => time >= from && time < to);
    expect(await valuesIn(store, DAY, 2 * DAY)).toEqual(within(DAY, 2 * DAY));
    expect(await valuesIn(store, DAY + 12_345, 2 * DAY + 40_001)).toEqual(
      within(DAY + 12_345, 2 * DAY + 40_001),
    );
    expect(await valuesIn(store, 5, 2 * DAY + 44_990, 4321)).toEqual(
      within(5, 2 * DAY + 44_990).filter((_, row) => row % 4321 === 0),
    );
    expect(await valuesIn(store, 2 * DAY + 44_000, 2 * DAY + 44_010)).toEqual([
      2 * DAY + 44_000,
      2 * DAY + 44_005,
    ]);
    expect(await valuesIn(store, -DAY, 0)).toEqual([]);
    expect(await refusal(store, 0, 2 * DAY + 45_000)).toEqual(['running', [0, 2 * DAY + 44_995]]);
  });

  it('is refused once rows of it are deleted, at once and after a restart', async () => {
    const tree = historyTree();
    await daysOf(tree, 4);
    const store = await tree.open({ limits: { keep: 2 * DAY } });
    store.append(rowsFrom(MIDNIGHT + 4 * DAY, 10, 10));
    expect(await find(store, 0, DAY)).toMatchObject({ count: 10 });
    await store.flush();
    expect(await refusal(store, 0, DAY)).toEqual(['gone', [151, DAY]]);
    expect(await valuesIn(store, 91, 3 * DAY)).toHaveLength(20);
    await store.close();
    // Which times the deleted rows had is not known any more.
    const later = await tree.open();
    later.append(rowsFrom(MIDNIGHT + 5 * DAY, 10, 10));
    expect(await refusal(later, DAY - 1, 2 * DAY)).toEqual(['gone', [DAY + 60, 2 * DAY]]);
    expect(await valuesIn(later, 3 * DAY, 4 * DAY)).toHaveLength(10);
  });

  it('is refused around a damaged file alone', async () => {
    const tree = historyTree();
    await daysOf(tree, 4);
    truncateSync(join(tree.path, 'roof/2026/11/2026-11-29.parquet'), 100);
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT + 4 * DAY, 10, 10));
    expect(await refusal(store, DAY, 2 * DAY)).toEqual(['gone', undefined]);
    expect(await refusal(store, 0, DAY)).toEqual(['gone', undefined]);
    expect(await valuesIn(store, 0, 90)).toHaveLength(9);
    expect(await valuesIn(store, 2 * DAY, 3 * DAY)).toHaveLength(10);
    expect(await refusal(store, 0, 3 * DAY)).toEqual(['gone', [2 * DAY, 3 * DAY]]);
  });

  it('breaks off where a file is found to be damaged, and is refused then', async () => {
    const tree = historyTree();
    await daysOf(tree, 3);
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT + 4 * DAY, 10, 10));
    const stretch = await find(store, 0, 3 * DAY);
    writeFileSync(join(tree.path, 'roof/2026/11/2026-11-29.parquet'), 'damaged', { flag: 'r+' });
    truncateSync(join(tree.path, 'roof/2026/11/2026-11-29.parquet'), 100);
    const read = async () => {
      for await (const _ of piecesOf(stretch.read([1]), 5));
    };
    await expect(read()).rejects.toThrow(RowsGone);
    expect(await refusal(store, 0, 3 * DAY)).toEqual(['gone', [2 * DAY, 3 * DAY]]);
  });

  it('waits for rows whose times may be corrected', async () => {
    const tree = historyTree();
    const { clock, set, step } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    expect(await refusal(store, 0, 9)).toEqual(['clock', undefined]);
    step(100_000, 100_010);
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 100_010, 10));
    expect(await refusal(store, 0, 9)).toEqual(['clock', undefined]);
    expect(await refusal(store, 100_000, 100_015)).toEqual(['clock', [100_011, 100_015]]);
    await store.flush();
    expect(await valuesIn(store, 0, 9)).toEqual([]);
    expect(await find(store, 100_000, 100_015)).toMatchObject({ count: 15 });
  });

  it('is refused where a clock that was set back has made rows twice', async () => {
    const tree = historyTree();
    await daysOf(tree, 1, 100);
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT + 500, 10));
    expect(await refusal(store, 490, 505)).toEqual(['clock', undefined]);
    expect(await valuesIn(store, 0, 500)).toHaveLength(50);
    expect(await refusal(store, 0, 505)).toEqual(['clock', undefined]);
  });

  it('is refused while the folder is away', async () => {
    const tree = historyTree();
    const path = join(tree.path, 'disk');
    writeFileSync(path, 'no folder');
    const store = await tree.start({ path });
    store.append(rowsFrom(MIDNIGHT, 10));
    expect(await refusal(store, -10, 5)).toEqual(['away', [1, 5]]);
    expect(await valuesIn(store, 0, 9)).toHaveLength(9);
  });
});
