// What does a sensor say at this moment? It is opened, read once and closed, outside any schedule.

import { type Clock, waitFor } from './clock.ts';
import type { OpenSensor, Sensor } from './sensor.ts';
import { closeSensor } from './sensor-reader.ts';

/** Opening and reading take this many seconds at most. */
const PATIENCE = 10;

/** One number a channel, or why there is none. */
export type OneReading = { readonly values: readonly number[] } | { readonly error: string };

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
    const values = Array.from(await opened.read(stop.signal));
    const { length } = opened.channels;
    if (values.length === length) outcome = { values };
    else
      outcome = {
        error: `expected ${length} values, one a channel, and found ${values.length} in the reading`,
      };
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
