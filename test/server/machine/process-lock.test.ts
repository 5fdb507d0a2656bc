// Tests that one of many processes gets a lock, also if a process that has ended left it.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ProcessLock } from '../../../server/machine/process-lock.ts';
import { canMount, historyTree } from '../history/stores.ts';

/** How often processes race: each of them starts a little later than another, by another time in each round. */
const ROUNDS = 40;

const take = (path: string) => ProcessLock.take(path, 'dapberry edit', 'it is edited already');

it.each(['no lock', 'the lock of a process that has ended'])(
  'gives one of many the lock where there is %s',
  async found => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const folder = mkdtempSync(join(tmpdir(), 'dapberry-lock-test-'));
      const file = join(folder, 'lock');
      if (found !== 'no lock') {
        const lock = await take(file);
        const left = readFileSync(file, 'utf8').replace(`"pid":${process.pid}`, '"pid":4194305');
        lock.release();
        writeFileSync(file, left);
      }
      const takers = await Promise.allSettled(
        Array.from({ length: 8 }, async (_, index) => {
          await pause((index * round) % 5);
          return take(file);
        }),
      );
      const won = takers.filter(taker => taker.status === 'fulfilled').map(({ value }) => value);
      expect(won, `round ${round}`).toHaveLength(1);
      for (const taker of takers)
        if (taker.status === 'rejected')
          expect(String(taker.reason)).toContain('it is edited already, by process');
      won[0]!.release();
      expect(readdirSync(folder)).toEqual([]);
      rmSync(folder, { recursive: true });
    }
  },
);

it.runIf(canMount)('leaves no lock behind on a full disk, which would lock the file for ever', async () => {
  const tree = historyTree();
  tree.mount(join(tree.path, 'disk'), 'size=4k');
  const [file, filler] = ['lock', 'filler'].map(name => join(tree.path, 'disk', name)) as [string, string];
  writeFileSync(filler, Buffer.alloc(4096));
  await expect(take(file)).rejects.toThrow(/ENOSPC/);
  rmSync(filler);
  (await take(file)).release();
  expect(readdirSync(join(tree.path, 'disk'))).toEqual([]);
});
