import { readdirSync, readlinkSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { type HistoryTree, historyTree, MIDNIGHT, rowsFrom } from './stores.ts';

const COLUMNS: readonly FileColumn[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Float64', name: 'first' },
  { type: 'Int32', name: 'second' },
];

/** A store with rows on the disk alone. */
async function storeOnDisk(tree: HistoryTree, rows = 100) {
  const before = await tree.open({ columns: COLUMNS });
  const { columns } = rowsFrom(MIDNIGHT, rows);
  before.append({ length: rows, columns: [...columns, new Int32Array(rows).map((_, row) => -row)] });
  await before.close();
  return tree.open({ columns: COLUMNS });
}

it('gives a reader of some columns these, and no others', async () => {
  const store = await storeOnDisk(historyTree());
  const lists = async (columns?: readonly number[]) =>
    (await store.load(10, 3, columns)).batch.columns.map(column => Array.from(column as Float64Array));
  const times = [10, 11, 12].map(second => MIDNIGHT + second);
  expect(await lists([0, 2])).toEqual([times, [], [-10, -11, -12]]);
  expect(await lists([1])).toEqual([[], [10, 11, 12], []]);
  expect(await lists()).toEqual([times, [10, 11, 12], [-10, -11, -12]]);
});

it('closes the files that nobody reads any more', async () => {
  const tree = historyTree();
  const store = await storeOnDisk(tree);
  const openFiles = () =>
    readdirSync('/proc/self/fd').filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(tree.path);
      } catch {
        return false;
      }
    }).length;
  await store.load(0, 10);
  expect(openFiles()).toBe(1);
  await vi.waitFor(() => expect(openFiles()).toBe(0), 10_000);
  await store.load(0, 10, [0]);
  await store.close();
  await vi.waitFor(() => expect(openFiles()).toBe(0), 500);
});
