// Tests that one of many processes gets the lock of a process that has ended.

import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimOn, replaceDeadLock } from '../../../server/machine/dead-lock.ts';
import { thisOwner } from '../../../server/machine/lock-owner.ts';

/** A number that no process has. */
const NOBODY = 4194305;

let folder: string;
let path: string;
let dead: string;

const textOf = (owner: object) => `${JSON.stringify(owner)}\n`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-dead-lock-test-'));
  path = join(folder, '.lock');
  dead = textOf({ ...(await thisOwner('dapberry serve')), pid: NOBODY });
  writeFileSync(path, dead);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Leaves a claim on the lock as a process does that ends after it has made it. */
function leaveClaim(text: string): string {
  const claim = claimOn(path, dead);
  writeFileSync(claim, text);
  return claim;
}

describe('the lock of a process that has ended', () => {
  it('goes to one of many that want it at once', async () => {
    for (let round = 0; round < 60; round += 1) {
      writeFileSync(path, dead);
      const texts = await Promise.all(
        Array.from({ length: 8 }, async () => textOf(await thisOwner('dapberry pull'))),
      );
      const taken = await Promise.all(
        texts.map(async (text, index) => {
          for (let turn = 0; turn < (index * round) % 7; turn += 1) await nextTurn();
          return replaceDeadLock(path, dead, text);
        }),
      );
      const winners = texts.filter((_, index) => taken[index]);
      expect(winners, `round ${round}`).toEqual([readFileSync(path, 'utf8')]);
      expect(readdirSync(folder)).toEqual(['.lock']);
    }
  });

  it('stays as it is where it turns out to be that of another', async () => {
    writeFileSync(path, 'of another');
    expect(await replaceDeadLock(path, dead, 'mine')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('of another');
    expect(readdirSync(folder)).toEqual(['.lock']);
  });

  it('is left to a process that is taking it over, and not to one that was killed in the middle of that', async () => {
    const claim = leaveClaim(textOf(await thisOwner('dapberry edit')));
    expect(await replaceDeadLock(path, dead, 'mine')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(dead);
    writeFileSync(claim, textOf({ ...(await thisOwner('dapberry edit')), pid: NOBODY }));
    expect(await replaceDeadLock(path, dead, 'mine')).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['.lock']);
  });

  it('is not left for ever to one whose name was lost in a power cut', async () => {
    const claim = leaveClaim('');
    expect(await replaceDeadLock(path, dead, 'mine')).toBe(false);
    const before = new Date(Date.now() - 120_000);
    utimesSync(claim, before, before);
    expect(await replaceDeadLock(path, dead, 'mine')).toBe(true);
    expect(readdirSync(folder)).toEqual(['.lock']);
  });
});
