import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestTurns } from '../../../server/connections/request-turns.ts';

/** Keeps everyone busy. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('turns of requests', () => {
  it('are one after another for each client, however many another one has', async () => {
    const turns = new RequestTurns();
    const seen: string[] = [];
    for (const client of ['a', 'a', 'a', 'a', 'b', 'c', 'c']) turns.add(client, () => seen.push(client));
    expect(seen).toEqual([]);
    while (seen.length < 7) await nextTurn();
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
    let rounds = 0;
    while (answered < 50) {
      await nextTurn();
      rounds += 1;
    }
    // 100 ms of work, at most 5 ms and the last answer of it at once.
    expect(rounds).toBeGreaterThan(10);
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
    while (seen.length < 42) await nextTurn();
    expect(seen.indexOf('b')).toBe(2);
    for (let rest = 0; rest < 40; rest += 1) await nextTurn();
    turns.add('c', () => seen.push('c'));
    await nextTurn();
    await nextTurn();
    expect(seen.at(-1)).toBe('c');
  });
});
