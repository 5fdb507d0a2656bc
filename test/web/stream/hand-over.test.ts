import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FollowedRows } from '../../../dap/index.ts';
import { handOver } from '../../../web/stream/hand-over.ts';
import { ServerClock } from '../../../web/stream/server-clock.ts';
import { RowThrottle } from '../../../web/stream/throttle.ts';

/** `count` rows, the first at `from` milliseconds, and one every `step`. */
function timedRows(count: number, from: number, step: number) {
  const sequence = { type: 'Sequence', name: 's', fields: [] } as const;
  const rows: FollowedRows = { length: count, columns: [], sequence };
  const times = Float64Array.from({ length: count }, (_, row) => from + row * step);
  return { rows, times, stored: undefined };
}

describe('rows that are handed over', () => {
  afterEach(() => void vi.useRealTimers());

  it('come all and in their order, in pieces of at most a thousand', async () => {
    const pieces: [number, number][] = [];
    const throttle = new RowThrottle(new ServerClock());
    await handOver(
      timedRows(2500, 0, 1),
      throttle,
      (_, from, to) => pieces.push([from, to]),
      AbortSignal.any([]),
    );
    expect(pieces).toEqual([
      [0, 1000],
      [1000, 2000],
      [2000, 2500],
    ]);
  });

  it('come one by one when they are due if they run ahead of the clock', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const begin = performance.now();
    const taken: number[] = [];
    const throttle = new RowThrottle(new ServerClock(), { server: 0, browser: begin });
    const take = (_: unknown, from: number, to: number) => {
      for (let row = from; row < to; row++) taken.push(Math.round(performance.now() - begin));
    };
    const done = handOver(timedRows(4, 0, 1100), throttle, take, AbortSignal.any([]));
    await vi.advanceTimersByTimeAsync(5000);
    await done;
    expect(taken).toEqual([0, 1100, 2200, 3300]);
  });

  it('stop at once when the stream is closed while they wait', async () => {
    const stop = new AbortController();
    const reason = new Error('closed');
    const known = { server: 0, browser: performance.now() };
    const taken: number[] = [];
    const throttle = new RowThrottle(new ServerClock(), known);
    const take = (_: unknown, from: number) => {
      taken.push(from);
      queueMicrotask(() => stop.abort(reason));
    };
    await expect(handOver(timedRows(3, 0, 60_000), throttle, take, stop.signal)).rejects.toBe(reason);
    expect(taken).toEqual([0]);
  });
});
