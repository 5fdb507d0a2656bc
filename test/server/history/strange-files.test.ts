import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { type HistoryTree, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** A history of three parts of a day, and one of the day after the next month's first. */
async function written(): Promise<{ tree: HistoryTree; november: string; december: string }> {
  const tree = historyTree();
  const store = await tree.open();
  for (const part of range(0, 3)) {
    store.append(rowsFrom(MIDNIGHT + 100 * part, 100));
    await store.flush();
  }
  store.append(rowsFrom(MIDNIGHT + 4 * DAY, 10));
  await store.flush();
  await store.merge();
  await store.close();
  const roof = join(tree.path, 'roof');
  return { tree, november: join(roof, '2026/11'), december: join(roof, '2026/12') };
}

const SECONDS = [...range(0, 300), ...range(4 * DAY, 4 * DAY + 10)];

describe('what is in the folder of a history besides its files', () => {
  it('does not hide them: folders, pipes and links with the names of files', async () => {
    const { tree, november } = await written();
    mkdirSync(join(november, '2026-11-20.parquet'));
    execFileSync('mkfifo', [join(november, '2026-11-21.parquet')]);
    symlinkSync('nowhere', join(november, '2026-11-22.parquet'));
    symlinkSync('.', join(november, '2026-11-23.parquet'));
    symlinkSync('2026-11-24.parquet', join(november, '2026-11-24.parquet'));
    symlinkSync('/dev/zero', join(november, '2026-11-26.parquet'));
    mkdirSync(join(november, '.2026-11-25.parquet.dapberry-77'));
    mkdirSync(join(tree.path, 'roof/2026/99'));
    writeFileSync(join(tree.path, 'roof/2025'), 'no folder');
    writeFileSync(join(tree.path, 'roof/2026/10'), 'no folder');
    const before = readdirSync(november);
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual(SECONDS);
    expect(tree.remarks).toEqual(
      ['20', '21', '22', '23', '24', '26'].map(day =>
        expect.stringContaining(`${join(november, `2026-11-${day}.parquet`)}: left alone: `),
      ),
    );
    await store.close();
    expect(readdirSync(november)).toEqual(before);
  });

  it('is named in the log, if it is a Parquet file whose name is not that of a day or a part', async () => {
    const { tree, november, december } = await written();
    renameSync(join(november, '2026-11-28.parquet'), join(november, 'copy of 2026-11-28.parquet'));
    mkdirSync(join(november, '2026-11-27'));
    writeFileSync(join(november, '2026-11-27/mine.parquet'), 'of another program');
    writeFileSync(join(december, '2026-12-01.parquet.broken-1'), 'set aside');
    writeFileSync(join(december, 'notes.txt'), 'mine');
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual(range(4 * DAY, 4 * DAY + 10));
    expect(tree.remarks).toEqual([
      `${join(november, '2026-11-27/mine.parquet')}: left alone: expected the time of its first row as the name of a part, such as 142500.parquet`,
      `${join(november, 'copy of 2026-11-28.parquet')}: left alone: expected a day as its name, such as 2026-11-28.parquet`,
    ]);
    await store.close();
  });

  it('does not take the place of a day, if it is a copy of its file under the name of another day', async () => {
    const tree = historyTree();
    const before = await tree.open();
    for (const part of range(0, 2)) {
      before.append(rowsFrom(MIDNIGHT + 100 * part, 100));
      await before.flush();
    }
    await before.close();
    const roof = join(tree.path, 'roof');
    const december = join(roof, '2026/12');
    mkdirSync(december);
    copyFileSync(join(roof, '2026/11/2026-11-28/000000.parquet'), join(december, '2026-12-24.parquet'));
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual(range(0, 200));
    expect(tree.remarks).toEqual([
      `${join(december, '2026-12-24.parquet')}: left alone: its rows overlap those of 2026/11/2026-11-28/000000.parquet`,
    ]);
    await store.close();
  });

  it('is neither read nor renamed where a file was exchanged for a pipe', async () => {
    const { tree, november } = await written();
    const day = join(november, '2026-11-28.parquet');
    const store = await tree.open();
    renameSync(day, `${day}.away`);
    execFileSync('mkfifo', [day]);
    expect(await secondsIn(store)).toEqual(range(4 * DAY, 4 * DAY + 10));
    expect(statSync(day).isFIFO()).toBe(true);
    await store.close();
  });
});

describe.runIf(process.getuid?.() === 0 && isMainThread)('a month that cannot be read', () => {
  /** Opens the history without the rights of root: the seconds that it has, or why it cannot be opened. */
  async function secondsOf(tree: HistoryTree): Promise<readonly number[] | string> {
    const folder = await tree.folder();
    chmodSync(tree.path, 0o755);
    process.seteuid!(65_534);
    try {
      return await secondsIn(await tree.open({ folder }));
    } catch (error) {
      return String(error);
    } finally {
      process.seteuid!(0);
    }
  }

  it('does not hide the others, if it is not the last one', async () => {
    const { tree, november } = await written();
    chmodSync(november, 0);
    expect(await secondsOf(tree)).toEqual(range(4 * DAY, 4 * DAY + 10));
    expect(tree.remarks).toEqual([expect.stringContaining(`${november}: left alone: EACCES`)]);
    chmodSync(november, 0o755);
    expect(await secondsOf(tree)).toEqual(SECONDS);
  });

  it('keeps the history closed if it may have the newest rows, so that none are stored in their place', async () => {
    const { tree, december } = await written();
    chmodSync(december, 0);
    expect(await secondsOf(tree)).toMatch(
      /2026\/12: expected to read the newest files of the history, found EACCES/,
    );
    chmodSync(december, 0o755);
    rmSync(join(tree.path, 'roof/.dapberry-index.json'));
    chmodSync(join(december, '2026-12-02/000000.parquet'), 0);
    expect(await secondsOf(tree)).toMatch(/000000.parquet: expected to read the newest files/);
  });
});
