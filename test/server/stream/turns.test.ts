import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../../server/stream/turns.ts';

/** Blocks the event loop. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Takes turns until it has had `count`, writing its name down each time. */
function taker(turns: Turns, name: string, count: number, seen: string[], each = () => {}): void {
  let left = count;
  const turn = () => {
    each();
    seen.push(name);
    left -= 1;
    if (left > 0) turns.add(turn);
  };
  turns.add(turn);
}

describe('turns', () => {
  it('go to each stream in order, one at a time', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    for (const name of 'abc') taker(turns, name, 3, seen);
    while (seen.length < 9) await nextTurn();
    expect(seen.join('')).toBe('abcabcabc');
  });

  it('continue after a pause with the next stream, so that no stream waits for two turns of another', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    for (const name of 'abcdef') taker(turns, name, 4, seen, () => work(2));
    while (seen.length < 24) await nextTurn();
    expect(seen.join('')).toBe('abcdef'.repeat(4));
  });

  it('return to the event loop regularly, however many streams wait', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    for (let number = 0; number < 50; number += 1) taker(turns, '.', 1, seen, () => work(2));
    let rounds = 0;
    while (seen.length < 50) {
      await nextTurn();
      rounds += 1;
    }
    // 100 ms of work, at most 5 ms and the last turn of it at once.
    expect(rounds).toBeGreaterThan(10);
  });

  it('are shorter while connections come, which need the event loop to turn', async () => {
    const turnsOfLoop = async (isComing: boolean) => {
      const turns = new Turns();
      const seen: string[] = [];
      for (const name of 'ab') taker(turns, name, 100, seen, () => work(0.1));
      let rounds = 0;
      while (seen.length < 200) {
        if (isComing) turns.connected();
        await nextTurn();
        rounds += 1;
      }
      return rounds;
    };
    // 20 ms of work: at least 2 ms of it in a turn of the loop without connections.
    expect(await turnsOfLoop(false)).toBeLessThan(20);
    expect(await turnsOfLoop(true)).toBeGreaterThan(30);
  });

  it('are not given to a stream that was removed', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const gone = () => seen.push('gone');
    turns.add(gone);
    taker(turns, 'a', 2, seen);
    turns.remove(gone);
    while (seen.length < 2) await nextTurn();
    expect(seen).toEqual(['a', 'a']);
  });

  it('are not given to a stream that is removed during the turn of another', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const gone = () => seen.push('gone');
    turns.add(() => turns.remove(gone));
    turns.add(gone);
    taker(turns, 'a', 2, seen);
    while (seen.length < 2) await nextTurn();
    expect(seen).toEqual(['a', 'a']);
  });
});
