// Reads a sensor once and checks that the reading has one number per channel.

import type { ReadContext } from '../host/read-context.ts';
import {
  type ComputedSensor,
  type PartialReading,
  partsOf,
  type Reading,
  type Sensor,
  type Values,
} from '../sensor.ts';
import { valueText } from '../value-text.ts';

/** Reads once. Rejects as the sensor does, and if the reading does not have one number per channel. */
export async function readingOf(sensor: Sensor, context: ReadContext): Promise<PartialReading> {
  return checkedReading(sensor, await sensor.read(context));
}

/**
 * The values for a row of this time: not for now, so that the row can be made again.
 * @throws where the sensor fails then
 */
export function computedReading(sensor: ComputedSensor, time: number): Values {
  const failure = sensor.failure?.(time);
  if (failure !== undefined) throw new Error(failure);
  const columns = sensor.channels.map(() => new Float64Array(1));
  sensor.compute(Float64Array.of(time), columns);
  return columns.map(column => column[0]!);
}

/**
 * The parts of a reading, of which the values are checked: a text or null would become a number that was never measured.
 * @throws one sentence that says which value is missing or is not a number
 */
export function checkedReading({ channels }: Sensor, reading: Reading): PartialReading {
  const parts: Partial<PartialReading> = isObject(reading) ? partsOf(reading) : {};
  const { values } = parts;
  const { length } = values ?? {};
  if (values === undefined || length !== channels.length) {
    throw new Error(
      `expected ${channels.length} ${channels.length === 1 ? 'value' : 'values'}, one per channel, found ${length ?? 'none'} in the reading`,
    );
  }
  for (let index = 0; index < length; index++) {
    if (typeof values[index] === 'number') continue;
    throw new Error(`expected a number for ${channels[index]!.name}, found ${valueText(values[index])}`);
  }
  return parts as PartialReading;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
