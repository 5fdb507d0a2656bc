// `dapberry devices`: which devices does a service manager have to allow for what is configured?

import type { Need } from '../../device/index.ts';
import type { Config } from '../config/config.ts';
import type { Command } from './command.ts';
import { CONFIG_OPTION, configured, fileOf } from './configured.ts';

/**
 * The kernel's names (/proc/devices) of what sensors open below /dev. All of a class: buses and chips are numbered as they are
 * found. What is not here goes through files of /sys.
 */
const CLASSES: Readonly<Partial<Record<Need, string>>> = { gpio: 'gpiochip', i2c: 'i2c' };

export const devicesCommand: Command = {
  name: 'devices',
  summary: 'print the devices that systemd has to allow for a configuration',
  description:
    'Prints what the sensors of the configuration open below /dev, one a line as DeviceAllow= of systemd takes it; nothing where they read files of /sys and /proc alone, or are simulated. The service dapberry-devices.service applies it when the configuration changes.',
  options: [CONFIG_OPTION],
  examples: ['dapberry devices', 'dapberry devices --config garden.yaml'],
  run: async (given, { machine, print }) => {
    const { config } = await configured(fileOf(given), machine);
    for (const device of devicesOf(config)) print(`${device}\n`);
    return 0;
  },
};

/** `char-i2c rw`, in the order of their names. */
export function devicesOf({ simulate, datasets }: Config): readonly string[] {
  if (simulate) return [];
  const needs = datasets.flatMap(({ sensors }) => sensors.flatMap(({ kind }) => kind.needs));
  const classes = needs.flatMap(need => CLASSES[need] ?? []);
  return [...new Set(classes)].sort().map(name => `char-${name} rw`);
}
