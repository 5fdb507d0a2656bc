import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { Announcer } from '../../../server/store/announcer.ts';
import { StoreCursor } from '../../../server/store/store-cursor.ts';
import { type Serving, serving } from '../../serving.ts';
import { batchOf, LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { historyTree, MIDNIGHT, rowsFrom } from './stores.ts';

/** A history of files with ten rows each, opened before the first of them lose their bytes. */
async function damaged(broken: number, whole: number) {
  const tree = historyTree();
  const before = await tree.open();
  for (let file = 0; file < broken + whole; file += 1) {
    before.append(rowsFrom(MIDNIGHT + 100 * file, 10));
    await before.flush();
  }
  await before.close();
  const store = await tree.open();
  for (const name of tree.files().slice(0, broken)) truncateSync(join(tree.path, 'roof', name), 0);
  return { tree, store };
}

describe('files that are all damaged', () => {
  it('do not keep a reader from the rows behind them', async () => {
    const { store } = await damaged(12, 1);
    expect((await store.load(0, 10)).position).toBe(120);
    await store.close();
  });

  it('leave a reader waiting for the next row', async () => {
    const { tree, store } = await damaged(0, 3);
    truncateSync(join(tree.path, 'roof', tree.files().at(-1)!), 0);
    const announcer = new Announcer();
    const missed: number[] = [];
    const cursor = new StoreCursor(store, announcer, 20, {
      earliest: 0,
      onOverrun: rows => missed.push(rows),
      onLoadFailure: () => undefined,
    });
    const woken = () => new Promise<void>(resolve => cursor.wait(resolve));
    expect(cursor.next(10)).toBeUndefined();
    await woken();
    expect(cursor.next(10)).toBeUndefined();
    expect([cursor.failed, missed]).toEqual([false, [10]]);
    const next = woken();
    store.append(rowsFrom(MIDNIGHT + 1000, 1));
    announcer.announce();
    await next;
    expect(cursor.next(10)).toMatchObject({ position: 30, batch: { length: 1 } });
    cursor.close();
    await store.close();
  });
});

describe('a client that reads past a damaged file', () => {
  let server: Serving | undefined;
  afterEach(() => server?.close());

  it('is not counted as too slow', async () => {
    const tree = historyTree();
    const columns = LAYOUT.columns.map(({ type, name }) => ({ type: type as 'Float64', name }));
    const before = await tree.open({ columns });
    for (const from of [0, 10, 20]) {
      before.append(batchOf(Array.from({ length: 10 }, (_, row) => [MIDNIGHT + from + row, 1, 2, 3])));
      await before.flush();
    }
    await before.close();
    const store = await tree.open({ columns });
    truncateSync(join(tree.path, 'roof', tree.files()[1]!), 0);
    const gone: number[] = [];
    const dataset = new StoredDataset(SCRIPTED, new ScriptedSource(), store, {
      onGone: rows => gone.push(rows),
    });
    server = await serving({ datasets: [dataset] });
    const get = async (path: string) => (await fetch(`${server!.url}/${path}`)).text();
    const text = await get(`scripted.asc?sensor[0:1:19]&time>=${MIDNIGHT}`);
    expect(text.split('\n').filter(line => /^\d/.test(line))).toHaveLength(20);
    const metrics = await get('metrics');
    expect(metrics).toContain('dapberry_rows_overrun_total{dataset="scripted"} 0\n');
    expect(metrics).toContain('dapberry_history_missed_rows_total{dataset="scripted"} 10\n');
    expect(JSON.parse(await get('health'))).toMatchObject({ datasets: [{ overrun: 0, gone: 10 }] });
    expect(gone).toEqual([10]);
  });
});
