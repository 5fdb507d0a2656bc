// What does a sensor say at this moment? It is opened, read once and closed, outside any schedule.

import { type Clock, waitFor } from './clock.ts';
import { IncompleteReading, type OpenSensor, type Sensor } from './sensor.ts';
import { closeSensor, wholeReading } from './sensor-reader.ts';

/** Opening and reading take this many seconds at most. */
const PATIENCE = 10;

export interface OneReading {
  /** One number a channel, NaN where there is none; undefined where the sensor gave nothing. */
  readonly values?: readonly number[];
  /** Why there are none, or why some are missing. */
  readonly error?: string;
}

/** Does not reject, and does not wait for a sensor that hangs. */
export async function readOnce(open: OpenSensor, clock: Clock): Promise<OneReading> {
  const stop = new AbortController();
  let sensor: Sensor | undefined;
  let outcome: OneReading = { error: `no answer within ${PATIENCE} s` };
  let isOver = false;
  const reading = (async () => {
    const opened = await open();
    if (isOver) return closeSensor(opened, clock);
    sensor = opened;
    outcome = await readingOf(opened, stop.signal);
  })().catch((error: unknown) => {
    outcome = { error: error instanceof Error ? error.message : String(error) };
  });
  await waitFor(clock, reading, PATIENCE);
  isOver = true;
  stop.abort();
  const found = outcome;
  if (sensor !== undefined) await closeSensor(sensor, clock);
  return found;
}

async function readingOf(sensor: Sensor, signal: AbortSignal): Promise<OneReading> {
  try {
    return { values: Array.from(wholeReading(sensor, await sensor.read(signal))) };
  } catch (error) {
    if (!(error instanceof IncompleteReading)) throw error;
    return { values: Array.from(wholeReading(sensor, error.reading)), error: error.message };
  }
}
