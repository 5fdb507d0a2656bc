import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { historyTree, rowsFrom } from '../history/stores.ts';
import { besideOf, csvFile, csvOf, secondsOf, written } from './imports.ts';

/** More of them: DAPBERRY_KILLS=100 npx vitest run test/server/importing/command.test.ts */
const { DAPBERRY_KILLS = '4' } = process.env;
const KILLS = Number(DAPBERRY_KILLS);
const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');
const DAY = 86_400;
/** 2026-01-01T00:00:00Z */
const BEGIN = 1_767_225_600;

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `dapberry import`, to which a signal may be sent after some milliseconds. */
async function importing(
  args: readonly string[],
  { signal, after = 0 }: { readonly signal?: 'SIGINT' | 'SIGKILL'; readonly after?: number } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [COMMAND, 'import', ...args], {
    env: { ...process.env, DAPBERRY_CONFIG: '' },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    out += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data;
  });
  if (signal !== undefined) void pause(after).then(() => child.kill(signal));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('dapberry import', { timeout: 60_000 + 10_000 * KILLS }, () => {
  it('needs no configuration, and says what it has done', async () => {
    const tree = historyTree();
    const times = rowsFrom(BEGIN + DAY - 5, 10);
    const file = csvFile(tree, 'a.csv', csvOf(times, ['time', 'value']));
    const args = [file, '--history', tree.path, '--dataset', 'roof'];
    expect(await importing(args)).toEqual({
      code: 0,
      out: 'roof: 10 rows imported into 2 days\nThe server has the rows when it starts again, and makes the summaries of their days then.\n',
      err: '',
    });
    expect(await importing(args)).toEqual({
      code: 0,
      out: 'roof: 0 rows imported\nroof: 10 rows dropped: already there\n',
      err: '',
    });
    expect(tree.files()).toEqual(['2026/01/2026-01-01.parquet', '2026/01/2026-01-02.parquet']);
  });

  it('ends with code 2 for a mistake in the command line, and with 1 for a file that it cannot take', async () => {
    const tree = historyTree();
    const file = csvFile(tree, 'a.csv', 'a;b\n');
    const folder = ['--history', tree.path];
    expect(await importing(folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected the names of files'),
    });
    expect(await importing([file, ...folder, '--dataset', '../x'])).toMatchObject({ code: 2 });
    expect(await importing([file, ...folder])).toMatchObject({
      code: 1,
      err: expect.stringContaining('with --dataset'),
    });
    expect(await importing([file, ...folder, '--dataset', 'roof'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/a\.csv:1: expected the names of columns.*found "a;b"\n$/),
    });
    expect(await importing([`${file}.gz`, ...folder, '--dataset', 'roof'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('a.csv.gz: the file or its folder does not exist (ENOENT)'),
    });
  });

  it('that is killed or interrupted at any moment has imported all rows or none', async () => {
    const tree = await written(...Array.from({ length: 10 }, (_, day) => -300 * DAY + day * DAY));
    const rows = rowsFrom(BEGIN + 60 * DAY, 20_000, 30);
    const file = csvFile(tree, 'a.csv', csvOf(rows, ['time', 'value']));
    const before = await secondsOf(tree);
    const beside = besideOf(tree);
    const copyOf = (name: string) => {
      cpSync(tree.path, join(beside, name), { recursive: true });
      return join(beside, name);
    };
    const args = [file, '--dataset', 'roof', '--history'];
    const whole = copyOf('whole');
    const begin = performance.now();
    expect(await importing([...args, whole])).toMatchObject({ code: 0 });
    const duration = performance.now() - begin;
    const after = await secondsOf(tree, whole);
    expect(after.length).toBeGreaterThan(20_000);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const signal = kill % 2 === 0 ? 'SIGKILL' : 'SIGINT';
      const path = copyOf(`killed-${kill}`);
      // The changes come last.
      const share = kill % 4 < 2 ? Math.random() : 0.8 + Math.random() / 4;
      const { code, err } = await importing([...args, path], { signal, after: duration * share });
      const now = await secondsOf(tree, path);
      expect([before.length, after.length]).toContain(now.length);
      expect(now).toEqual(now.length === before.length ? before : after);
      expect(existsSync(join(path, '.dapberry-import'))).toBe(false);
      if (err !== '') expect([code, err]).toEqual([1, 'dapberry: interrupted; nothing was imported\n']);
    }
    expect(tree.remarks).toEqual([]);
  });
});
