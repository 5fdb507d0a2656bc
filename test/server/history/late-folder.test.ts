import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { Announcer } from '../../../server/store/announcer.ts';
import { StoreCursor } from '../../../server/store/store-cursor.ts';
import { clockOf } from './clocks.ts';
import { canMount, historyOf, historyTree, MIDNIGHT, readAll, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** A tree with 300 stored rows, whose folder is away: a file stands in its place. */
async function awayTree() {
  const tree = historyTree();
  const path = join(tree.path, 'disk');
  const before = await tree.start({ path });
  before.append(rowsFrom(MIDNIGHT, 300));
  await before.close();
  renameSync(path, `${path}.away`);
  writeFileSync(path, 'no folder');
  const comeBack = () => {
    rmSync(path);
    renameSync(`${path}.away`, path);
  };
  return { tree, path, comeBack };
}

describe('a folder that cannot be opened at the start', () => {
  it('is tried again, and then takes the rows that waited and gives the past', async () => {
    const { tree, path, comeBack } = await awayTree();
    const store = await tree.start({ path, limits: { flush: 0.05 } });
    expect(tree.news).toEqual(['write failure']);
    expect(historyOf(store)).toMatchObject({ folder: join(path, 'roof'), rows: 0, failures: 1 });
    store.append(rowsFrom(MIDNIGHT + 300, 40));
    expect(await secondsIn(store)).toEqual(range(300, 340));
    await expect.poll(() => historyOf(store).failures).toBeGreaterThan(2);
    expect(historyOf(store)).toMatchObject({ unstored: 40, lost: 0 });
    comeBack();
    await expect.poll(() => historyOf(store).rows).toBe(340);
    expect(tree.news).toEqual(['write failure', 'write recovery']);
    expect(historyOf(store).failure).toBeUndefined();
    store.append(rowsFrom(MIDNIGHT + 340, 10));
    expect(await secondsIn(store)).toEqual(range(0, 350));
    expect(await secondsIn(store, store.find(MIDNIGHT + 120, true))).toContain(120);
    // A merge moves the files, and the positions stay.
    const { positions } = await readAll(store);
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    expect((await readAll(store)).positions.slice(0, -1)).toEqual(positions);
    await store.close();
    const restarted = await tree.start({ path });
    expect(await secondsIn(restarted)).toEqual([...range(0, 350), DAY]);
    expect([restarted.first, restarted.end]).toEqual([0, 351]);
    await restarted.close();
  });

  it('keeps the rows before the present of a file that is set aside', async () => {
    const { tree, path, comeBack } = await awayTree();
    const { clock } = clockOf('yes', 150);
    const store = await tree.start({ path, clock, memory: 10 });
    comeBack();
    // Memory has no room for rows to wait.
    store.append(rowsFrom(MIDNIGHT + 151, 8));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 159, setAside: 1, failures: 1 });
    expect(await secondsIn(store)).toEqual(range(0, 159));
    await store.close();
  });

  it('takes no reader back to rows that are older than those it has had', async () => {
    const { tree, path, comeBack } = await awayTree();
    const store = await tree.start({ path, memory: 50 });
    let missed = 0;
    const cursor = new StoreCursor(store, new Announcer(), store.end, {
      earliest: 0,
      onOverrun: count => {
        missed += count;
      },
      onLoadFailure: error => expect.fail(String(error)),
    });
    store.append(rowsFrom(MIDNIGHT + 300, 10));
    const times = [...(cursor.next(10)!.batch.columns[0] as Float64Array)];
    // More rows than are kept while the disk is away.
    const most = (4 * 1024 * 1024) / 16;
    store.append(rowsFrom(MIDNIGHT + 310, most + 1000, 1 / 64));
    await store.flush();
    const { lost } = historyOf(store);
    expect(lost).toBeGreaterThan(10);
    comeBack();
    await store.flush();
    expect(historyOf(store)).toMatchObject({ unstored: 0, failures: 2 });
    while (cursor.next(4096) === undefined) await new Promise<void>(wake => cursor.wait(wake));
    expect(missed).toBe(lost - 10);
    expect(times.at(-1)).toBe(MIDNIGHT + 309);
    expect((await secondsIn(store)).slice(0, 301)).toEqual([...range(0, 300), 310 + (lost - 10) / 64]);
    await store.close();
  });

  it('takes the rows at the end of the server', async () => {
    const { tree, path, comeBack } = await awayTree();
    const store = await tree.start({ path });
    store.append(rowsFrom(MIDNIGHT + 300, 40));
    comeBack();
    await store.close();
    expect(await secondsIn(await tree.start({ path }))).toEqual(range(0, 340));
  });

  it('says how many rows are lost if it is away to the end', async () => {
    const { tree, path } = await awayTree();
    const store = await tree.start({ path });
    store.append(rowsFrom(MIDNIGHT + 300, 40));
    await store.close();
    expect(tree.remarks).toEqual([
      expect.stringMatching(
        /roof: 40 rows could not be stored before the end, the first of 2026-11-28T00:05:00\.000Z/,
      ),
    ]);
    const other = await tree.start({ path });
    other.append(rowsFrom(MIDNIGHT + 300, 1));
    await other.close();
    expect(tree.remarks[1]).toMatch(/roof: 1 row could not be stored before the end/);
  });
});

describe('a disk that is not mounted', () => {
  const tables = { fstab: '', units: [], mountinfo: '21 1 179:2 / / rw shared:1 - ext4 /dev/root rw\n' };

  it('is waited for where the machine should mount it, and nothing is written below', async () => {
    const tree = historyTree();
    const disk = join(tree.path, 'usb');
    const history = join(disk, 'history');
    const fstab = `UUID=5f1e ${disk} ext4 nofail 0 2\n`;
    await expect(HistoryFolder.open(history, async () => ({ ...tables, fstab }))).rejects.toThrow(
      `${history}: expected a disk mounted at ${disk}, found none; attach the disk`,
    );
    expect(existsSync(disk)).toBe(false);
    const mountinfo = `${tables.mountinfo}36 21 8:1 / ${disk} rw - ext4 /dev/sda1 rw\n`;
    const opened = await HistoryFolder.open(history, async () => ({ ...tables, fstab, mountinfo }));
    await opened.close();
  });

  it.runIf(canMount)('and is mounted over the folder later, takes over', async () => {
    const tree = historyTree();
    const card = join(tree.path, 'card');
    const path = join(card, 'history');
    const disk = join(tree.path, 'disk');
    tree.mount(disk);
    const there = await tree.start({ path: join(disk, 'history') });
    there.append(rowsFrom(MIDNIGHT, 100));
    await there.close();
    mkdirSync(card);
    const store = await tree.start({ path, memory: 50 });
    store.append(rowsFrom(MIDNIGHT + 100, 40));
    await store.flush();
    store.append(rowsFrom(MIDNIGHT + 140, 30));
    await store.flush();
    const below = readdirSync(path, { recursive: true });
    expect(spawnSync('mount', ['--bind', disk, card]).status).toBe(0);
    const unmount = () => spawnSync('umount', ['-l', card]);
    tree.undo.push(() => void unmount());
    store.append(rowsFrom(MIDNIGHT + 170, 10));
    await store.flush();
    // The rows that memory still had are on the disk too.
    expect(await secondsIn(store)).toEqual([...range(0, 100), ...range(130, 180)]);
    expect(tree.news).toEqual([]);
    expect(tree.remarks).toEqual([
      expect.stringMatching(
        /another disk was mounted over the folder; 70 rows, the last of 2026-11-28T00:02:49\.000Z, are below it/,
      ),
    ]);
    await store.close();
    expect(await secondsIn(await tree.start({ path: join(disk, 'history') }))).toEqual([
      ...range(0, 100),
      ...range(130, 180),
    ]);
    unmount();
    expect(readdirSync(path, { recursive: true })).toEqual(below);
  });
});
