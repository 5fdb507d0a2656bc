import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { temporaryName } from '../../../server/machine/durable.ts';
import { historyTree, MIDNIGHT, readAll, rowsFrom } from './stores.ts';

/** More of them: DAPBERRY_CRASHES=500 npx vitest run test/server/history/crash.test.ts */
const { DAPBERRY_CRASHES = '10' } = process.env;
const CRASHES = Number(DAPBERRY_CRASHES);

/** The lines with which the process begins and ends a write and a merge. */
const WORKS = [
  ['storing', 'stored'],
  ['merging', 'merged'],
] as const;

/** The longest duration of a write and of a merge, in milliseconds, by the line at its end. */
const longest = new Map<string, number>();

/**
 * Kills a process at a random moment of a write or of a merge, and resolves with the lines that it wrote.
 * @param count how many writes or merges the process ends before
 */
async function killed(
  child: ChildProcess,
  [begin, end]: readonly [string, string],
  count: number,
): Promise<string[]> {
  const lines: string[] = [];
  const exit = once(child, 'exit');
  let begun = 0;
  let since = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (line.startsWith(end)) longest.set(end, Math.max(longest.get(end) ?? 0, performance.now() - since));
    if (line !== begin) continue;
    since = performance.now();
    begun += 1;
    if (begun <= count) continue;
    void pause(Math.random() * (longest.get(end) ?? 5)).then(() => child.kill('SIGKILL'));
  }
  await exit;
  return lines;
}

describe('a server that is killed at any moment', () => {
  it('has all rows that were stored, each once', { timeout: 60_000 + 10_000 * CRASHES }, async () => {
    const tree = historyTree();
    const script = join(import.meta.dirname, 'crash.mjs');
    let stored = 0;
    let merges = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const child = spawn(process.execPath, [script, tree.path, String(MIDNIGHT)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // The second is killed in its second merge.
      const count = crash === 1 ? 1 : Math.floor(Math.random() * 2);
      const lines = await killed(child, WORKS[crash % 2]!, count);
      expect(lines.filter(line => line.startsWith('remark'))).toEqual([]);
      expect(lines[0]).toBe(`open ${stored}`);
      merges += lines.filter(line => line === 'merged').length;
      // A line is written at once, so that none is cut.
      const ends = lines.flatMap(line => (line.startsWith('stored ') ? [Number(line.split(' ')[1])] : []));
      stored = Math.max(stored, ...ends);
      if (crash % 3 === 0) rmSync(join(tree.path, 'roof/.dapberry-index.json'), { force: true });
      const folder = await HistoryFolder.open(tree.path);
      const store = await tree.open({ folder });
      expect(store.end).toBeGreaterThanOrEqual(stored);
      const { positions, rows } = await readAll(store);
      const isRight = rows.every(
        ([time, value], position) => value === position && time === MIDNIGHT + 120 * position,
      );
      expect(isRight && positions.every((position, index) => position === index)).toBe(true);
      expect(rows.length).toBe(store.end);
      stored = store.end;
      await store.close();
      await folder.close();
    }
    expect(tree.remarks).toEqual([]);
    expect(merges).toBeGreaterThan(0);
    const days = tree.files().filter(name => /2026-\d\d-\d\d(\.\d+)?\.parquet$/.test(name));
    expect(days.length).toBeGreaterThan(0);
  });

  it('leaves nothing behind of the files that it was writing', async () => {
    const tree = historyTree();
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.close();
    const files = tree.files();
    for (const folder of ['.', '2026/11', '2026/11/2026-11-28'])
      writeFileSync(temporaryName(join(tree.path, 'roof', folder), '.dapberry-index.json'), 'half');
    await (await tree.open()).close();
    expect(tree.files()).toEqual(files);
    expect(tree.remarks).toEqual([]);
  });
});
