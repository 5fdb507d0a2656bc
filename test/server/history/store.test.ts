import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryClock } from '../../../server/history/history-clock.ts';
import { GROUP_ROWS } from '../../../server/history/parquet/file-writer.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { COLUMNS, historyOf, historyTree, MIDNIGHT, readAll, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a history', () => {
  it('has its rows and their positions after a restart', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT, 300));
    await before.close();
    const store = await tree.open();
    expect([store.first, store.end, store.lastTime]).toEqual([0, 300, MIDNIGHT + 299]);
    expect(store.view(299, 1).length).toBe(0);
    store.append(rowsFrom(MIDNIGHT + 300, 10));
    const { positions, rows } = await readAll(store);
    expect(positions).toEqual(range(0, 310));
    expect(rows).toEqual(range(0, 310).map(second => [MIDNIGHT + second, second]));
    await store.close();
    expect(tree.remarks).toEqual([]);
  });

  it('stores rows before memory forgets them', async () => {
    const tree = historyTree();
    const store = await tree.open({ memory: 10 });
    for (const from of range(0, 50)) store.append(rowsFrom(MIDNIGHT + 7 * from, 7));
    expect(await secondsIn(store)).toEqual(range(0, 350));
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(0, 350));
  });

  it('stores rows that are older than memory keeps them', async () => {
    const tree = historyTree();
    const store = await tree.open({ age: 60 });
    store.append(rowsFrom(MIDNIGHT, 30, 600));
    expect(await secondsIn(store)).toEqual(range(0, 30).map(row => 600 * row));
    await store.close();
    expect(historyOf(store).rows).toBe(30);
  });

  it('finds rows by their times, on the disk and in memory', async () => {
    const tree = historyTree();
    const rows = 3 * GROUP_ROWS;
    const before = await tree.open({ memory: 100 });
    before.append(rowsFrom(MIDNIGHT, rows));
    await before.close();
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT + rows, 50));
    await store.flush();
    for (const second of [0, 1, 99, GROUP_ROWS, GROUP_ROWS + 1, rows - 1]) {
      const found = store.find(MIDNIGHT + second, true);
      expect(found).toBeLessThanOrEqual(second);
      expect(second - found).toBeLessThan(GROUP_ROWS);
      expect(store.find(MIDNIGHT + second, false)).toBeLessThanOrEqual(second + 1);
    }
    expect(store.find(MIDNIGHT - 1, true)).toBe(0);
    // Exact in memory.
    expect(store.find(MIDNIGHT + rows + 7, true)).toBe(rows + 7);
    expect(store.find(MIDNIGHT + rows + 7, false)).toBe(rows + 8);
    expect(store.find(MIDNIGHT + rows + 50, true)).toBe(rows + 50);
    await store.close();
  });

  it('has a part for each write, in the folder of its day', async () => {
    const tree = historyTree();
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT + DAY - 5, 5));
    await store.flush();
    store.append(rowsFrom(MIDNIGHT + DAY, 0.5 * 4, 0.25));
    await store.flush();
    store.append(rowsFrom(MIDNIGHT + DAY + 0.75, 1));
    await store.flush();
    await store.close();
    expect(tree.files()).toEqual([
      '2026/11/2026-11-28.parquet',
      '2026/11/2026-11-29/000000.2.parquet',
      '2026/11/2026-11-29/000000.parquet',
    ]);
  });
});

describe('the parts of a day that is over', () => {
  it('become one file with the same rows', async () => {
    const tree = historyTree();
    const store = await tree.open({ memory: 600 });
    for (const part of range(0, 40)) {
      store.append(rowsFrom(MIDNIGHT + 2000 * part, 250, 8));
      await store.flush();
    }
    expect(tree.files().length).toBe(40);
    const rows = await readAll(store);
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    expect(tree.files()).toEqual(['2026/11/2026-11-28.parquet', '2026/11/2026-11-29/000000.parquet']);
    const merged = await readAll(store);
    expect(merged.rows.slice(0, -1)).toEqual(rows.rows);
    expect(merged.positions).toEqual(range(0, 10_001));
    await store.close();
    expect(await readAll(await tree.open())).toEqual(merged);
    // A start that must read the footers finds the same.
    rmSync(join(tree.path, 'roof/.dapberry-index.json'));
    expect(await readAll(await tree.open())).toEqual(merged);
  });

  it('are deleted after the next start if the machine stopped in between', async () => {
    const tree = historyTree();
    const store = await tree.open();
    for (const part of range(0, 5)) {
      store.append(rowsFrom(MIDNIGHT + 10 * part, 10));
      await store.flush();
    }
    const kept = join(tree.path, 'kept');
    cpSync(join(tree.path, 'roof/2026/11/2026-11-28'), kept, { recursive: true });
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    const rows = await readAll(store);
    await store.close();
    cpSync(kept, join(tree.path, 'roof/2026/11/2026-11-28'), { recursive: true });
    writeFileSync(join(tree.path, 'roof/2026/11/.2026-11-28.2.parquet.dapberry-77'), 'half');
    const restarted = await tree.open();
    expect(await readAll(restarted)).toEqual(rows);
    await restarted.merge();
    expect(tree.files()).toEqual(['2026/11/2026-11-28.parquet', '2026/11/2026-11-29/000000.parquet']);
    expect(tree.remarks).toEqual([]);
  });

  it('with other columns become files of their own', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT, 3));
    await before.close();
    const store = await tree.open({ columns: [...COLUMNS, { type: 'Int32', name: 'more' }] });
    const batch = rowsFrom(MIDNIGHT + 3, 2);
    store.append({ length: 2, columns: [...batch.columns, Int32Array.of(7, 8)] });
    await store.flush();
    const next = rowsFrom(MIDNIGHT + DAY, 1);
    store.append({ length: 1, columns: [...next.columns, Int32Array.of(9)] });
    await store.flush();
    await store.merge();
    expect(tree.files()).toEqual([
      '2026/11/2026-11-28.2.parquet',
      '2026/11/2026-11-28.parquet',
      '2026/11/2026-11-29/000000.parquet',
    ]);
    const { rows } = await readAll(store);
    expect(rows.map(([time, , more]) => [time! - MIDNIGHT, more])).toEqual([
      [0, -1],
      [1, -1],
      [2, -1],
      [3, 7],
      [4, 8],
      [DAY, 9],
    ]);
    await store.close();
  });

  it('are read while they are merged', async () => {
    const tree = historyTree();
    const store = await tree.open({ memory: 5 });
    for (const part of range(0, 30)) {
      store.append(rowsFrom(MIDNIGHT + 100 * part, 100));
      await store.flush();
    }
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    const merging = store.merge();
    const reads = await Promise.all(range(0, 20).map(() => secondsIn(store)));
    await merging;
    for (const seconds of [...reads, await secondsIn(store)])
      expect(seconds).toEqual([...range(0, 3000), DAY]);
    await store.close();
  });
});

describe('columns that change', () => {
  it('are missing, or converted where that is exact', async () => {
    const tree = historyTree();
    const before = await tree.open({
      columns: [
        COLUMNS[0]!,
        { type: 'Float64', name: 'a' },
        { type: 'Int32', name: 'b' },
        { type: 'Float64', name: 'gone' },
      ],
    });
    before.append({
      length: 3,
      columns: [
        Float64Array.of(MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + 2),
        Float64Array.of(7, 1.5, Number.NaN),
        Int32Array.of(1, -2, 3),
        Float64Array.of(1, 2, 3),
      ],
    });
    await before.close();
    const store = await tree.open({
      columns: [
        COLUMNS[0]!,
        { type: 'Float64', name: 'b' },
        { type: 'Int32', name: 'a' },
        { type: 'Float32', name: 'new' },
        { type: 'UInt32', name: 'count' },
      ],
    });
    const { rows } = await readAll(store);
    expect(rows.map(([, ...values]) => values)).toEqual([
      [1, 7, Number.NaN, 2 ** 32 - 1],
      [-2, -1, Number.NaN, 2 ** 32 - 1],
      [3, -1, Number.NaN, 2 ** 32 - 1],
    ]);
    await store.close();
    // The files have what they had.
    const again = await tree.open({ columns: [COLUMNS[0]!, { type: 'Float64', name: 'gone' }] });
    expect((await readAll(again)).rows.map(([, gone]) => gone)).toEqual([1, 2, 3]);
    await again.close();
  });
});

describe('the limits of a history', () => {
  const days = async (limits: { keep?: number; size?: number }, synchronized: Synchronized = 'yes') => {
    const tree = historyTree();
    const clock = new HistoryClock(() => synchronized, {
      wall: () => MIDNIGHT + 10 * DAY,
      monotonic: () => performance.now() / 1000,
    });
    const store = await tree.open({ memory: 201, limits, clock });
    for (const day of range(0, 6)) {
      store.append(rowsFrom(MIDNIGHT + DAY * day, 100));
      await store.flush();
      await store.merge();
    }
    return { tree, store };
  };

  it('delete the oldest days by their age', async () => {
    const { tree, store } = await days({ keep: 2 * DAY });
    expect(tree.files().map(name => name.slice(0, 18))).toEqual([
      '2026/12/2026-12-01',
      '2026/12/2026-12-02',
      '2026/12/2026-12-03',
    ]);
    expect(existsSync(join(tree.path, 'roof/2026/11'))).toBe(false);
    expect(store.first).toBe(300);
    expect(store.find(MIDNIGHT, true)).toBe(300);
    // A reader that was there gets the next rows.
    expect((await store.load(17, 10)).position).toBe(300);
    await store.close();
  });

  it('delete one file a day by its age while nobody says that the clock is right', async () => {
    const { tree, store } = await days({ keep: 2 * DAY }, 'unknown');
    expect(tree.files().length).toBe(5);
    expect(store.first).toBe(100);
    await store.close();
  });

  it('delete the oldest days by their size', async () => {
    const { store } = await days({});
    const { bytes } = historyOf(store);
    await store.close();
    const limited = await days({ size: bytes / 2 });
    expect(historyOf(limited.store).bytes).toBeLessThanOrEqual(bytes / 2);
    expect(historyOf(limited.store).files).toBeGreaterThan(1);
    await limited.store.close();
  });
});
