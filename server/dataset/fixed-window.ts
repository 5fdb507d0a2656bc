// Finds the rows of a window of time to which no row comes any more, and what tells them from other rows.

import type { TimeBounds } from '../../dap/protocol.ts';
import { piecesOf, RowsGone } from '../store/stretch-reader.ts';
import type { Dataset } from './dataset.ts';
import { CANNOT_BE_READ, type Stretch, StretchError, type TimeStretch } from './stretch.ts';

/** The rows of a window. Rows are only ever added or lost, so that windows with the same numbers hold the same rows. */
export interface FixedWindow {
  /** The position of the first row. */
  readonly position: number;
  readonly rows: number;
  /** The times of the first and of the last row, in seconds since 1970; undefined without a row. */
  readonly first?: number;
  readonly last?: number;
}

/** Undefined where rows may still come to the window or have been lost, and where it is open at an end. */
export async function fixedWindow(dataset: Dataset, time: TimeBounds): Promise<FixedWindow | undefined> {
  const { from, to } = stretchWithin(time);
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) return undefined;
  try {
    return await factsOf(await dataset.stretch({ from, to }));
  } catch (error) {
    if (error instanceof StretchError) return undefined;
    throw error;
  }
}

/** What tells the rows of a stretch from others. Rejects as `timeOf` does. */
export async function factsOf(stretch: Stretch): Promise<FixedWindow> {
  const { first: position, count: rows } = stretch;
  if (rows === 0) return { position, rows };
  return { position, rows, first: await timeOf(stretch, 0), last: await timeOf(stretch, rows - 1) };
}

/** The bounds of a window as those of a stretch, of which `from` belongs to it and `to` does not. */
export function stretchWithin({ low, lowInclusive, high, highInclusive }: TimeBounds): TimeStretch {
  return { from: lowInclusive ? low : nextUp(low), to: highInclusive ? nextUp(high) : high };
}

/** The time of row number `row`, in seconds since 1970. Rejects with a `StretchError` if the row is lost or cannot be read. */
export async function timeOf(stretch: Stretch, row: number): Promise<number> {
  try {
    for await (const [times] of piecesOf(stretch.read([0], { start: row, count: 1 }), 1)) return times![0]!;
  } catch (error) {
    throw error instanceof RowsGone
      ? new StretchError('gone', 'rows of the stretch are not there any more')
      : new StretchError('away', CANNOT_BE_READ);
  }
  throw new Error(`expected the row ${row} of a stretch`);
}

/** The least number above a finite one; minus infinity stays. */
function nextUp(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0]!;
}
