// Which way leads to a GPIO line on this machine? onoff and sysfs, or the character device: as asked, or as what is asked needs it.

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
  return gpioLines([sysfsGpio({ clock, whoHolds: device.whoHolds }), device]);
}

/** What is asked of a line, as far as it decides on the way to it. */
interface Asked {
  readonly pull?: Pull;
  readonly interface?: GpioInterface;
  readonly watchesEdges?: boolean;
}

/** The lines by these ways, each line for one owner at a time. Where both fail, the error is that of the first. */
export function gpioLines(backends: readonly GpioBackend[]): GpioLines {
  const held = new Set<number>();

  const waysOf = ({ interface: wanted = 'auto', watchesEdges = false }: Asked) => {
    if (wanted !== 'auto') return backends.filter(backend => backend.interface === wanted);
    // Through sysfs edges that come while the process is busy become one.
    return watchesEdges ? backends.toSorted((a, b) => Number(isSysfs(a)) - Number(isSysfs(b))) : backends;
  };

  const openFirst = async <Line>(
    pin: number,
    asked: Asked,
    open: (backend: GpioBackend) => Promise<Line>,
  ) => {
    const reasons = new Map<GpioBackend, string>();
    const failures = new Map<GpioBackend, unknown>();
    for (const backend of waysOf(asked)) {
      const reason = cannotPull(backend, pin, asked) ?? (await backend.lacks());
      if (reason !== undefined) {
        reasons.set(backend, reason);
        continue;
      }
      try {
        return await open(backend);
      } catch (error) {
        failures.set(backend, error);
      }
    }
    const inOrder = <Value>(of: ReadonlyMap<GpioBackend, Value>) =>
      backends.flatMap(backend => (of.has(backend) ? [of.get(backend) as Value] : []));
    if (failures.size > 0) throw inOrder(failures)[0];
    throw new Error(`${pinName(pin)} cannot be opened: ${inOrder(reasons).join('; ')}`);
  };

  const alone = async <Line extends GpioInput | GpioOutput>(
    pin: number,
    asked: Asked,
    open: (backend: GpioBackend) => Promise<Line>,
  ): Promise<Line> => {
    if (held.has(pin)) throw new Error(`${pinName(pin)} is in use by another sensor`);
    held.add(pin);
    try {
      const line = await openFirst(pin, asked, open);
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
    input: (pin, options: InputOptions = {}) =>
      alone(pin, { ...options, watchesEdges: options.onEdge !== undefined }, backend =>
        backend.input(pin, options),
      ),
    output: (pin, level, options = {}) => alone(pin, options, backend => backend.output(pin, level, options)),
  };
}

function isSysfs(backend: GpioBackend): boolean {
  return backend.interface === 'sysfs';
}

/** What config.txt calls them (`gpio`). */
const CONFIG_TXT: Readonly<Record<Exclude<Pull, 'as-is'>, string>> = { up: 'pu', down: 'pd', none: 'pn' };

function cannotPull(backend: GpioBackend, pin: number, { pull = 'as-is' }: Asked): string | undefined {
  if (pull === 'as-is' || !isSysfs(backend)) return undefined;
  return `sysfs GPIO cannot set a pull-${pull === 'none' ? 'up or -down' : pull} (config.txt can: gpio=${pin}=${CONFIG_TXT[pull]})`;
}
