// Hands rows over as they become due, in pieces between which the page can draw.

import { pause } from './pause.ts';
import type { RowThrottle } from './throttle.ts';
import type { TimedRows } from './timed-rows.ts';

/** Milliseconds of handing over after which the page gets a turn to draw. */
const TURN = 20;

/** The most rows in one piece. */
const LONGEST_PIECE = 1000;

/** The longest wait in milliseconds before the throttle is asked again: its estimate of the clock improves. */
const LONGEST_PAUSE = 500;

/**
 * Calls `take` with rows `from` to `to - 1` when they are due. Resolves after the last row; rejects with the reason of `signal`
 * when that is aborted during a wait.
 */
export async function handOver(
  timed: TimedRows,
  throttle: RowThrottle,
  take: (timed: TimedRows, from: number, to: number) => void,
  signal: AbortSignal,
): Promise<void> {
  let turn = performance.now() + TURN;
  for (let from = 0; from < timed.rows.length; ) {
    const [to, wait] = dueRows(timed, from, throttle);
    if (to > from) {
      take(timed, from, to);
      from = to;
    }
    if (wait > 0 || performance.now() > turn) {
      await pause(Math.min(wait, LONGEST_PAUSE), signal);
      turn = performance.now() + TURN;
    }
  }
}

/** The end of the rows from `from` on that are due, and the milliseconds until the next row is due. */
function dueRows({ times }: TimedRows, from: number, throttle: RowThrottle): [to: number, wait: number] {
  const now = performance.now();
  const end = Math.min(times.length, from + LONGEST_PIECE);
  for (let to = from; to < end; to++) {
    const wait = throttle.wait(times[to]!, now);
    if (wait > 0) return [to, wait];
  }
  return [end, 0];
}
