import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestTurns } from '../../../server/connections/request-turns.ts';

/** Blocks the event loop. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Lets the event loop turn until `holds`, and fails where that takes very many turns; gives their number. */
async function turnsUntil(holds: () => boolean): Promise<number> {
  for (let turns = 0; turns < 1000; turns += 1) {
    if (holds()) return turns;
    await nextTurn();
  }
  throw new Error('expected it to hold within 1000 turns of the event loop');
}

describe('turns of requests', () => {
  it('are one after another for each client, however many another one has', async () => {
    const turns = new RequestTurns();
    const seen: string[] = [];
    for (const client of ['a', 'a', 'a', 'a', 'b', 'c', 'c']) turns.add(client, () => seen.push(client));
    expect(seen).toEqual([]);
    await turnsUntil(() => seen.length === 7);
    expect(seen.join('')).toBe('abcacaa');
  });

  it('leave the event loop to others, also where an answer takes its time in a promise', async () => {
    const turns = new RequestTurns();
    let answered = 0;
    const answer = async () => {
      await undefined;
      work(2);
      answered += 1;
    };
    for (let count = 0; count < 50; count += 1) turns.add('a', () => void answer());
    // 100 ms of work, at most 2 ms and the last answer of it at once.
    expect(await turnsUntil(() => answered === 50)).toBeGreaterThan(10);
  });

  it('are had by those who come while others are answered, and after a rest', async () => {
    const turns = new RequestTurns();
    const seen: string[] = [];
    const again = (left: number) => {
      seen.push('a');
      if (left > 0) turns.add('a', () => again(left - 1));
      if (left === 40) turns.add('b', () => seen.push('b'));
    };
    turns.add('a', () => again(40));
    await turnsUntil(() => seen.length === 42);
    expect(seen.indexOf('b')).toBe(2);
    for (let rest = 0; rest < 40; rest += 1) await nextTurn();
    turns.add('c', () => seen.push('c'));
    await nextTurn();
    await nextTurn();
    expect(seen.at(-1)).toBe('c');
  });

  it('let connections come first: where one comes in each turn, answers wait for some turns, and not for ever', async () => {
    const turns = new RequestTurns();
    let answered = 0;
    const add = (count: number) => {
      for (let request = 0; request < count; request += 1) turns.add('a', () => (answered += 1));
    };
    const comes = () => {
      turns.connected();
      return answered > 0;
    };
    add(1);
    const held = await turnsUntil(comes);
    expect(held).toBeGreaterThan(8);
    expect(held).toBeLessThan(100);
    // None comes any more.
    add(8);
    expect(await turnsUntil(() => answered === 9)).toBeLessThan(4);
  });
});
