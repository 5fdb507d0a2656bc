// Which way leads to a GPIO line on this machine? onoff and sysfs, or the character device where that cannot serve.

import type { Clock } from '../clock.ts';
import { type GpioInput, type GpioLines, type GpioOutput, type Pull, pinName } from './gpio.ts';
import { characterDeviceGpio } from './gpio-device.ts';
import { sysfsGpio } from './gpio-sysfs.ts';

/** One way to the lines. */
export interface GpioBackend extends GpioLines {
  /** Why it cannot serve here, a part of a sentence; undefined where it can. Does not reject. */
  lacks(): Promise<string | undefined>;
  /** Whether it can put a resistor at an input. */
  readonly pulls: boolean;
}

/** The lines of this machine: by onoff where the kernel lets it and it can do what is asked, else by the character device. */
export function linuxGpio(clock: Clock): GpioLines {
  const device = characterDeviceGpio({ clock });
  return gpioLines([sysfsGpio({ clock, whoHolds: device.whoHolds }), device]);
}

/** The lines by the first of these ways that can serve, each line for one owner at a time. */
export function gpioLines(backends: readonly GpioBackend[]): GpioLines {
  const held = new Set<number>();

  const backendFor = async (pin: number, pull: Pull) => {
    const reasons: string[] = [];
    for (const backend of backends) {
      const reason =
        pull !== 'as-is' && !backend.pulls
          ? `sysfs GPIO cannot set a pull-${pull === 'none' ? 'up or -down' : pull} (config.txt can: gpio=${pin}=${CONFIG_TXT[pull]})`
          : await backend.lacks();
      if (reason === undefined) return backend;
      reasons.push(reason);
    }
    throw new Error(`${pinName(pin)} cannot be opened: ${reasons.join('; ')}`);
  };

  const alone = async <Line extends GpioInput | GpioOutput>(
    pin: number,
    pull: Pull,
    open: (backend: GpioBackend) => Promise<Line>,
  ): Promise<Line> => {
    if (held.has(pin)) throw new Error(`${pinName(pin)} is in use by another sensor`);
    held.add(pin);
    try {
      const line = await open(await backendFor(pin, pull));
      let isClosed = false;
      return {
        ...line,
        close: () => {
          if (isClosed) return;
          isClosed = true;
          held.delete(pin);
          line.close();
        },
      };
    } catch (error) {
      held.delete(pin);
      throw error;
    }
  };

  return {
    input: (pin, options = {}) => alone(pin, options.pull ?? 'as-is', backend => backend.input(pin, options)),
    output: (pin, level) => alone(pin, 'as-is', backend => backend.output(pin, level)),
  };
}

/** What the firmware calls them (config.txt, `gpio`). */
const CONFIG_TXT: Readonly<Record<Exclude<Pull, 'as-is'>, string>> = { up: 'pu', down: 'pd', none: 'pn' };
