// Opens each GPIO line through the character device, or through onoff and sysfs if the character device cannot be used.

import type { Clock } from '../clock.ts';
import {
  type GpioBackend,
  type GpioInput,
  type GpioInterface,
  type GpioLines,
  type GpioOutput,
  type InputOptions,
  type Pull,
  pinName,
} from './gpio.ts';
import { characterDeviceGpio } from './gpio-device.ts';
import { sysfsGpio } from './gpio-sysfs.ts';

/** The lines of this machine. */
export function linuxGpio(clock: Clock): GpioLines {
  const device = characterDeviceGpio({ clock });
  return gpioLines([device, sysfsGpio({ clock, whoHolds: device.whoHolds })]);
}

/** The options of a line that decide which backend can open it. */
interface Requirements {
  readonly pull?: Pull;
  readonly interface?: GpioInterface;
}

/**
 * The lines of several backends, each line with one owner at a time. With `auto` a line is opened by the first backend that
 * can; if none can, the error is that of the last one that tried, which knows of exported lines.
 * @param backends in the order of preference
 */
export function gpioLines(backends: readonly GpioBackend[]): GpioLines {
  const held = new Set<number>();

  const openFirst = async <Line>(
    pin: number,
    requirements: Requirements,
    open: (backend: GpioBackend) => Promise<Line>,
  ) => {
    const { interface: wanted = 'auto' } = requirements;
    const reasons: string[] = [];
    let failure: unknown;
    for (const backend of backends) {
      if (wanted !== 'auto' && wanted !== backend.interface) continue;
      const reason = cannotPull(backend, pin, requirements) ?? (await backend.lacks());
      if (reason !== undefined) {
        reasons.push(reason);
        continue;
      }
      try {
        return await open(backend);
      } catch (error) {
        failure = error;
      }
    }
    throw failure ?? new Error(`${pinName(pin)} cannot be opened: ${reasons.join('; ')}`);
  };

  const alone = async <Line extends GpioInput | GpioOutput>(
    pin: number,
    requirements: Requirements,
    open: (backend: GpioBackend) => Promise<Line>,
  ): Promise<Line> => {
    if (held.has(pin)) throw new Error(`${pinName(pin)} is in use by another sensor`);
    held.add(pin);
    try {
      const line = await openFirst(pin, requirements, open);
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
    input: (pin, options: InputOptions = {}) => alone(pin, options, backend => backend.input(pin, options)),
    output: (pin, level, options = {}) => alone(pin, options, backend => backend.output(pin, level, options)),
  };
}

/** The values of `gpio` in config.txt. */
const CONFIG_TXT: Readonly<Record<Exclude<Pull, 'as-is'>, string>> = { up: 'pu', down: 'pd', none: 'pn' };

function cannotPull(backend: GpioBackend, pin: number, { pull = 'as-is' }: Requirements): string | undefined {
  if (pull === 'as-is' || backend.interface !== 'sysfs') return undefined;
  return `sysfs GPIO cannot set a pull-${pull === 'none' ? 'up or -down' : pull} (config.txt can: gpio=${pin}=${CONFIG_TXT[pull]})`;
}
