import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openHistory } from '../../../server/history/histories.ts';
import { HistoryClock } from '../../../server/history/history-clock.ts';
import type { RowStore } from '../../../server/store/row-store.ts';
import { historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

it('two datasets keep their rows in one folder that one of them names by a link', async () => {
  const tree = historyTree();
  const disk = join(tree.path, 'disk');
  const link = join(tree.path, 'link');
  mkdirSync(disk);
  symlinkSync(disk, link);
  const failures: string[] = [];
  const open = (dataset: string, path: string): Promise<RowStore> =>
    openHistory({
      path,
      dataset,
      columns: ['time', 'value'].map(name => ({ type: 'Float64', name, attributes: new Map() })),
      attributes: () => new Map(),
      bounds: { rows: 1000, bytes: 1e9, age: 1e9 },
      events: { onFailure: message => failures.push(message) },
      clock: new HistoryClock(),
      isResumed: false,
      ...{ flush: 3600, keep: 1e12, size: 1e15 },
    });
  for (const round of [0, 1]) {
    const stores = [await open('roof', disk), await open('garden', link)];
    for (const store of stores) store.append(rowsFrom(MIDNIGHT + 10 * round, 10));
    expect(stores.map(store => historyOf(store).failure)).toEqual([undefined, undefined]);
    // The one that has opened the folder is closed before the other.
    for (const store of stores) await store.close();
    expect(existsSync(join(disk, '.dapberry.lock'))).toBe(false);
  }
  expect(failures).toEqual([]);
  const garden = await open('garden', disk);
  expect(await secondsIn(garden)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  await garden.close();
});
