// Opens a sensor, reads it once and closes it, outside any schedule.

import { messageOf } from '../error-message.ts';
import { type Clock, waitFor } from '../host/clock.ts';
import type { ReadContext } from '../host/read-context.ts';
import { Deadline, timeToRead } from '../sampling/deadline.ts';
import { readingOf } from '../sampling/reading.ts';
import { closeSensor } from '../sampling/sensor-reader.ts';
import { isComputed, isPushing, type PushingSensor, type Sensor, type SensorOpener } from '../sensor.ts';

/** The limit for opening, and for reading without its time in queues unless the conversion takes longer. Seconds. */
const PATIENCE = 10;

/** The limit for the first values if these come by themselves, and the pause between two looks for them. Seconds. */
const FIRST_VALUES = 5;
const LOOK = 0.05;

export interface ReadResult {
  /** One number per channel, NaN for a missing one; undefined if the sensor gave no reading. */
  readonly values?: readonly number[];
  /** Why all values or some of them are missing. */
  readonly error?: string;
}

/** Reads a sensor once. Does not reject, and gives up a sensor that hangs. */
export async function readOnce(open: SensorOpener, clock: Clock): Promise<ReadResult> {
  let isOver = false;
  let opened: Sensor | undefined;
  let error = `no answer within ${PATIENCE} s`;
  const opening = open().then(
    async sensor => {
      if (isOver) await closeSensor(sensor, clock);
      else opened = sensor;
    },
    (reason: unknown) => {
      error = messageOf(reason);
    },
  );
  await waitFor(clock, opening, PATIENCE);
  isOver = true;
  if (opened === undefined) return { error };
  const reading = await readWithin(opened, clock);
  await closeSensor(opened, clock);
  return reading;
}

async function readWithin(sensor: Sensor, clock: Clock): Promise<ReadResult> {
  const stop = new AbortController();
  const deadline = new Deadline(sensor.name, timeToRead(PATIENCE, sensor.sampling), clock);
  deadline.begin();
  let outcome: ReadResult = {};
  const reading = readResult(sensor, clock, { signal: stop.signal, account: deadline }).then(
    found => {
      outcome = found;
    },
    (error: unknown) => {
      outcome = { error: messageOf(error) };
    },
  );
  const error = await deadline.wait(reading, stop.signal);
  stop.abort();
  return error === undefined ? outcome : { error };
}

async function readResult(sensor: Sensor, clock: Clock, context: ReadContext): Promise<ReadResult> {
  const failure = isComputed(sensor) ? sensor.failure?.(clock.wall()) : undefined;
  if (failure !== undefined) return { error: failure };
  const awaited = isPushing(sensor) ? await firstValues(sensor, clock, context.signal) : undefined;
  const { values, problem = awaited } = await readingOf(sensor, context);
  return { values: Array.from(values), ...(problem === undefined ? {} : { error: problem }) };
}

/** Waits for the first values. Returns what has not come. */
async function firstValues(
  sensor: PushingSensor,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = clock.monotonic() + FIRST_VALUES;
  sensor.refresh();
  while (sensor.awaited() !== undefined && clock.monotonic() < end && !signal.aborted)
    await clock.sleepUntil(clock.monotonic() + LOOK, signal);
  return sensor.awaited();
}
