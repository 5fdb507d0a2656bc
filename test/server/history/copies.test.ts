import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { type HistoryTree, historyTree, MIDNIGHT, readAll, rowsFrom, secondsIn } from './stores.ts';

/** More of them: DAPBERRY_COPIES=200 npx vitest run test/server/history/copies.test.ts */
const { DAPBERRY_COPIES = '4' } = process.env;
const COPIES = Number(DAPBERRY_COPIES);
const DAY = 86_400;

/** Rows of a few days, so that some are merged meanwhile. */
const LEAST_ROWS = 2500;

const writers: ChildProcess[] = [];
afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL');
});

/** A process that writes and merges as fast as it can, and the number of rows that it has stored. */
async function startWriter({ path }: HistoryTree): Promise<{ stored: number }> {
  const script = join(import.meta.dirname, 'crash.mjs');
  const writer = spawn(process.execPath, [script, path, String(MIDNIGHT), '3600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.push(writer);
  const state = { stored: 0 };
  const lines = createInterface({ input: writer.stdout });
  lines.on('line', line => {
    if (line.startsWith('stored ')) state.stored = Number(line.split(' ')[1]);
  });
  await once(lines, 'line');
  return state;
}

/** Copies the folder; only a file that was about to be written may vanish meanwhile. */
async function copy(from: string, to: string): Promise<void> {
  const copying = spawn('cp', ['-a', '-T', from, to], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  copying.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  await once(copying, 'close');
  const others = complaints.split('\n').filter(line => line !== '' && !/\/\.[^/]+\.dapberry-\d+'/.test(line));
  expect(others).toEqual([]);
}

/** The positions and values of a copy, which is opened while the copied server runs. */
async function valuesIn(path: string, tree: HistoryTree): Promise<{ values: number[]; positions: number[] }> {
  const folder = await HistoryFolder.open(path);
  const store = await tree.open({ folder });
  try {
    const { rows, positions } = await readAll(store);
    return { values: rows.map(([, value]) => value!), positions };
  } finally {
    await store.close();
    await folder.close();
  }
}

describe('a copy of the folder of a server that writes and merges', {
  timeout: 60_000 + 3000 * COPIES,
}, () => {
  it.each([
    ['at once', 1],
    ['in two passes', 2],
  ])('%s has each row once that was stored before, without a complaint', async (_title, passes) => {
    const tree = historyTree();
    const writer = await startWriter(tree);
    for (let number = 0; number < COPIES || writer.stored < LEAST_ROWS; number += 1) {
      const target = join(tree.path, '..', `${tree.path.split('/').at(-1)}-copy-${number}`);
      tree.undo.push(() => rmSync(target, { recursive: true, force: true }));
      let { stored } = writer;
      for (let pass = 0; pass < passes; pass += 1) {
        ({ stored } = writer);
        await copy(tree.path, target);
      }
      const { values, positions } = await valuesIn(target, tree);
      const numbers = Array.from(values, (_, index) => index);
      expect(values).toEqual(numbers);
      expect(positions).toEqual(numbers);
      expect(values.length).toBeGreaterThanOrEqual(stored);
      rmSync(target, { recursive: true });
    }
    expect(tree.remarks).toEqual([]);
  });
});

describe('the parts of a day that was merged', () => {
  const merged = async (keepMerged: number) => {
    const tree = historyTree();
    const store = await tree.open({ keepMerged });
    for (const from of [0, 100, 200, DAY]) {
      store.append(rowsFrom(MIDNIGHT + from, 100));
      await store.flush();
    }
    await store.merge();
    return { tree, store };
  };
  const parts = (tree: HistoryTree) => tree.files().filter(name => name.startsWith('2026/11/2026-11-28/'));
  const all = [0, 100, 200, DAY].flatMap(from => Array.from({ length: 100 }, (_, index) => from + index));

  it('are in a copy that read the names of the files before the merge and copied them after it', async () => {
    const { tree, store } = await merged(3600);
    store.append(rowsFrom(MIDNIGHT + 2 * DAY, 1));
    await store.flush();
    const month = join(tree.path, 'roof/2026/11');
    const names = readdirSync(month);
    await store.merge();
    const target = join(tree.path, 'copy');
    for (const name of names) {
      cpSync(join(month, name), join(target, 'roof/2026/11', name), { recursive: true });
    }
    const folder = await HistoryFolder.open(target);
    const copied = await tree.open({ folder });
    expect(await secondsIn(copied)).toEqual([...all, 2 * DAY]);
    await copied.close();
    await folder.close();
  });

  it('stay for copies that run, and go when their time is over', async () => {
    const { tree, store } = await merged(3600);
    expect(parts(tree).length).toBe(3);
    expect(await secondsIn(store)).toEqual(all);
    await store.close();
    const restarted = await tree.open({ keepMerged: 3600 });
    expect(await secondsIn(restarted)).toEqual(all);
    await restarted.merge();
    expect(parts(tree).length).toBe(3);
    await restarted.close();
    const later = await tree.open({ keepMerged: 0 });
    await later.merge();
    expect(parts(tree)).toEqual([]);
    expect(await secondsIn(later)).toEqual(all);
    expect(tree.remarks).toEqual([]);
  });

  it('go a minute after the merge, also if no rows are written meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { tree, store } = await merged(60);
    vi.advanceTimersByTime(50_000);
    expect(parts(tree).length).toBe(3);
    vi.advanceTimersByTime(20_000);
    await expect.poll(() => parts(tree)).toEqual([]);
    expect(await secondsIn(store)).toEqual(all);
  });

  it('go at the next start too, if whole numbers are missing in them', async () => {
    const tree = historyTree();
    const options = {
      columns: [
        { type: 'Float64', name: 'time' },
        { type: 'Int32', name: 'value' },
      ],
      das: () =>
        'Attributes {\n  sensor {\n    value {\n      Int32 _FillValue -2147483647;\n    }\n  }\n}\n',
    } as const;
    const rows = (from: number) => ({
      length: 2,
      columns: [rowsFrom(MIDNIGHT + from, 2).columns[0]!, Int32Array.of(from, -2147483647)],
    });
    const before = await tree.open({ ...options, keepMerged: 3600 });
    for (const from of [0, 10, DAY]) {
      before.append(rows(from));
      await before.flush();
    }
    await before.merge();
    await before.close();
    expect(tree.files()).toHaveLength(4);
    const store = await tree.open(options);
    await store.merge();
    expect(tree.files()).toEqual(['2026/11/2026-11-28.parquet', '2026/11/2026-11-29/000000.parquet']);
    expect(tree.remarks).toEqual([]);
    await store.close();
  });

  it('go early if the files are larger than they may be, and no day goes for them', async () => {
    const { tree, store } = await merged(3600);
    await store.close();
    const [day, part] = ['2026-11-28.parquet', '2026-11-29/000000.parquet'].map(
      name => statSync(join(tree.path, 'roof/2026/11', name)).size,
    );
    // Room for the day, the part and another one, but not for the three merged parts too.
    const short = await tree.open({ keepMerged: 3600, limits: { size: day! + 4 * part! } });
    expect(parts(tree).length).toBe(3);
    short.append(rowsFrom(MIDNIGHT + DAY + 100, 1));
    await short.flush();
    expect(parts(tree)).toEqual([]);
    expect(tree.files()[0]).toBe('2026/11/2026-11-28.parquet');
    expect(await secondsIn(short)).toEqual([...all, DAY + 100]);
  });

  it('take their place if the file of the day is lost', async () => {
    const { tree, store } = await merged(3600);
    await store.close();
    rmSync(join(tree.path, 'roof/2026/11/2026-11-28.parquet'));
    expect(await secondsIn(await tree.open())).toEqual(all);
  });

  it('go with the file of their day for its age', async () => {
    const { tree, store } = await merged(3600);
    await store.close();
    const short = await tree.open({ keepMerged: 3600, limits: { keep: 10 } });
    short.append(rowsFrom(MIDNIGHT + 2 * DAY, 1));
    await short.flush();
    expect(tree.files()).toEqual(['2026/11/2026-11-29/000000.parquet', '2026/11/2026-11-30/000000.parquet']);
  });

  it('of another server are left alone, and told', async () => {
    const { tree, store } = await merged(0);
    await store.close();
    // The same times with other values.
    const strange = historyTree();
    const stranger = await strange.open();
    const rows = rowsFrom(MIDNIGHT + 100, 100);
    stranger.append({ ...rows, columns: [rows.columns[0]!, (rows.columns[1] as Float64Array).map(v => -v)] });
    await stranger.close();
    const copied = join(tree.path, 'roof/2026/11/2026-11-28');
    spawnSync('cp', ['-a', join(strange.path, 'roof/2026/11/2026-11-28'), copied]);
    const restarted = await tree.open();
    expect(await secondsIn(restarted)).toEqual(all);
    await restarted.merge();
    expect(parts(tree)).toEqual(['2026/11/2026-11-28/000140.parquet']);
    expect(tree.remarks).toEqual([expect.stringMatching(/000140\.parquet: left alone: its rows overlap/)]);
  });
});

describe('files of two servers in one folder', () => {
  it('are served in the order of their times, and merged in it', async () => {
    const [older, newer] = [historyTree(), historyTree()];
    const before = await older.open();
    before.append(rowsFrom(MIDNIGHT - 50, 100));
    await before.close();
    const after = await newer.open();
    after.append(rowsFrom(MIDNIGHT + 1000, 100));
    await after.flush();
    after.append(rowsFrom(MIDNIGHT + 2000, 100));
    await after.close();
    spawnSync('cp', ['-a', join(older.path, 'roof/2026'), join(newer.path, 'roof')]);
    const expected = [-50, 1000, 2000].flatMap(from => Array.from({ length: 100 }, (_, row) => from + row));
    const store = await newer.open();
    expect((await readAll(store)).positions).toEqual(Array.from({ length: 300 }, (_, row) => row));
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    expect(await secondsIn(store)).toEqual([...expected, DAY]);
    await store.close();
    const restarted = await newer.open();
    expect(await secondsIn(restarted)).toEqual([...expected, DAY]);
    expect(newer.files().filter(name => name.includes('2026-11-28'))).toEqual(['2026/11/2026-11-28.parquet']);
    expect(newer.remarks).toEqual([]);
  });
});

describe('a day that someone deletes', () => {
  it.each(['while the server runs', 'while it does not'])('%s is missing, and nothing else', async when => {
    const tree = historyTree();
    const store = await tree.open({ memory: 10 });
    for (const day of [0, 1, 2]) {
      store.append(rowsFrom(MIDNIGHT + day * DAY, 100));
      await store.flush();
    }
    await store.merge();
    if (when.includes('not')) await store.close();
    for (const name of tree.files().filter(file => file.includes('2026-11-29')))
      rmSync(join(tree.path, 'roof', name));
    const served = when.includes('not') ? await tree.open() : store;
    const kept = [0, 2].flatMap(day => Array.from({ length: 100 }, (_, row) => day * DAY + row));
    expect(await secondsIn(served)).toEqual(kept);
    expect(served.find(MIDNIGHT + DAY, true)).toBeGreaterThanOrEqual(100);
    expect(tree.remarks).toEqual([]);
    await served.close();
    expect(await secondsIn(await tree.open())).toEqual(kept);
  });
});
