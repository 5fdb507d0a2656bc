import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { runJob } from '../../../server/history/jobs.ts';
import { canMount, historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a disk that fails', () => {
  it('makes rows wait, which are stored when it works again', async () => {
    const tree = historyTree();
    const store = await tree.open({ memory: 50 });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    const folder = join(tree.path, 'roof/2026/11/2026-11-28');
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, 'no folder');
    for (const from of range(1, 30)) {
      store.append(rowsFrom(MIDNIGHT + 10 * from, 10));
      await store.flush();
    }
    expect(tree.news).toEqual(['write failure']);
    expect(historyOf(store)).toMatchObject({ rows: 10, unstored: 290, lost: 0, failures: 29 });
    expect(historyOf(store).failure).toMatch(/: expected a folder.*, found a file \((ENOTDIR|EEXIST)\)$/);
    expect(await secondsIn(store, 10)).toEqual(range(10, 300));
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    await store.flush();
    expect(tree.news).toEqual(['write failure', 'write recovery']);
    expect(historyOf(store)).toMatchObject({ rows: 300, unstored: 0, lost: 0 });
    expect(historyOf(store).failure).toBeUndefined();
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(0, 300));
  });

  it('loses the oldest of the rows that wait, and counts them', async () => {
    const tree = historyTree();
    const begin = Date.now() / 1000 - 1;
    const most = (4 * 1024 * 1024) / 16;
    const store = await tree.open({ memory: 100 });
    mkdirSync(join(tree.path, 'roof'));
    writeFileSync(join(tree.path, 'roof/2026'), 'no folder');
    const rows = most + 5000;
    store.append(rowsFrom(MIDNIGHT, rows, 0.25));
    await store.flush();
    const { lost, unstored } = historyOf(store);
    expect(lost).toBeGreaterThan(0);
    expect(lost + unstored).toBe(rows);
    expect(unstored).toBeLessThanOrEqual(most + 100);
    expect(tree.remarks).toEqual([expect.stringContaining('rows are lost')]);
    expect(historyOf(store).lostAt).toBeGreaterThan(begin);
    rmSync(join(tree.path, 'roof/2026'));
    await store.close();
    const restarted = await tree.open();
    expect(restarted.first).toBe(lost);
    expect(await secondsIn(restarted)).toEqual(range(lost, rows).map(row => row / 4));
  });

  it('is said apart to hinder the merge of a day, until it does not', async () => {
    const tree = historyTree();
    const store = await tree.open();
    for (const from of [0, 10]) {
      store.append(rowsFrom(MIDNIGHT + from, 10));
      await store.flush();
    }
    store.append(rowsFrom(MIDNIGHT + 86_400, 10));
    let isFull = true;
    await store.close();
    const failing = await tree.open({
      beside: () => job => (isFull ? Promise.reject(new Error('ENOSPC')) : runJob(job)),
    });
    for (const _ of [0, 1]) await failing.merge();
    expect(tree.news).toEqual(['merge failure']);
    expect(historyOf(failing)).toMatchObject({ mergeFailure: 'ENOSPC', failures: 2 });
    expect(historyOf(failing).failure).toBeUndefined();
    isFull = false;
    await failing.merge();
    expect(tree.news).toEqual(['merge failure', 'merge recovery']);
    expect(historyOf(failing).mergeFailure).toBeUndefined();
    expect(tree.files()).toContain('2026/11/2026-11-28.parquet');
    await failing.close();
  });

  it.runIf(canMount)('because it is full keeps what it has, and takes rows again later', async () => {
    const tree = historyTree();
    tree.mount(tree.path, 'size=256k');
    const store = await tree.open({ memory: 10_000 });
    const noise = (from: number) => {
      const batch = rowsFrom(MIDNIGHT + from, 500);
      return { ...batch, columns: [batch.columns[0]!, Float64Array.from({ length: 500 }, Math.random)] };
    };
    let rows = 0;
    while (tree.news.length === 0) {
      store.append(noise(rows));
      rows += 500;
      await store.flush();
    }
    expect(historyOf(store).failure).toBe(
      `${join(tree.path, 'roof')}: no space is left on the disk (ENOSPC)`,
    );
    expect(await secondsIn(store)).toEqual(range(0, rows));
    expect(tree.files().filter(name => name.includes('tmp'))).toEqual([]);
    execFileSync('mount', ['-o', 'remount,size=4m', tree.path]);
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows, unstored: 0, lost: 0 });
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(0, rows));
  });

  it.runIf(canMount)('because it is read-only makes rows wait', async () => {
    const tree = historyTree();
    tree.mount(tree.path);
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    execFileSync('mount', ['-o', 'remount,ro', tree.path]);
    store.append(rowsFrom(MIDNIGHT + 10, 10));
    await store.flush();
    expect(historyOf(store).failure).toContain('EROFS');
    expect(await secondsIn(store)).toEqual(range(0, 20));
    execFileSync('mount', ['-o', 'remount,rw', tree.path]);
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(0, 20));
  });

  it.runIf(canMount)('because it is read-only when the server starts is read', async () => {
    const tree = historyTree();
    tree.mount(tree.path);
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT, 10));
    await before.close();
    // The lock is that of a process that was killed.
    const lock = join(tree.path, '.dapberry.lock');
    const owner = JSON.parse(readFileSync(lock, 'utf8')) as object;
    writeFileSync(lock, JSON.stringify({ ...owner, token: 'other', start: '1' }));
    execFileSync('mount', ['-o', 'remount,ro', tree.path]);
    const folder = await HistoryFolder.open(tree.path);
    const store = await tree.open({ folder, memory: 5 });
    store.append(rowsFrom(MIDNIGHT + 10, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({
      rows: 10,
      unstored: 10,
      failure: expect.stringContaining('EROFS'),
    });
    expect(await secondsIn(store)).toEqual(range(0, 20));
    execFileSync('mount', ['-o', 'remount,rw', tree.path]);
    await store.flush();
    expect(historyOf(store).failure).toBeUndefined();
    await expect(HistoryFolder.open(tree.path)).rejects.toThrow('keeps its history there');
    await store.close();
    await folder.close();
    expect(await secondsIn(await tree.open({ folder: await HistoryFolder.open(tree.path) }))).toEqual(
      range(0, 20),
    );
  });

  it.runIf(canMount)('because it was pulled out is not taken for an empty one', async () => {
    const tree = historyTree();
    const disk = join(tree.path, 'disk');
    const folder = join(tree.path, 'mounted');
    mkdirSync(folder);
    tree.mount(disk);
    const plug = () => execFileSync('mount', ['--bind', disk, folder]);
    const pull = () => spawnSync('umount', ['-l', folder]);
    tree.undo.push(() => void pull());
    plug();
    const store = await tree.open({ folder: await HistoryFolder.open(join(folder, 'history')), memory: 5 });
    store.append(rowsFrom(MIDNIGHT, 20));
    await store.flush();
    pull();
    store.append(rowsFrom(MIDNIGHT + 20, 20));
    await store.flush();
    expect(historyOf(store).failure).toContain('expected the disk of the history, found another file system');
    expect(existsSync(join(folder, 'history'))).toBe(false);
    await expect(store.load(0, 10)).rejects.toThrow();
    expect(await secondsIn(store, 20)).toEqual(range(20, 40));
    plug();
    await store.flush();
    expect(tree.news).toEqual(['write failure', 'write recovery']);
    expect(await secondsIn(store)).toEqual(range(0, 40));
    await store.close();
  });

  it('that someone emptied begins anew', async () => {
    const tree = historyTree();
    const store = await tree.open({ memory: 5 });
    store.append(rowsFrom(MIDNIGHT, 20));
    await store.flush();
    rmSync(tree.path, { recursive: true });
    store.append(rowsFrom(MIDNIGHT + 20, 20));
    await store.close();
    expect(tree.news).toEqual([]);
    expect(await secondsIn(await tree.open())).toEqual(range(20, 40));
  });
});

describe('the folder of a history', () => {
  it('belongs to one server at a time', async () => {
    const tree = historyTree();
    const first = await tree.folder();
    await expect(HistoryFolder.open(tree.path)).rejects.toThrow(
      `${tree.path}: another server (process ${process.pid} on `,
    );
    await first.check();
    await first.close();
    const second = await HistoryFolder.open(tree.path);
    await expect(first.check()).rejects.toThrow('another server');
    await second.close();
    expect(existsSync(join(tree.path, '.dapberry.lock'))).toBe(false);
  });

  it('is taken over from a server that was killed', async () => {
    const tree = historyTree();
    await tree.folder();
    const lock = join(tree.path, '.dapberry.lock');
    const owner = JSON.parse(readFileSync(lock, 'utf8')) as Record<string, unknown>;
    for (const gone of [{ start: '1' }, { boot: 'another boot' }]) {
      writeFileSync(lock, JSON.stringify({ ...owner, token: 'other', ...gone }));
      const taken = await HistoryFolder.open(tree.path);
      await taken.check();
    }
    // One that was killed while it took the folder over has left its lock behind.
    writeFileSync(`${lock}.3d594650-3436-4f3a-9d8e-6b8b3d3ad2d1`, '');
    writeFileSync(lock, JSON.stringify({ ...owner, token: 'other', start: '1' }));
    await (await HistoryFolder.open(tree.path)).check();
    expect(readdirSync(tree.path)).toEqual(['.dapberry.lock']);
    // A lock whose text was lost in a power cut.
    writeFileSync(lock, '');
    await (await HistoryFolder.open(tree.path)).check();
    writeFileSync(
      lock,
      JSON.stringify({ ...owner, token: 'other', host: 'elsewhere', boot: 'x', machine: 'y' }),
    );
    await expect(HistoryFolder.open(tree.path)).rejects.toThrow('on elsewhere');
  });
});

describe('rows with unfit times', () => {
  it('are told again after rows were fit in between', async () => {
    const tree = historyTree();
    const store = await tree.open();
    const flushed = async (time: number) => {
      store.append(rowsFrom(time, 2));
      await store.flush();
      return historyOf(store).unfitSince;
    };
    expect(await flushed(MIDNIGHT)).toBeUndefined();
    expect(await flushed(MIDNIGHT + 10.0000005)).toBeGreaterThan(1);
    const since = historyOf(store).unfitSince;
    expect(await flushed(MIDNIGHT + 12.0000005)).toBe(since);
    expect(tree.remarks.length).toBe(1);
    expect(await flushed(MIDNIGHT + 20)).toBeUndefined();
    expect(await flushed(MIDNIGHT + 29.0000005)).toBeGreaterThan(1);
    expect(historyOf(store)).toMatchObject({ unfit: 6, rows: 4 });
    expect(tree.remarks.length).toBe(2);
  });

  it('are served and not stored', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT + 100, 10));
    await before.close();
    const store = await tree.open();
    // The clock is behind: a Pi without a battery before it reaches a time server.
    store.append(rowsFrom(MIDNIGHT, 5));
    store.append(rowsFrom(MIDNIGHT + 109.9999999, 1));
    store.append(rowsFrom(MIDNIGHT + 110, 5));
    expect(await secondsIn(store)).toEqual([
      ...range(100, 110),
      ...range(0, 5),
      MIDNIGHT + 109.9999999 - MIDNIGHT,
      ...range(110, 115),
    ]);
    expect(store.find(MIDNIGHT + 105, true)).toBeLessThanOrEqual(5);
    await store.close();
    expect(historyOf(store)).toMatchObject({ rows: 15, unfit: 6 });
    expect(tree.remarks).toEqual([expect.stringContaining('new rows are not stored: their times')]);
    expect(await secondsIn(await tree.open())).toEqual([...range(100, 110), ...range(110, 115)]);
  });
});
