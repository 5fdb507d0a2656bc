// Makes rows of computed sensors, whole columns at a time and in simulated time, as fast as a client takes them.

import type { Batch, NumberColumn } from '../../dap/model/value.ts';
import { nextTurn } from '../host/clock.ts';
import type { ComputedSensor } from '../sensor.ts';
import { newChannelColumn } from './columns.ts';
import type { RowBatches } from './rows.ts';

/** Rows of the first batch, which is small so that it leaves at once; each next batch is four times as long, up to the largest. */
const FIRST_BATCH = 16;
const GROWTH = 4;
const LARGEST_BATCH = 4096;

/**
 * Batches of up to 4096 rows. Their times are the multiples of `step` from `from` on (seconds), so that the row at a time is the
 * same for every reader. Each batch waits for a turn of the event loop, so that a client that reads without a pause does not
 * starve the others. Ends when `signal` aborts, or when times are so large that a double cannot hold their steps.
 */
export async function* computedRows(
  sensors: readonly ComputedSensor[],
  from: number,
  step: number,
  signal: AbortSignal,
): RowBatches {
  const first = firstMultiple(from, step);
  let length = FIRST_BATCH;
  let memory: Memory | undefined;
  for (let row = 0; !signal.aborted; row += length, length = Math.min(length * GROWTH, LARGEST_BATCH)) {
    if (row > 0) await nextTurn();
    if (signal.aborted) return;
    memory ??= newMemory(sensors, length);
    const { batch, times, columns } = memory;
    for (let index = 0; index < length; index++) times[index] = (first + row + index) * step;
    // Beyond about 2^52 steps two times in a row are the same double, so that rows would not be in order.
    if (!(Math.abs(times[length - 1]!) * Number.EPSILON < step)) return;
    for (const [index, sensor] of sensors.entries()) sensor.compute(times, columns[index]!);
    const spare: Batch | undefined = yield batch;
    // New memory costs more than the rows in it, so a batch that the caller hands back is filled again.
    if (spare !== batch || length < LARGEST_BATCH) memory = undefined;
  }
}

/** The least whole number n with n x step >= from, also where the division rounds. */
function firstMultiple(from: number, step: number): number {
  const near = Math.ceil(from / step);
  if ((near - 1) * step >= from) return near - 1;
  return near * step >= from ? near : near + 1;
}

/** A batch, and its columns as the sensors fill them. */
interface Memory {
  readonly batch: Batch;
  readonly times: Float64Array;
  /** One list of columns per sensor. */
  readonly columns: readonly (readonly NumberColumn[])[];
}

function newMemory(sensors: readonly ComputedSensor[], length: number): Memory {
  const times = new Float64Array(length);
  const columns = sensors.map(({ channels }) => channels.map(channel => newChannelColumn(channel, length)));
  return { batch: { length, columns: [times, ...columns.flat()] }, times, columns };
}
