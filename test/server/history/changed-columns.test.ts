// Tests that rows which a full disk keeps waiting outlive a change of columns, in the columns that they were made with.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { openHistory } from '../../../server/history/histories.ts';
import { HistoryClock } from '../../../server/history/history-clock.ts';
import { endWaiting } from '../../../server/history/waiting-rows.ts';
import { Feed } from '../../../server/publish/feed.ts';
import { ProgressFile } from '../../../server/publish/progress-file.ts';
import type { SequenceColumn } from '../../../server/source/row-source.ts';
import type { RowStore } from '../../../server/store/row-store.ts';
import { Receiver } from '../publish/scripted-sink.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { type HistoryTree, historyOf, historyTree, MIDNIGHT, readAll, secondsIn } from './stores.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const columnsOf = (names: readonly string[]): SequenceColumn[] =>
  ['time', ...names].map(name => ({ type: 'Float64', name, attributes: new Map() }));

/** Rows at these seconds of the day; each value is that of the second. */
function rowsAt(seconds: readonly number[], width: number) {
  const values = Float64Array.from(seconds);
  const columns = [values.map(second => MIDNIGHT + second), ...Array.from({ length: width }, () => values)];
  return { length: seconds.length, columns };
}

let tree: HistoryTree;
let open: RowStore | undefined;
beforeEach(() => {
  tree = historyTree();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  await endWaiting();
});

/** Opens the history of `roof` with these columns, as a reload does, in place of the one that is open. */
async function reload(
  columns: readonly SequenceColumn[],
  { flush = 3600, rows = 1000, isResumed = false } = {},
) {
  await open?.close();
  open = await openHistory({
    path: tree.path,
    dataset: 'roof',
    columns,
    attributes: () => new Map(),
    bounds: { rows, bytes: 1e9, age: 1e9 },
    events: { onRemark: remark => tree.remarks.push(remark) },
    clock: new HistoryClock(),
    isResumed,
    ...{ flush, keep: 1e12, size: 1e15 },
  });
  return open;
}

/** Lets no file be written for the day, until the returned function is called. */
function fillDisk(): () => void {
  const month = join(tree.path, 'roof', '2026', '11');
  mkdirSync(month, { recursive: true });
  writeFileSync(join(month, '2026-11-28'), 'no folder');
  return () => rmSync(join(month, '2026-11-28'));
}

describe('rows that wait for a disk while columns change', () => {
  it('are served and stored by the next store, in the columns that they were made with', async () => {
    const first = await reload(columnsOf(['a', 'b']));
    first.append(rowsAt(range(-10, 0), 2));
    await reload(columnsOf(['a', 'b']));
    const freeDisk = fillDisk();
    open!.append(rowsAt(range(0, 10), 2));
    const second = await reload(columnsOf(['b', 'c']), { flush: 0.05 });
    expect(historyOf(second)).toMatchObject({ rows: 10, unstored: 10, lost: 0 });
    expect(second.lastTime).toBe(MIDNIGHT + 9);
    second.append(rowsAt(range(10, 20), 2));
    const { positions, rows } = await readAll(second, 10);
    expect(positions).toEqual(range(10, 30));
    expect(rows.map(([time, b, c]) => [time! - MIDNIGHT, b, c])).toEqual(
      range(0, 20).map(at => [at, at, at < 10 ? Number.NaN : at]),
    );
    expect(second.find(MIDNIGHT + 5, true)).toBeLessThanOrEqual(15);
    expect(second.find(MIDNIGHT + 5, true)).toBeGreaterThanOrEqual(10);
    expect(second.unfixed).toEqual([]);
    freeDisk();
    await expect.poll(() => historyOf(second).rows).toBe(30);
    expect(historyOf(second)).toMatchObject({ unstored: 0, lost: 0, unfit: 0 });
    expect(await secondsIn(second)).toEqual(range(-10, 20));
    const again = await reload(columnsOf(['a']));
    expect((await readAll(again)).rows.map(([time, a]) => [time! - MIDNIGHT, a])).toEqual(
      range(-10, 20).map(at => [at, at < 10 ? at : Number.NaN]),
    );
    expect(tree.remarks.filter(remark => /lost|could not/.test(remark))).toEqual([]);
    expect(tree.remarks).toContainEqual(
      expect.stringMatching(
        /roof: kept in memory until the disk takes them: 10 rows, the first of 2026-11-28T00:00:00\.000Z$/,
      ),
    );
  });

  it('are not stored twice if another machine gave them again while the folder was away', async () => {
    const before = await reload(columnsOf(['a']));
    before.append(rowsAt(range(-10, 0), 1));
    await before.close();
    const away = `${tree.path}.away`;
    renameSync(tree.path, away);
    writeFileSync(tree.path, 'no folder');
    const relay = await reload(columnsOf(['a']), { isResumed: true });
    relay.append(rowsAt(range(-4, 6), 1));
    await relay.close();
    rmSync(tree.path);
    renameSync(away, tree.path);
    const next = await reload(columnsOf(['b']), { isResumed: true });
    next.append(rowsAt(range(6, 10), 1));
    expect(await readAll(next)).toMatchObject({ positions: range(0, 20) });
    await reload(columnsOf(['b']));
    expect(await secondsIn(open!)).toEqual(range(-10, 10));
    expect(open!.unfixed).toEqual([]);
    expect(tree.remarks.filter(remark => /not stored|may be missing/.test(remark))).toEqual([]);
  });

  it('wait over several changes', async () => {
    const layouts = [['a'], ['b'], ['a', 'b'], ['c']];
    const freeDisk = fillDisk();
    for (const [index, names] of layouts.entries()) {
      await reload(columnsOf(names));
      open!.append(rowsAt(range(10 * index, 10 * index + 10), names.length));
    }
    await reload(columnsOf(['a', 'b', 'c']));
    expect(await secondsIn(open!)).toEqual(range(0, 40));
    freeDisk();
    const last = await reload(columnsOf(['a', 'b', 'c']));
    expect(historyOf(last)).toMatchObject({ rows: 40, unstored: 0 });
    const n = Number.NaN;
    const held = (await readAll(last)).rows.filter((_row, index) => index % 10 === 5);
    expect(held.map(([, ...values]) => values)).toEqual([
      [5, n, n],
      [n, 15, n],
      [25, 25, n],
      [n, n, 35],
    ]);
  });

  it('are lost and counted if memory has no room for them, the oldest first', async () => {
    await reload(columnsOf(['a']), { rows: 50 });
    const freeDisk = fillDisk();
    const most = (4 * 1024 * 1024) / 16;
    open!.append(rowsAt(range(0, 40), 1));
    const second = await reload(columnsOf(['b']), { rows: 50 });
    second.append(rowsAt(range(40, most + 30), 1));
    second.append(rowsAt(range(most + 30, most + 100), 1));
    const { lost, unstored } = historyOf(second);
    expect(lost).toBeGreaterThan(0);
    expect(lost + unstored).toBe(most + 100);
    expect(tree.remarks).toContainEqual(expect.stringContaining('rows are lost'));
    freeDisk();
    const third = await reload(columnsOf(['b']));
    // Those that only memory had are copied at the end.
    expect((await secondsIn(third))[0]).toBe(100);
    expect(historyOf(third).rows).toBe(most);
  });

  it('are stored when the disk takes them though the dataset is gone', async () => {
    await reload(columnsOf(['a']), { flush: 0.05 });
    const freeDisk = fillDisk();
    open!.append(rowsAt(range(0, 10), 1));
    await open!.close();
    open = undefined;
    expect(tree.remarks).toEqual([expect.stringContaining('until the disk takes them: 10 rows')]);
    freeDisk();
    await expect.poll(() => tree.remarks.at(-1)).toMatch(/roof: stored after the wait: 10 rows/);
    expect(await secondsIn(await reload(columnsOf(['a'])))).toEqual(range(0, 10));
  });

  it('are said to be lost if the disk is full until the end', async () => {
    await reload(columnsOf(['a']));
    fillDisk();
    open!.append(rowsAt(range(5, 15), 1));
    await reload(columnsOf(['b']));
    open!.append(rowsAt(range(15, 20), 1));
    await open!.close();
    open = undefined;
    await endWaiting();
    expect(tree.remarks.at(-1)).toMatch(
      /roof: 15 rows could not be stored before the end, the first of 2026-11-28T00:00:05\.000Z/,
    );
  });

  it('reach a receiver that was away when they changed', async () => {
    const receiver = new Receiver();
    const begin = async () => {
      const rows = new ScriptedSource();
      const store = await reload(rows.layout.columns);
      const dataset = new StoredDataset(SCRIPTED, rows, store);
      const feed = new Feed({
        kind: 'test',
        dataset,
        open: async () => receiver.sink({}),
        progressFile: identity =>
          new ProgressFile({
            folders: [join(tree.path, 'state')],
            owner: 'test',
            dataset: 'roof',
            kind: 'test',
            identity,
          }),
        positions: new Map(),
        pauses: { first: 2, longest: 10 },
        saveEvery: 0,
      });
      const append = (from: number, to: number) =>
        rows.append(range(from, to).map(second => [MIDNIGHT + second, 0, 0, 0]));
      return { dataset, feed, append, source: rows };
    };
    const seconds = () => receiver.times.map(time => time - MIDNIGHT);
    const first = await begin();
    await first.append(0, 10);
    await expect.poll(seconds).toEqual(range(0, 10));
    receiver.problem = 'away';
    receiver.drop('away');
    const freeDisk = fillDisk();
    await first.append(10, 20);
    await first.dataset.close();
    await first.feed.close({ drain: true });
    const second = await begin();
    // Row times go on behind those that wait, whatever the clock says by now.
    await expect.poll(() => second.source.after).toBe(MIDNIGHT + 19);
    receiver.problem = undefined;
    await second.append(20, 30);
    await expect.poll(seconds).toEqual(range(0, 30));
    expect(second.feed.status).toMatchObject({ dropped: 0, gaps: 0 });
    freeDisk();
    await second.dataset.close();
    await second.feed.close({ drain: true });
  });
});
