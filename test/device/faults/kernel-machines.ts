// The kernel's files for each kind that reads them, with known values, and the files that may fail.

import type { FakeClock } from '../fake-clock.ts';
import { netDev, stat } from '../sensors/kernel-tree.ts';
import { about } from './outage.ts';

export type Texts = Record<string, () => string>;

export interface KernelMachine {
  /** Options of the sensor. */
  readonly written?: object;
  readonly texts: (clock: FakeClock) => Texts;
  /** The file that is read each time. */
  readonly file: string;
  /** The channel to look at, where it is not the first, and whether its value is right. */
  readonly channel?: number;
  readonly isRight: (value: number) => boolean;
  /** Texts of that file which no such thing can say. */
  readonly impossible: readonly string[];
  /** Where the device may get another number: the folders that then change places, of which the first is its own. */
  readonly numbered?: readonly [own: string, other: string];
}

const CELSIUS = 48.3;
const MILLIDEGREES = `${CELSIUS * 1000}\n`;

/** A device of a class under two numbers, with another one beside it that says something else. */
function classDevices(folder: string, prefix: string, file: string, name: string, nameFile = 'name') {
  const own = `${folder}/${prefix}0`;
  const other = `${folder}/${prefix}1`;
  return {
    numbered: [own, other] as const,
    file: `${own}/${file}`,
    isRight: about(CELSIUS),
    texts: (): Texts => ({
      [`${own}/${nameFile}`]: () => `${name}\n`,
      [`${own}/${file}`]: () => MILLIDEGREES,
      [`${other}/${nameFile}`]: () => 'another\n',
      [`${other}/${file}`]: () => '11111\n',
    }),
  };
}

const PERCENT_BUSY = 25;
const BYTES_PER_SECOND = 1000;

/** A machine for each kind that needs files of the kernel. */
export const KERNEL_MACHINES: Readonly<Record<string, KernelMachine>> = {
  iio: {
    ...classDevices('/sys/bus/iio/devices', 'iio:device', 'in_temp_input', 'bme280'),
    written: { device: 'bme280' },
    impossible: ['-300000\n', '48.3 C\n', '0x1f\n'],
  },
  hwmon: {
    ...classDevices('/sys/class/hwmon', 'hwmon', 'temp1_input', 'cpu_thermal'),
    written: { device: 'cpu_thermal' },
    impossible: ['-300000\n', 'N/A\n'],
  },
  thermal: {
    ...classDevices('/sys/class/thermal', 'thermal_zone', 'temp', 'cpu-thermal', 'type'),
    written: { zone: 'cpu-thermal' },
    impossible: ['-274000\n', '48.3\n'],
  },
  'pi-throttled': {
    file: '/sys/devices/platform/soc/soc:firmware/get_throttled',
    texts: () => ({ '/sys/devices/platform/soc/soc:firmware/get_throttled': () => '50005\n' }),
    isRight: value => value === 1,
    impossible: ['150005000\n', 'throttled=0x0\n'],
  },
  'host-load': {
    file: '/proc/loadavg',
    texts: () => ({ '/proc/loadavg': () => '0.52 0.58 0.59 2/123 4567\n' }),
    isRight: about(0.52),
    impossible: ['-1.00 0.00 0.00 1/1 1\n', 'nan nan nan 1/1 1\n'],
  },
  'host-cpu': {
    file: '/proc/stat',
    texts: clock => ({
      '/proc/stat': () => {
        const ticks = 100 * clock.monotonic();
        const busy = Math.floor((ticks * PERCENT_BUSY) / 100);
        return stat(busy, 0, 0, Math.floor(ticks) - busy);
      },
    }),
    // A tenth of a second has ten ticks.
    isRight: about(PERCENT_BUSY, 10),
    impossible: ['cpu  -5 0 0 100\n', 'cpu  5\n'],
  },
  'host-network': {
    file: '/proc/net/dev',
    texts: clock => ({
      '/proc/net/dev': () =>
        netDev({ lo: [1, 1], eth0: [Math.floor(BYTES_PER_SECOND * clock.monotonic()), 5] }),
    }),
    channel: 2,
    isRight: about(BYTES_PER_SECOND, 10),
    impossible: [netDev({}), netDev({ eth0: [-5, 5] })],
  },
};
