import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BlockBudget, BlockCache } from '../../../server/stream/block-cache.ts';
import { type Chunk, chunkIn } from '../../../server/stream/chunk.ts';

const SIZE = 100;
const MINUTE = 60_000;

let encoded = 0;

function encode(): Chunk {
  encoded += 1;
  return chunkIn(Buffer.allocUnsafeSlow(SIZE), into => into.subarray(0, 10).fill(encoded));
}

/** Asks for blocks one after another; true for each that is kept. */
function ask(blocks: BlockCache, numbers: readonly number[], oldest = 0): boolean[] {
  return numbers.map(number => blocks.get(number, oldest, SIZE, encode) !== undefined);
}

beforeEach(() => {
  encoded = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('blocks of the past', () => {
  it('are not kept for the first reader, and are encoded once for all later readers', () => {
    const blocks = new BlockCache(new BlockBudget(10 * SIZE));
    expect(ask(blocks, [3, 4])).toEqual([false, false]);
    expect(encoded).toBe(0);
    const second = blocks.get(3, 0, SIZE, encode);
    expect(second).toBeDefined();
    expect(blocks.get(3, 0, SIZE, encode)).toBe(second);
    expect(encoded).toBe(1);
  });

  it('of all caches together take no more memory than the budget', () => {
    const budget = new BlockBudget(3 * SIZE);
    const [one, other] = [new BlockCache(budget), new BlockCache(budget)];
    ask(one, [0, 1]);
    ask(other, [0, 1]);
    expect([...ask(one, [0, 1]), ...ask(other, [0, 1])]).toEqual([true, true, true, false]);
    expect(ask(one, [0, 1])).toEqual([true, true]);
  });

  it('are freed for other blocks when the store has forgotten their rows', () => {
    const blocks = new BlockCache(new BlockBudget(2 * SIZE));
    ask(blocks, [0, 1, 2]);
    expect(ask(blocks, [0, 1, 2])).toEqual([true, true, false]);
    expect(ask(blocks, [2], 1)).toEqual([true]);
    expect(ask(blocks, [1, 0], 1)).toEqual([true, false]);
  });

  it('are freed when no reader asks for a block within a minute, and not before', () => {
    const budget = new BlockBudget(SIZE);
    const blocks = new BlockCache(budget);
    ask(blocks, [0, 0]);
    for (let minute = 0; minute < 5; minute += 1) {
      expect(ask(blocks, [0])).toEqual([true]);
      vi.advanceTimersByTime(MINUTE);
    }
    vi.advanceTimersByTime(MINUTE);
    expect(vi.getTimerCount()).toBe(0);
    expect(ask(blocks, [0])).toEqual([false]);
    expect(ask(blocks, [0, 0])).toEqual([true, true]);
  });

  it('are freed in an unused cache while another cache is in use', () => {
    const budget = new BlockBudget(2 * SIZE);
    const [used, unused] = [new BlockCache(budget), new BlockCache(budget)];
    ask(used, [0, 0]);
    ask(unused, [0, 0]);
    for (let minute = 0; minute < 2; minute += 1) {
      vi.advanceTimersByTime(MINUTE);
      expect(ask(used, [0])).toEqual([true]);
    }
    expect([used.bytes, unused.bytes]).toEqual([SIZE, 0]);
  });

  it('leave no timer behind after a clear', () => {
    const cache = new BlockCache(new BlockBudget(SIZE));
    ask(cache, [0, 0]);
    expect(vi.getTimerCount()).toBe(1);
    cache.clear();
    expect(vi.getTimerCount()).toBe(0);
  });
});
