// For how long may a driver keep what others wait for? Its work in a queue is given up after a while, so that a bus is free again.

import { waitFor } from '../host/clock.ts';
import type { SensorHost } from '../kind.ts';
import { chipForDriver, contextOf } from './earlier-driver.ts';

/** Seconds that work may take of which others wait for the end: on a bus, and on a chip, which is waited for by its own sensor alone. */
const LONGEST_ON_BUS = 10;
const LONGEST_ON_CHIP = 60;

/** Only queues of chips have two parts: `i2c-1:0x48`. */
const CHIP = /:/;

/**
 * The host for one sensor, whose queues go on when the sensor's work does not end, such as work that waits for its own queue.
 * @param closed aborts when the sensor is closed: what it waits for then is wanted by nobody
 */
export function guardedHost(host: SensorHost, closed: AbortSignal): SensorHost {
  const { clock, i2c, oneWire } = host;
  const ending =
    <T>(name: string, work: () => Promise<T>) =>
    async (): Promise<T> => {
      const seconds = CHIP.test(name) ? LONGEST_ON_CHIP : LONGEST_ON_BUS;
      const running = work();
      if (await waitFor(clock, running, seconds, closed)) return running;
      closed.throwIfAborted();
      throw new Error(
        `expected ${name} to be let go within ${seconds} s, found that its work has not ended (does it wait for ${name} itself?)`,
      );
    };
  return {
    ...host,
    buses: {
      ...host.buses,
      serial: (name, work, context) =>
        host.buses.serial(name, ending(name, work), contextOf(context ?? closed)),
    },
    i2c: {
      list: () => i2c.list(),
      open: async (bus, address) => chipForDriver(await i2c.open(bus, address)),
    },
    oneWire: {
      thermometers: () => oneWire.thermometers(),
      alone: (work, context) => oneWire.alone(ending('1-wire', work), contextOf(context ?? closed)),
      convert: (thermometer, since) => oneWire.convert(thermometer, since),
      note: thermometer => oneWire.note(thermometer),
    },
  };
}
