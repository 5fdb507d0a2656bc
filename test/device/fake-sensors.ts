// Makes sensors for tests, and takes rows from generators.

import type { Batch } from '../../dap/model/value.ts';
import type { ReadContext } from '../../device/host/read-context.ts';
import { type Channel, partsOf, type Reading, type Sensor, type SensorOpener } from '../../device/sensor.ts';

export function channel(name: string, more: Partial<Channel> = {}): Channel {
  return { name, units: '1', longName: name, ...more };
}

/** A sensor with one channel of its own name that reads by calling `read`. */
export function sensorOf(
  name: string,
  read: (context: ReadContext) => Promise<Reading> | Reading,
  more: Partial<Sensor> = {},
): Sensor {
  return {
    name,
    channels: [channel(name)],
    read: async context => read(context),
    close: async () => {},
    ...more,
  };
}

/** The values of one complete reading; rejects with the problem of an incomplete one. */
export async function valuesOf(
  sensor: Sensor,
  context: ReadContext = new AbortController(),
): Promise<number[]> {
  const { values, problem } = partsOf(await sensor.read(context));
  if (problem !== undefined) throw new Error(problem);
  return Array.from(values);
}

export function opening(sensor: Sensor): SensorOpener {
  return async () => sensor;
}

/** A read that hangs, also after an abort. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** A promise, and the function that resolves it. */
export function deferred<Value = void>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The next `count` batches. */
export async function take(rows: AsyncGenerator<Batch>, count: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  while (batches.length < count) {
    const { value, done } = await rows.next();
    if (done) break;
    batches.push(value);
  }
  return batches;
}

/** One column of several batches, as numbers. */
export function column(batches: readonly Batch[], index: number): number[] {
  return batches.flatMap(batch => [...batch.columns[index]!].map(Number));
}
