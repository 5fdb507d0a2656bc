import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isMainThread } from 'node:worker_threads';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { writeBackup } from '../../../server/backup/backup.ts';
import { datasetFolders, passFiles } from '../../../server/backup/history-files.ts';
import { UNPACKED } from '../../../server/backup/restored-history.ts';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { type HistoryTree, historyTree, MIDNIGHT, readAll, rowsFrom, secondsIn } from '../history/stores.ts';
import { snapshot, written } from '../importing/imports.ts';
import { restoreTo, temporary, write } from './backups.ts';

const writers: ChildProcess[] = [];
afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL');
});

async function backedUp(path: string, remarks: string[] = []): Promise<string> {
  const file = join(temporary(), 'x.tar.gz');
  await writeBackup({
    file,
    isForced: false,
    gathered: { main: '/etc/dapberry/config.yaml', sources: [], files: [], remarks: [] },
    hasCredentials: false,
    history: await datasetFolders(path),
    signal: new AbortController().signal,
    onRemark: remark => remarks.push(remark),
    onHistory: () => undefined,
  });
  return file;
}

/** A year of the writer's days is in the past. */
const BEGIN = MIDNIGHT - 400 * 86_400;

const restored = (archive: string, folder: string, options = {}) =>
  restoreTo(archive, join(temporary(), 'config.yaml'), { history: folder, ...options });

/** More of them: DAPBERRY_COPIES=200 npx vitest run test/server/backup/history.test.ts */
const { DAPBERRY_COPIES = '4' } = process.env;
const COPIES = Number(DAPBERRY_COPIES);

/** A process that flushes and merges as fast as it can, and deletes merged parts at once: a server keeps them for a minute. */
async function startWriter(path: string) {
  const script = join(import.meta.dirname, '../history/crash.mjs');
  const writer = spawn(process.execPath, [script, path, String(BEGIN), '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.push(writer);
  const state = { stored: 0, merges: 0 };
  const lines = createInterface({ input: writer.stdout });
  lines.on('line', line => {
    if (line.startsWith('stored ')) state.stored = Number(line.split(' ')[1]);
    if (line === 'merged') state.merges += 1;
  });
  await expect.poll(() => state.merges, { timeout: 30_000 }).toBeGreaterThan(1);
  return state;
}

async function valuesIn(tree: HistoryTree): Promise<readonly number[]> {
  const store = await tree.open();
  const values = (await readAll(store)).rows.map(([, value]) => value!);
  await store.close();
  return values;
}

it('backs up each row once while a server flushes and merges', {
  timeout: 60_000 + 5000 * COPIES,
}, async () => {
  const tree = historyTree();
  const writer = await startWriter(tree.path);
  for (let copy = 0; copy < COPIES; copy += 1) {
    const { stored } = writer;
    const remarks: string[] = [];
    const archive = await backedUp(tree.path, remarks);
    const target = historyTree();
    expect(await restored(archive, target.path)).toMatchObject({ code: 0 });
    const values = await valuesIn(target);
    expect(values).toEqual(values.map((_, index) => index));
    expect(values.length).toBeGreaterThanOrEqual(stored);
    expect([...remarks, ...target.remarks]).toEqual([]);
    expect(existsSync(join(target.path, UNPACKED))).toBe(false);
  }
});

it('restores each of two backups into one history whole, or says that the other one is restored', async () => {
  const trees = [historyTree(), historyTree()] as const;
  for (const [index, tree] of trees.entries()) {
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT - 86_400 * (index + 1), 100));
    await store.close();
  }
  const archives = await Promise.all(trees.map(({ path }) => backedUp(path)));
  const target = historyTree();
  const restorations = await Promise.allSettled(archives.map(archive => restored(archive, target.path)));
  for (const [index, { status, ...outcome }] of restorations.entries()) {
    if (status === 'rejected')
      expect(outcome).toMatchObject({
        reason: { message: expect.stringContaining('a backup is restored there already, by process') },
      });
    if (status === 'rejected')
      expect(await restored(archives[index]!, target.path)).toMatchObject({ code: 0 });
  }
  expect(await valuesIn(target)).toHaveLength(200);
});

it('finds the rows of parts that are merged and deleted before it comes to them', async () => {
  const tree = historyTree();
  const store = await tree.open({ keepMerged: 0 });
  const seconds: number[] = [];
  const add = async (second: number) => {
    store.append(rowsFrom(MIDNIGHT + second, 100));
    seconds.push(...Array.from({ length: 100 }, (_, row) => second + row));
    await store.flush();
  };
  for (const day of [-9, -8, -7]) for (const second of [0, 200, 400]) await add(86_400 * day + second);
  // The days that are over are merged beside the writing.
  await vi.waitFor(async () => {
    await store.merge();
    const day = join(tree.path, 'roof/2026/11/2026-11-20');
    expect([existsSync(day), existsSync(`${day}.parquet`)]).toEqual([false, true]);
  });
  const target = historyTree();
  const [folder] = await datasetFolders(tree.path);
  const passed: string[] = [];
  await passFiles(
    folder!,
    async ({ dataset, path, handle }) => {
      passed.push(path);
      const copy = join(target.path, dataset, path);
      mkdirSync(dirname(copy), { recursive: true });
      writeFileSync(copy, await handle.readFile());
      if (passed.length !== 3) return;
      await add(-86_400 * 6);
      await store.merge();
    },
    remark => target.remarks.push(remark),
  );
  expect(passed).toEqual([
    '2026/11/2026-11-19.parquet',
    '2026/11/2026-11-20.parquet',
    '2026/11/2026-11-21/000000.parquet',
    // The other parts of this day were deleted.
    '2026/11/2026-11-21.parquet',
    '2026/11/2026-11-22/000000.parquet',
  ]);
  expect(await secondsIn(await target.open())).toEqual(seconds);
  expect(target.remarks).toEqual([]);
});

it('takes the files as they are where no row is, byte for byte, with one name each', async () => {
  const tree = await written(0, 200, 86_400);
  const archive = await backedUp(tree.path);
  const target = historyTree();
  const { printed } = await restored(archive, target.path);
  expect(printed).toContain('roof: 300 rows imported into 2 days');
  expect(target.files()).toEqual(tree.files());
  for (const name of tree.files()) {
    const path = join(target.path, 'roof', name);
    expect(readFileSync(path).equals(readFileSync(join(tree.path, 'roof', name)))).toBe(true);
    expect(statSync(path).nlink).toBe(1);
  }
});

it('never changes a row that is there, and says what it drops', async () => {
  const tree = await written(0, 200, 86_400);
  const archive = await backedUp(tree.path);
  const own = historyTree();
  const store = await own.open();
  // The same times with other values, and rows of a day between.
  const rows = rowsFrom(MIDNIGHT + 50, 100);
  store.append({ length: 100, columns: [rows.columns[0]!, rows.columns[0]!.map(() => -7) as Float64Array] });
  await store.close();
  await (await own.folder()).close();
  const { printed } = await restored(archive, own.path);
  expect(printed).toContain('roof: 250 rows imported into 2 days');
  expect(printed).toMatch(
    /roof: 50 rows dropped: other values at the time of a row that stays, first at 2026-11-28T00:00:50/,
  );
  const after = await own.open({ folder: await HistoryFolder.open(own.path) });
  const { rows: all } = await readAll(after);
  expect(all).toHaveLength(350);
  expect(all.filter(([, value]) => value === -7)).toHaveLength(100);
  await after.close();
});

it('leaves a history alone that a server uses, and one of a disk that is too small', async () => {
  const archive = await backedUp((await written(0)).path);
  const used = historyTree();
  await used.open();
  const before = snapshot(used.path);
  await expect(restored(archive, used.path)).rejects.toThrow(
    /expected no server that keeps its history there, found process \d+ .*nothing was changed/,
  );
  expect(snapshot(used.path)).toEqual(before);
  const small = historyTree();
  const parts = { freeSpace: async () => 500 };
  await expect(
    restoreTo(archive, join(temporary(), 'config.yaml'), { history: small.path }, parts),
  ).rejects.toThrow(/expected 701 bytes of free space, found 500 bytes/);
  expect(snapshot(small.path)).toEqual([]);
});

it('leaves damaged files out, at the backup or at the restoration, and takes the others', async () => {
  const tree = await written(-2 * 86_400, -86_400, 0);
  const [first, second] = tree.files().map(name => join(tree.path, 'roof', name));
  const broken = readFileSync(first!);
  writeFileSync(first!, broken.subarray(0, 100));
  // The footer is whole, the numbers are not.
  const damaged = readFileSync(second!);
  damaged[40] = damaged[40]! ^ 0xff;
  writeFileSync(second!, damaged);
  mkdirSync(join(tree.path, 'roof/2026/12'));
  copyFileSync(join(import.meta.dirname, 'backups.ts'), join(tree.path, 'roof/2026/12/notes.txt'));
  // Other programs make such folders.
  mkdirSync(join(tree.path, 'roof/2026/12/2026-12-01.parquet'));
  symlinkSync('nowhere', join(tree.path, 'roof/2026/12/2026-12-02.parquet'));
  const remarks: string[] = [];
  const archive = await backedUp(tree.path, remarks);
  expect(remarks).toEqual([expect.stringMatching(/2026-11-26\.parquet: left out: it is damaged/)]);
  const target = historyTree();
  const path = join(target.path, 'my disk');
  const { code, printed } = await restored(archive, path);
  expect(code).toBe(0);
  expect(printed).toMatch(
    /left out: roof\/2026\/11\/2026-11-27\.parquet: expected a whole Parquet file, found a damaged one/,
  );
  const store = await target.open({ folder: await HistoryFolder.open(path) });
  expect(await secondsIn(store)).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

it.runIf(process.getuid?.() === 0 && isMainThread)(
  'names the file of the history that cannot be read',
  async () => {
    const tree = await written(0);
    const file = join(tree.path, 'roof', tree.files()[0]!);
    chmodSync(tree.path, 0o755);
    chmodSync(file, 0);
    process.seteuid!(65_534);
    try {
      await expect(backedUp(tree.path)).rejects.toThrow(
        `${file}: expected a file of the history that can be read, found one that this user may not read; no backup was written`,
      );
    } finally {
      process.seteuid!(0);
    }
  },
);

it('restores the rows into the history of the restored configuration', async () => {
  const tree = await written(0);
  const folder = temporary();
  const file = join(folder, 'config.yaml');
  write(
    file,
    `history: { path: ${tree.path} }\ndatasets: { roof: { sensors: [{ kind: tmp36-simulated }] }, shed: { history: off, sensors: [{ kind: tmp36-simulated }] } }\n`,
  );
  const { backUp } = await import('./backups.ts');
  const { archive, out, err } = await backUp(file, '--with-history');
  expect(err).toBe('');
  expect(out).toMatch(/1 file of the configuration, 1 file of the history/);
  await (await tree.folder()).close();
  const { printed } = await restoreTo(archive, join(temporary(), 'config.yaml'));
  expect(printed).toContain(`into ${tree.path}; days that are there too are merged row by row`);
  expect(printed).toContain('roof: 0 rows imported\nroof: 100 rows dropped: already there\n');
  expect(dirname(archive)).not.toBe(folder);
  // A folder of this machine is written into the configuration.
  const main = join(temporary(), 'config.yaml');
  const other = historyTree();
  expect(await restoreTo(archive, main, { history: other.path })).toMatchObject({ code: 0 });
  expect(readFileSync(main, 'utf8')).toContain(`history: { path: "${other.path}" }\ndatasets`);
  expect(other.files()).toHaveLength(1);
  const out2 = await restoreTo(archive, join(temporary(), 'config.yaml'), { history: false });
  expect(out2.printed).toContain('the history of the backup is left out');
});

it('restores no rows as long as the clock is behind them', async () => {
  const archive = await backedUp((await written(0)).path);
  const target = historyTree();
  vi.useFakeTimers({ toFake: ['Date'], now: (MIDNIGHT - 86_400) * 1000 });
  onTestFinished(() => void vi.useRealTimers());
  await expect(restored(archive, target.path)).rejects.toThrow(
    /expected a clock that is set, found 2026-11-27T\S+, before the time of the backup/,
  );
  expect(snapshot(target.path)).toEqual([]);
});
