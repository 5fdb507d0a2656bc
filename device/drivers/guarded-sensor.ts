// Wraps a driver's sensor: an uncaught error fails its reading, and neither reading nor opening can hang.

import { messageOf } from '../error-message.ts';
import { type Clock, waitFor } from '../host/clock.ts';
import { untilAbort } from '../host/serial.ts';
import type { OptionsOf, SensorHost, SensorKind } from '../kind.ts';
import { type ComputedSensor, isComputed, type Sensor } from '../sensor.ts';
import { listen, type Origin, runContained } from './containment.ts';
import { readOfDriver } from './earlier-driver.ts';
import { FaultyKind, sensorFaults } from './faults.ts';
import { guardedHost } from './guarded-host.ts';

/** The limit for an opening in seconds; without one, a sensor whose opening hangs would never be tried again. */
const LONGEST_OPENING = 60;

/**
 * Opens a sensor of the kind. After an uncaught error the current reading rejects, and so does each reading until the sensor is
 * closed and opened anew. An aborted reading rejects at once, and an opening after a minute, even if the driver goes on.
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
    const sensor = await strays.race(openWithin(opening, host.clock, decided.signal));
    const faults = sensorFaults(sensor);
    if (faults.length > 0) throw new FaultyKind(faults);
    return guarded(sensor, strays, closed);
  } catch (error) {
    // A sensor that opens later is closed then.
    opening.then(sensor => strays.run(async () => sensor.close())).catch(() => undefined);
    strays.end();
    closed.abort();
    throw error;
  } finally {
    decided.abort();
  }
}

/** The sensor, if it opens in time. `signal` ends the wait. */
async function openWithin(opening: Promise<Sensor>, clock: Clock, signal: AbortSignal): Promise<Sensor> {
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

/** The uncaught errors of one sensor. */
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
    return runContained(this.#origin, work, this.#listener);
  }

  /** The result of `answer`, or the first uncaught error if that comes earlier. */
  race<T>(answer: Promise<T>): Promise<T> {
    // A rejection after the race is over is dropped.
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
