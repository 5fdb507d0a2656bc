// Finds on the other server the row that was stored last, so that a relay which was started again goes on exactly behind it.

import { pathOfTime } from '../../../dap/client/follow/resume-time.ts';
import { read } from '../../../dap/client/read/read.ts';
import { type Batch, type Constraint, fromMillis, timeClause } from '../../../dap/index.ts';
import { isPassing } from './passing.ts';
import type { RelayedLayout } from './relayed-layout.ts';
import { resumeTimeOf } from './relayed-layout.ts';
import { type LastTaken, RowTaker } from './row-taker.ts';
import type { Upstream } from './upstream.ts';

/** Seconds around the stored time in which the row is looked for: rows of one time are stored a microsecond apart. */
const AROUND = 0.001;

/** Milliseconds within which the server sends rows of its past. */
const PATIENCE = 5000;

/** The reading of the time column of the other server at `seconds` since 1970. */
export function readingOf({ time: { units } }: RelayedLayout, seconds: number): number {
  const isPlain = units.epoch === 0 && units.millis === 1000;
  return isPlain ? seconds : fromMillis(units, seconds * 1000);
}

/**
 * The row that is stored with the time `after`, in seconds since 1970. A row that the server does not have any more is taken for one of
 * exactly this time. Rejects while the server does not answer.
 */
export async function lastTakenAt(
  upstream: Upstream,
  relayed: RelayedLayout,
  after: number,
  ended: AbortSignal,
): Promise<LastTaken> {
  const unknown = { stored: after, time: readingOf(relayed, after), count: 1 };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE);
  try {
    const signal = AbortSignal.any([ended, late.signal]);
    const { values } = await read(upstream.address, {
      constraint: around(relayed, after),
      signal,
      fetch: upstream.fetch,
      maxBytes: 2 ** 20,
    });
    return lastIn(values[0] as Batch, relayed, after) ?? unknown;
  } catch (error) {
    if (ended.aborted || (isPassing(error) && !late.signal.aborted)) throw error;
    return unknown;
  } finally {
    clearTimeout(timer);
  }
}

/** The times of the rows around a time. */
function around(relayed: RelayedLayout, after: number): Constraint {
  const time = resumeTimeOf(relayed);
  const path = pathOfTime(time);
  return {
    projections: [columnOf(relayed, time.column)],
    selections: [
      timeClause(path, '>=', readingOf(relayed, after - AROUND)),
      timeClause(path, '<=', readingOf(relayed, after + AROUND)),
    ],
  };
}

export function columnOf({ layout }: RelayedLayout, name: string): Constraint['projections'][number] {
  return {
    kind: 'name',
    steps: [
      { name: layout.name, indices: [] },
      { name, indices: [] },
    ],
  };
}

/** Takes the rows as they were taken before, up to the one that got the time `after`. */
function lastIn({ columns, length }: Batch, relayed: RelayedLayout, after: number): LastTaken | undefined {
  const taker = new RowTaker(relayed);
  for (let row = 0; row < length; row += 1) {
    taker.takeTime(Number(columns[0]![row]));
    if (taker.last.stored === after) return taker.last;
  }
  return undefined;
}
