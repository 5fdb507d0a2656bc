import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HistoryFolder } from '../../../server/history/history-folder.ts';
import { historyTree, MIDNIGHT, readAll } from './stores.ts';

/** More of them: DAPBERRY_CRASHES=500 npx vitest run test/server/history/crash.test.ts */
const { DAPBERRY_CRASHES = '30' } = process.env;
const CRASHES = Number(DAPBERRY_CRASHES);

/** Resolves with what the process wrote when it has been killed, a random time after its first line. */
async function killed(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout!.setEncoding('utf8').on('data', (some: string) => {
    text += some;
  });
  const exit = once(child, 'exit');
  await Promise.race([once(child.stdout!, 'data'), exit]);
  await pause(Math.random() * 250);
  child.kill('SIGKILL');
  await exit;
  return text;
}

describe('a server that is killed at any moment', () => {
  it('has all rows that were stored, each once', { timeout: 30_000 + 2000 * CRASHES }, async () => {
    const tree = historyTree();
    const script = join(import.meta.dirname, 'crash.mjs');
    let stored = 0;
    for (let crash = 0; crash < CRASHES; crash += 1) {
      const child = spawn(process.execPath, [script, tree.path, String(MIDNIGHT)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = (await killed(child)).split('\n');
      expect(lines.filter(line => line.startsWith('remark'))).toEqual([]);
      expect(lines[0]).toMatch(/^open /);
      // A line may be cut where the process ended.
      const whole = lines.slice(0, -1).filter(line => line.startsWith('stored '));
      stored = Math.max(stored, ...whole.map(line => Number(line.split(' ')[1])));
      if (crash % 3 === 0) rmSync(join(tree.path, 'roof/.dapberry-index.json'), { force: true });
      const folder = await HistoryFolder.open(tree.path);
      const store = await tree.open({ folder });
      expect(store.end).toBeGreaterThanOrEqual(stored);
      const { positions, rows } = await readAll(store);
      const isRight = rows.every(
        ([time, value], position) => value === position && time === MIDNIGHT + 30 * position,
      );
      expect(isRight && positions.every((position, index) => position === index)).toBe(true);
      expect(rows.length).toBe(store.end);
      stored = store.end;
      await store.close();
      await folder.close();
    }
    expect(tree.remarks).toEqual([]);
    expect(stored).toBeGreaterThan(0);
    const days = tree.files().filter(name => /2026-\d\d-\d\d(\.\d+)?\.parquet$/.test(name));
    expect(days.length).toBeGreaterThan(0);
  });
});
