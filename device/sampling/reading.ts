// What is a right reading of a sensor? One number a channel, asked for or computed, or an error that says why not.

import { foundOf } from '../found.ts';
import { type ComputedSensor, IncompleteReading, type Reading, type Sensor } from '../sensor.ts';

/** Reads once. Rejects as the sensor does, and where what it gives is no reading. */
export async function readingOf(sensor: Sensor, signal: AbortSignal): Promise<Reading> {
  try {
    return wholeReading(sensor, await sensor.read(signal));
  } catch (error) {
    if (error instanceof IncompleteReading) wholeReading(sensor, error.reading);
    throw error;
  }
}

/**
 * The values for a row of this time: not for now, so that the row can be made again.
 * @throws where the sensor fails then
 */
export function computedReading(sensor: ComputedSensor, time: number): Reading {
  const failure = sensor.failure?.(time);
  if (failure !== undefined) throw new Error(failure);
  const columns = sensor.channels.map(() => new Float64Array(1));
  sensor.compute(Float64Array.of(time), columns);
  return columns.map(column => column[0]!);
}

/** @throws where the reading has not one number a channel: what a column would make of a text, or of null, was never measured */
export function wholeReading({ channels }: Sensor, reading: Reading): Reading {
  const { length } = reading ?? {};
  if (length !== channels.length) {
    throw new Error(
      `expected ${channels.length} values, one a channel, and found ${length ?? 'none'} in the reading`,
    );
  }
  for (let index = 0; index < length; index++) {
    if (typeof reading[index] === 'number') continue;
    throw new Error(`expected a number for ${channels[index]!.name}, and found ${foundOf(reading[index])}`);
  }
  return reading;
}
