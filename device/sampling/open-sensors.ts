// Opens the sensors of a device, all or none, and checks that their channels can share one Sequence.

import { messageOf } from '../error-message.ts';
import { type Clock, waitFor } from '../host/clock.ts';
import type { Sensor, SensorOpener } from '../sensor.ts';
import { closeSensor } from './sensor-reader.ts';

/** The limit for opening all sensors, in seconds. */
const LONGEST_OPENING = 10;

/** The first column of every row. */
const TIME_NAME = 'time';

/**
 * Opens all sensors in parallel. If one fails, or after 10 s or an abort, the others are closed again, also those that open
 * later.
 * @throws the error of the first sensor that failed, with the number of other sensors that failed
 */
export async function openSensors(
  openers: readonly SensorOpener[],
  clock: Clock,
  signal?: AbortSignal,
): Promise<readonly Sensor[]> {
  const opened: Sensor[] = [];
  const failed: unknown[] = [];
  let abandoned = false;
  const openings = openers.map(async (open, index) => {
    try {
      const sensor = await open();
      if (abandoned) await closeSensor(sensor, clock);
      else opened[index] = sensor;
    } catch (error) {
      failed[index] = error;
    }
  });
  await waitFor(clock, Promise.all(openings), LONGEST_OPENING, signal);
  try {
    signal?.throwIfAborted();
    const errors = Object.values(failed);
    if (errors.length > 0) throw failure(errors);
    const late = openers.findIndex((_open, index) => opened[index] === undefined);
    if (late >= 0) {
      throw new Error(`sensor ${late + 1} of ${openers.length} did not open within ${LONGEST_OPENING} s`);
    }
    checkChannels(opened);
    return opened;
  } catch (error) {
    abandoned = true;
    await Promise.all(Object.values(opened).map(sensor => closeSensor(sensor, clock)));
    throw error;
  }
}

function failure(errors: readonly unknown[]): Error {
  const [first] = errors;
  if (errors.length === 1 && first instanceof Error) return first;
  const message = messageOf(first);
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more sensors failed to open)` : '';
  return new Error(`${message}${more}`, { cause: new AggregateError(errors) });
}

/** Checks that sensors have different names, and channels have different names that are DAP2 identifiers. */
function checkChannels(sensors: readonly Sensor[]): void {
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const sensor of sensors) {
    if (names.has(sensor.name))
      throw new Error(`expected sensors with different names, found two called '${sensor.name}'`);
    names.add(sensor.name);
    for (const { name } of sensor.channels) {
      const owner = owners.get(name);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new Error(
          `channel '${name}' of sensor '${sensor.name}': expected a name of letters, digits and _ that does not begin with a digit`,
        );
      }
      if (name === TIME_NAME) {
        throw new Error(
          `channel '${name}' of sensor '${sensor.name}': expected another name than that of the time column`,
        );
      }
      if (owner !== undefined) {
        throw new Error(
          `channel '${name}': expected channels with different names, found it in sensor '${owner}' and in sensor '${sensor.name}'`,
        );
      }
      owners.set(name, sensor.name);
    }
  }
}
