// How rows are made when all sensors are computed: whole columns at a time, in simulated time, as fast as they are asked for.

import type { Batch, NumberColumn } from '../../dap/model/value.ts';
import { nextTurn } from '../host/clock.ts';
import type { ComputedSensor } from '../sensor.ts';
import { newChannelColumn } from './columns.ts';
import type { Rows } from './rows.ts';

/** Rows in the first batch, small so that it leaves at once; each next one is four times as long, up to the last size. */
const FIRST_BATCH = 16;
const GROWTH = 4;
const LARGEST_BATCH = 4096;

/**
 * Batches of up to 4096 rows. Their times are the multiples of `step` from `from` on (seconds), so that the row at a time is the
 * same one wherever a reader begins. Each batch waits for a turn of the event loop, so that a client that reads without a
 * pause starves nobody. Ends when `signal` aborts, and where time is so far away that a double does not hold its steps.
 */
export async function* computedRows(
  sensors: readonly ComputedSensor[],
  from: number,
  step: number,
  signal: AbortSignal,
): Rows {
  const first = firstMultiple(from, step);
  let length = FIRST_BATCH;
  let memory: Memory | undefined;
  for (let row = 0; !signal.aborted; row += length, length = Math.min(length * GROWTH, LARGEST_BATCH)) {
    if (row > 0) await nextTurn();
    if (signal.aborted) return;
    memory ??= newMemory(sensors, length);
    const { batch, times, columns } = memory;
    for (let index = 0; index < length; index++) times[index] = (first + row + index) * step;
    // Past some 2^52 steps a double no longer tells one time from the next: such rows would not be in order.
    if (!(Math.abs(times[length - 1]!) * Number.EPSILON < step)) return;
    for (const [index, sensor] of sensors.entries()) sensor.compute(times, columns[index]!);
    const spare: Batch | undefined = yield batch;
    // Memory that nobody has touched yet is dearer than the rows in it.
    if (spare !== batch || length < LARGEST_BATCH) memory = undefined;
  }
}

/** The least number that `step` can be multiplied with and gives `from` or more, whatever the division loses. */
function firstMultiple(from: number, step: number): number {
  const near = Math.ceil(from / step);
  if ((near - 1) * step >= from) return near - 1;
  return near * step >= from ? near : near + 1;
}

/** A batch, and the same columns for those who fill them. */
interface Memory {
  readonly batch: Batch;
  readonly times: Float64Array;
  /** One list a sensor. */
  readonly columns: readonly (readonly NumberColumn[])[];
}

function newMemory(sensors: readonly ComputedSensor[], length: number): Memory {
  const times = new Float64Array(length);
  const columns = sensors.map(({ channels }) => channels.map(channel => newChannelColumn(channel, length)));
  return { batch: { length, columns: [times, ...columns.flat()] }, times, columns };
}
