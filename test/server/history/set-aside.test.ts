import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIndexFile } from '../../../server/history/disk/index-file.ts';
import { loadParquet } from '../../../server/history/parquet/parquet.ts';
import { canMount, historyOf, historyTree, MIDNIGHT, readAll, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

const written = async () => {
  const tree = historyTree();
  const store = await tree.open();
  for (const part of range(0, 3)) {
    store.append(rowsFrom(MIDNIGHT + 100 * part, 100));
    await store.flush();
  }
  await store.close();
  const file = join(tree.path, 'roof/2026/11/2026-11-28/000140.parquet');
  return { tree, file };
};

describe('a file of the history', () => {
  it('that is cut is set aside, and the others are served', async () => {
    const { tree, file } = await written();
    truncateSync(file, 1000);
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual([...range(0, 100), ...range(200, 300)]);
    expect(existsSync(`${file}.broken-1`)).toBe(true);
    expect(tree.remarks).toEqual([expect.stringContaining(`${file}: set aside as ${file}.broken-1: `)]);
    const { setAside, leftAlone, lastSetAside } = historyOf(store);
    expect({ setAside, leftAlone, message: lastSetAside!.message }).toEqual({
      setAside: 1,
      leftAlone: 0,
      message: tree.remarks[0],
    });
    expect((await store.load(150, 10)).position).toBe(200);
    await tree.open();
    expect(tree.remarks.length).toBe(1);
  });

  it.runIf(canMount)('that is cut on a read-only disk is left out, and counted', async () => {
    const { tree, file } = await written();
    truncateSync(file, 1000);
    execFileSync('mount', ['--bind', tree.path, tree.path]);
    tree.undo.push(() => void execFileSync('umount', ['-l', tree.path]));
    execFileSync('mount', ['-o', 'remount,bind,ro', tree.path]);
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual([...range(0, 100), ...range(200, 300)]);
    expect(tree.remarks).toEqual([expect.stringContaining('left out, and not set aside because of EROFS')]);
    expect(historyOf(store)).toMatchObject({ setAside: 0, leftAlone: 1 });
  });

  it('that is damaged inside is set aside when it is read', async () => {
    const { tree, file } = await written();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 40, 120);
    writeFileSync(file, bytes);
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual([...range(0, 100), ...range(200, 300)]);
    expect(tree.remarks.length).toBe(1);
    expect(existsSync(`${file}.broken-1`)).toBe(true);
  });

  it('that is damaged inside does not hold up a merge', async () => {
    const { tree, file } = await written();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 40, 120);
    writeFileSync(file, bytes);
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    await store.merge();
    expect(tree.files()).toEqual([
      '2026/11/2026-11-28.2.parquet',
      '2026/11/2026-11-28.parquet',
      '2026/11/2026-11-28/000140.parquet.broken-1',
      '2026/11/2026-11-29/000000.parquet',
    ]);
    expect(await secondsIn(store)).toEqual([...range(0, 100), ...range(200, 300), DAY]);
    await store.close();
  });

  it('that someone deletes is missing, and nothing else', async () => {
    const { tree, file } = await written();
    const store = await tree.open();
    rmSync(file);
    expect(await secondsIn(store)).toEqual([...range(0, 100), ...range(200, 300)]);
    expect(await secondsIn(await tree.open())).toEqual([...range(0, 100), ...range(200, 300)]);
    expect(tree.remarks).toEqual([]);
  });

  it('of another program is left alone', async () => {
    const { tree, file } = await written();
    const { writer } = await loadParquet();
    const foreign = Buffer.from(
      writer.parquetWriteBuffer({ columnData: [{ name: 'a', data: [1], type: 'DOUBLE' }] }),
    );
    const there = join(dirname(file), '000500.parquet');
    writeFileSync(there, foreign);
    writeFileSync(join(dirname(file), 'notes.txt'), 'mine');
    mkdirSync(join(tree.path, 'roof/2026/summaries'));
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual(range(0, 300));
    expect(tree.remarks).toEqual([`${there}: left alone: another program wrote it`]);
    expect(historyOf(store)).toMatchObject({ setAside: 0, leftAlone: 1 });
    store.append(rowsFrom(MIDNIGHT + 300, 1));
    await store.close();
    expect(readFileSync(there)).toEqual(foreign);
    expect(tree.files()).toContain('2026/11/2026-11-28/000500.2.parquet');
    expect(tree.files()).toContain('2026/11/2026-11-28/notes.txt');
  });

  it('with rows that another one has too is left alone', async () => {
    const { tree, file } = await written();
    const other = historyTree();
    const stranger = await other.open();
    stranger.append(rowsFrom(MIDNIGHT + 150.5, 10));
    await stranger.close();
    copyFileSync(
      join(other.path, 'roof/2026/11/2026-11-28/000230.parquet'),
      join(dirname(file), '000230.parquet'),
    );
    const store = await tree.open();
    expect(await secondsIn(store)).toEqual(range(0, 300));
    expect(tree.remarks).toEqual([expect.stringMatching(/000230\.parquet: left alone: its rows overlap/)]);
  });
});

describe('the index of the files', () => {
  it('with a flipped bit moves no row and sets no file aside', async () => {
    const tree = historyTree();
    const store = await tree.open();
    for (const part of range(0, 3)) {
      store.append(rowsFrom(MIDNIGHT + 100 * part, 100));
      await store.flush();
    }
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    await store.close();
    const rows = await readAll(store);
    const index = join(tree.path, 'roof/.dapberry-index.json');
    const whole = readFileSync(index);
    expect([...(await readIndexFile(join(tree.path, 'roof'))).keys()]).toEqual([
      '2026/11/2026-11-28.parquet',
      '2026/11/2026-11-29/000000.parquet',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        writeFileSync(index, bytes);
        const opened = await tree.open();
        expect(await readAll(opened)).toEqual(rows);
        await opened.close();
      }),
      { numRuns: 100 },
    );
    expect(tree.remarks).toEqual([]);
  });
});
