// Makes rows of real readings, on a schedule or as fast as a client takes them.

import type { Batch, NumberColumn } from '../../dap/model/value.ts';
import { type Clock, nextTurn, waitFor } from '../host/clock.ts';
import { channelValue, newChannelColumn } from './columns.ts';
import type { RowTimes, Stamp } from './row-times.ts';
import type { RowBatches } from './rows.ts';
import { Schedule } from './schedule.ts';
import type { SensorReader } from './sensor-reader.ts';

/** A row waits at least this many seconds for its sensors, even if the next slot comes sooner. */
const SHORTEST_PATIENCE = 0.02;

/** Seconds between rows of NaN without a schedule, while every sensor fails. */
const NOTHING_TO_READ = 1;

export interface Sampler {
  readonly readers: readonly SensorReader[];
  readonly clock: Clock;
  readonly times: RowTimes;
  /** Gets the monotonic time by which the sampler will have woken up or made its row. */
  readonly movesOnBy: (monotonic: number) => void;
}

/**
 * Rows on a drift-free schedule, in batches of one row: one row at once, or on a slot that is near, then one per slot, with the
 * slots at whole multiples of `interval` (seconds, > 0) in wall time. A row gets its time when its reads begin, and is made when they have ended, or
 * with NaN for the others when the next slot is due. A read that ends within its deadline but too late for its row gives its
 * values to a later row. Rows without a new reading of a sensor hold NaN, or its latest reading with `between: hold`. Ends
 * when `signal` aborts.
 */
export async function* scheduledRows(
  sampler: Sampler,
  interval: number,
  onMissed: (slots: number) => void,
  signal: AbortSignal,
): RowBatches {
  const { clock, times } = sampler;
  const schedule = new Schedule(interval);
  let steps = -1;
  const wait = schedule.firstWait(clock.wall());
  if (wait > 0) {
    const slot = clock.monotonic() + wait;
    sampler.movesOnBy(slot);
    await clock.sleepUntil(slot, signal);
  }
  while (!signal.aborted) {
    const stamp = times.stamp();
    if (steps === times.steps) schedule.taken();
    else schedule.align(stamp.monotonic, stamp.wall);
    steps = times.steps;
    const limit = Math.max(schedule.due, stamp.monotonic + SHORTEST_PATIENCE);
    sampler.movesOnBy(limit);
    const row = await readRow(sampler, stamp, limit, signal);
    if (signal.aborted) return;
    yield row;
    // The caller takes its next row only after it has stored this one.
    times.made();
    const missed = schedule.skipMissed(clock.monotonic());
    if (missed > 0) onMissed(missed);
    sampler.movesOnBy(schedule.due);
    // A sampler that is behind does not sleep, and would starve the rest of the process.
    if (schedule.due <= clock.monotonic()) await nextTurn();
    await clock.sleepUntil(schedule.due, signal);
  }
}

/** Rows one after the other, in batches of one row; the next begins when the caller takes it. Ends when `signal` aborts. */
export async function* successiveRows(sampler: Sampler, signal: AbortSignal): RowBatches {
  const { clock, readers, times } = sampler;
  while (!signal.aborted) {
    const now = clock.monotonic();
    const due = Math.min(...readers.map(reader => reader.dueAt));
    if (due > now) await clock.sleepUntil(Math.min(due, now + NOTHING_TO_READ), signal);
    const row = await readRow(sampler, times.stamp(), Number.POSITIVE_INFINITY, signal);
    if (signal.aborted) return;
    yield row;
    await nextTurn();
  }
}

/** Reads all sensors in parallel and waits for them, but not past the monotonic time `limit` or an abort. */
async function readRow(
  { readers, clock }: Sampler,
  stamp: Stamp,
  limit: number,
  signal: AbortSignal,
): Promise<Batch> {
  const reads = readers.map(reader => reader.begin(stamp)).filter(read => read !== undefined);
  if (reads.length > 0) await waitFor(clock, Promise.all(reads), limit - clock.monotonic(), signal);
  const columns: NumberColumn[] = [Float64Array.of(stamp.time)];
  for (const reader of readers) {
    const values = signal.aborted ? undefined : reader.take(stamp);
    for (const [index, channel] of reader.sensor.channels.entries()) {
      const column = newChannelColumn(channel, 1);
      column[0] = channelValue(channel, values?.[index] ?? Number.NaN);
      columns.push(column);
    }
  }
  return { length: 1, columns };
}
