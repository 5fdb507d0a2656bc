// Gives a driver's sensor a host that ends its work in a queue after a limit, so that the bus is free for other sensors.

import { waitFor } from '../host/clock.ts';
import type { SensorHost } from '../kind.ts';
import { chipForDriver, contextOf } from './earlier-driver.ts';

/** Limits for work in the queue of a bus, and of a chip, for which no other sensor waits. Seconds. */
const LONGEST_ON_BUS = 10;
const LONGEST_ON_CHIP = 60;

/** Only the names of chips' queues have a colon: `i2c-1:0x48`. */
const CHIP = /:/;

/**
 * The host for one sensor. Its queues go on if the sensor's work does not end, for example because it waits for its own queue.
 * @param closed aborts when the sensor is closed, which ends its waits
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
        `expected work on ${name} to end within ${seconds} s, found that it has not (does it wait for ${name} itself?)`,
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
      convertsWithOthers: thermometer => oneWire.convertsWithOthers(thermometer),
      note: thermometer => oneWire.note(thermometer),
    },
  };
}
