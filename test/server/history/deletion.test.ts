import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryClock } from '../../../server/history/history-clock.ts';
import { type HistoryTree, historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** A history of ten rows on each of some days from a time on. */
async function daysOf(tree: HistoryTree, first: number, count: number): Promise<void> {
  const store = await tree.open();
  for (const day of range(0, count)) {
    store.append(rowsFrom(first + DAY * day, 10));
    await store.flush();
    await store.merge();
  }
  await store.close();
}

describe('the age of rows', () => {
  it('is not counted back from rows of a clock that ran years ahead', async () => {
    const tree = historyTree();
    const now = Math.floor(Date.now() / 1000);
    await daysOf(tree, now - 5 * DAY, 5);
    // The clock of a chip that said another year; a time service has set it back, and row time is still ahead.
    const clock = new HistoryClock(() => 'yes');
    const store = await tree.open({ clock, limits: { keep: 30 * DAY } });
    store.append(rowsFrom(now + 3650 * DAY, 10));
    await store.flush();
    expect(historyOf(store).rows).toBe(60);
    expect(store.first).toBe(0);
    await store.close();
  });
});

describe('a file that cannot be deleted', () => {
  const asNobody = async <T>(tree: HistoryTree, run: () => Promise<T>): Promise<T> => {
    chmodSync(tree.path, 0o777);
    for (const name of readdirSync(tree.path, { recursive: true, encoding: 'utf8' }))
      chmodSync(join(tree.path, name), name.endsWith('11') ? 0o555 : 0o777);
    process.seteuid!(65_534);
    try {
      return await run();
    } finally {
      process.seteuid!(0);
    }
  };

  it.runIf(process.getuid?.() === 0)('is served on, and rows are stored nevertheless', async () => {
    const tree = historyTree();
    await daysOf(tree, MIDNIGHT, 5);
    const clock = new HistoryClock(() => 'yes', {
      wall: () => MIDNIGHT + 10 * DAY,
      monotonic: () => performance.now() / 1000,
    });
    const store = await tree.open({ clock, limits: { keep: 3 * DAY } });
    store.append(rowsFrom(MIDNIGHT + 5 * DAY, 10));
    await asNobody(tree, async () => {
      await store.flush();
      store.append(rowsFrom(MIDNIGHT + 5 * DAY + 10, 10));
      await store.flush();
    });
    expect(historyOf(store)).toMatchObject({
      rows: 70,
      unstored: 0,
      deletionFailure: expect.stringMatching(/EACCES/),
    });
    expect(tree.news).toEqual(['delete failure']);
    expect((await secondsIn(store)).slice(0, 10)).toEqual(range(0, 10));
    // With the right to delete it is deleted.
    chmodSync(join(tree.path, 'roof/2026/11'), 0o777);
    store.append(rowsFrom(MIDNIGHT + 5 * DAY + 20, 1));
    await store.flush();
    expect(historyOf(store).rows).toBe(41);
    expect(historyOf(store).deletionFailure).toBeUndefined();
    expect(tree.news).toEqual(['delete failure', 'delete recovery']);
    expect(existsSync(join(tree.path, 'roof/2026/11/2026-11-28.parquet'))).toBe(false);
    // What goes is told, and why.
    expect(tree.remarks).toEqual([
      expect.stringMatching(
        /: 30 rows from 2026-11-28T00:00:00\S* to 2026-11-30T00:00:09\S* deleted: history\.keep asks to delete rows of this age$/,
      ),
    ]);
    await store.close();
  });
});

describe('rows that are not stored for their times', () => {
  it('are counted once, also if a write behind them fails', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT + 100, 10));
    await before.close();
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT, 5));
    store.append(rowsFrom(MIDNIGHT + 200, 10));
    store.append(rowsFrom(MIDNIGHT + DAY, 10));
    writeFileSync(join(tree.path, 'roof/2026/11/2026-11-29'), 'no folder');
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unstored: 10, unfit: 5 });
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unstored: 10, unfit: 5 });
    expect(tree.remarks.length).toBe(1);
  });
});
