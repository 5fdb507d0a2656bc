// Keeps a dataset going when a sensor cannot be opened or a reading fails: the next reading opens the sensor again.

import { type Clock, waitFor } from '../host/clock.ts';
import type { ReadContext } from '../host/read-context.ts';
import { closeSensor } from '../sampling/sensor-reader.ts';
import {
  type Channel,
  isComputed,
  type Reading,
  type Sampling,
  type Sensor,
  type SensorOpener,
} from '../sensor.ts';

/** Whoever opens a device waits this many seconds for a sensor that takes its time; it comes later then. */
const LONGEST_WAIT = 5;

/**
 * An opener that does not fail for want of hardware: the sensor that it gives is then without readings, with the reason as the
 * error of each, until it can be opened. A computed sensor, which needs no hardware, is given as it is.
 * `channels` and `sampling` are those that `open` gives in the end.
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
    return opened !== undefined && isComputed(opened) ? opened : sensor;
  };
}

class ReopeningSensor implements Sensor {
  readonly name: string;
  readonly channels: readonly Channel[];
  readonly sampling: Sampling;
  readonly #open: SensorOpener;
  readonly #clock: Clock;
  #opening: Promise<Sensor> | undefined;
  /** The one that was opened last, which may be closed by now. */
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

  /** Begins to open it; the sensor, where that takes no longer than a person waits and does not fail. */
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
      // Whatever it held may be what is broken: a bus that went with its driver, a file of a device that left.
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
    // One that opens when nobody wants it any more is closed then.
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
