import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import type { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { serving } from '../../serving.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { historyOf, historyTree, MIDNIGHT, rowsFrom } from './stores.ts';

/** Milliseconds of a write on a slow disk: more than a server waits for its clients and sensors. */
const SLOW = 1500;

it('a server that ends waits until a slow disk has all rows, though a sensor does not close', async () => {
  const tree = historyTree();
  const folder = await tree.folder();
  const check = async () => {
    await delay(SLOW);
    await folder.check();
  };
  const store = await tree.open({
    folder: { path: folder.path, generation: folder.generation, check } as HistoryFolder,
    dataset: SCRIPTED.name,
    columns: LAYOUT.columns as readonly FileColumn[],
  });
  const source = new ScriptedSource();
  source.close = () => new Promise(() => undefined);
  const server = await serving({ datasets: [new StoredDataset(SCRIPTED, source, store)] });
  await source.append([
    [MIDNIGHT, 1, 2, 3],
    [MIDNIGHT + 1, 1, 2, 3],
  ]);
  await server.close();
  expect(store.status.history).toMatchObject({ rows: 2, unstored: 0 });
});

it('a store that ends while a write fails tries once more', async () => {
  const tree = historyTree();
  const folder = await tree.folder();
  let fail: ((error: Error) => void) | undefined;
  const check = () =>
    fail === undefined
      ? new Promise<void>((_resolve, reject) => {
          fail = reject;
        })
      : folder.check();
  const store = await tree.open({
    folder: { path: folder.path, generation: folder.generation, check } as HistoryFolder,
  });
  store.append(rowsFrom(MIDNIGHT, 10));
  const flushing = store.flush();
  const closing = store.close();
  await expect.poll(() => fail).toBeDefined();
  fail!(new Error('the disk does not answer'));
  await Promise.all([flushing, closing]);
  expect(historyOf(store)).toMatchObject({ rows: 10, unstored: 0, failures: 1 });
});
