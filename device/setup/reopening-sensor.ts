// Keeps a dataset going when a sensor cannot be opened or a reading fails: the next reading opens the sensor again.

import { type Clock, waitFor } from '../host/clock.ts';
import type { ReadContext } from '../host/read-context.ts';
import { closeSensor } from '../sampling/sensor-reader.ts';
import {
  type Channel,
  isComputed,
  isPushing,
  type Reading,
  type Sampling,
  type Sensor,
  type SensorOpener,
} from '../sensor.ts';

/** Seconds for which the opening of a device waits for a slow sensor, whose values then come later. */
const LONGEST_WAIT = 5;

/**
 * An opener that succeeds without hardware: until `open` succeeds, each reading of its sensor rejects with the reason. A
 * computed sensor, which needs no hardware, and a pushing sensor, which reconnects by itself, are passed on unchanged.
 * @param channels those of the sensor that `open` gives
 * @param sampling that of the sensor that `open` gives
 */
export function reopenOnError(
  open: SensorOpener,
  name: string,
  channels: readonly Channel[],
  clock: Clock,
  sampling: Sampling = {},
): SensorOpener {
  return async () => {
    const sensor = new ReopeningSensor(open, name, channels, clock, sampling);
    const opened = await sensor.opened();
    return opened !== undefined && (isComputed(opened) || isPushing(opened)) ? opened : sensor;
  };
}

class ReopeningSensor implements Sensor {
  readonly name: string;
  readonly channels: readonly Channel[];
  readonly sampling: Sampling;
  readonly #open: SensorOpener;
  readonly #clock: Clock;
  #opening: Promise<Sensor> | undefined;
  /** The sensor that was opened last, which may be closed. */
  #last: Sensor | undefined;
  #isClosed = false;

  constructor(
    open: SensorOpener,
    name: string,
    channels: readonly Channel[],
    clock: Clock,
    sampling: Sampling,
  ) {
    this.#open = open;
    this.name = name;
    this.channels = channels;
    this.#clock = clock;
    this.sampling = sampling;
  }

  get note(): string | undefined {
    return this.#last?.note;
  }

  /** Begins to open the sensor; undefined if that fails or takes too long. */
  async opened(): Promise<Sensor | undefined> {
    let sensor: Sensor | undefined;
    const settled = this.#begin().then(
      found => {
        sensor = found;
      },
      () => undefined,
    );
    await waitFor(this.#clock, settled, LONGEST_WAIT);
    return sensor;
  }

  async read(context: ReadContext): Promise<Reading> {
    const opening = this.#begin();
    const sensor = await opening;
    context.signal.throwIfAborted();
    try {
      return await sensor.read(context);
    } catch (error) {
      // What it holds may be broken: a bus whose driver was unloaded, a file of a device that is gone.
      if (this.#opening === opening) this.#opening = undefined;
      await closeSensor(sensor, this.#clock);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    // A sensor that opens later is closed then.
    const sensor = await opening.catch(() => undefined);
    await sensor?.close();
  }

  #begin(): Promise<Sensor> {
    if (this.#isClosed) return Promise.reject(new Error(`sensor ${this.name} is closed`));
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#open();
    this.#opening = opening;
    opening.then(
      sensor => {
        this.#last = sensor;
      },
      () => {
        if (this.#opening === opening) this.#opening = undefined;
      },
    );
    return opening;
  }
}
