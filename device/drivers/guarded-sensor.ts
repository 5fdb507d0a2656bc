// How is a sensor used that someone else wrote? An error that it throws where nobody catches it is the failure of its reading.

import { messageOf } from '../error-message.ts';
import { type Clock, waitFor } from '../host/clock.ts';
import { untilAbort } from '../host/serial.ts';
import type { OptionsOf, SensorHost, SensorKind } from '../kind.ts';
import { type ComputedSensor, isComputed, type Sensor } from '../sensor.ts';
import { contained, listen, type Origin } from './containment.ts';
import { readOfDriver } from './earlier-driver.ts';
import { FaultyKind, sensorFaults } from './faults.ts';
import { guardedHost } from './guarded-host.ts';

/** Seconds that an opening may take; one that never ends would never be tried again. */
const LONGEST_OPENING = 60;

/**
 * Opens a sensor of the kind. After an error that nobody caught, what it is asked for at that moment rejects, and so does
 * each reading until it is closed and opened anew. A reading that nobody waits for any more is not waited for here either, nor an
 * opening after a minute: one that never ends would be the last.
 */
export async function openGuarded(
  kind: SensorKind,
  origin: Origin,
  options: OptionsOf<SensorKind['options']>,
  host: SensorHost,
): Promise<Sensor> {
  const strays = new Strays(origin);
  const closed = new AbortController();
  const decided = new AbortController();
  const opening = strays.run(async () => kind.open(options, guardedHost(host, closed.signal)));
  try {
    const sensor = await strays.race(opened(opening, host.clock, decided.signal));
    const faults = sensorFaults(sensor);
    if (faults.length > 0) throw new FaultyKind(faults);
    return guarded(sensor, strays, closed);
  } catch (error) {
    // One that opens all the same is wanted by nobody.
    opening.then(sensor => strays.run(async () => sensor.close())).catch(() => undefined);
    strays.end();
    closed.abort();
    throw error;
  } finally {
    decided.abort();
  }
}

/** What opens in time, as long as `signal` does not say that it is decided otherwise. */
async function opened(opening: Promise<Sensor>, clock: Clock, signal: AbortSignal): Promise<Sensor> {
  if (await waitFor(clock, opening, LONGEST_OPENING, signal)) return opening;
  throw new Error(`open: expected a sensor within ${LONGEST_OPENING} s, found none`);
}

function guarded(sensor: Sensor, strays: Strays, closed: AbortController): Sensor {
  const { name, channels } = sensor;
  const plain: Sensor = {
    name,
    channels,
    read: context =>
      strays.race(
        untilAbort(
          strays.run(() => readOfDriver(sensor, context)),
          context.signal,
        ),
      ),
    close: async () => {
      strays.end();
      await strays.run(async () => sensor.close()).finally(() => closed.abort());
    },
  };
  if (!isComputed(sensor)) return plain;
  const { failure } = sensor;
  const computed: ComputedSensor = {
    ...plain,
    compute: (times, columns) => sensor.compute(times, columns),
    ...(failure && { failure: time => failure.call(sensor, time) }),
  };
  return computed;
}

/** Errors that come from one sensor and that nobody catches. */
class Strays {
  readonly #origin: Origin;
  readonly #stop: () => void;
  #error: Error | undefined;
  #reject: ((error: Error) => void) | undefined;

  constructor(origin: Origin) {
    this.#origin = origin;
    this.#stop = listen(origin, this.#listener);
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return contained(this.#origin, work, this.#listener);
  }

  /** What `answer` gives, or the first error that came before it. */
  race<T>(answer: Promise<T>): Promise<T> {
    // Whoever loses is not waited for.
    answer.catch(() => undefined);
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) reject(this.#error);
      this.#reject = reject;
      answer.then(resolve, reject);
    });
  }

  end(): void {
    this.#stop();
  }

  readonly #listener = (cause: Error) => {
    this.#error ??= new Error(`an error that the driver did not catch: ${messageOf(cause)}`, { cause });
    this.#reject?.(this.#error);
  };
}
