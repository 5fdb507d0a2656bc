// `dapberry devices`: prints the devices that a service manager has to allow for what is configured.

import { link, lstat, rm, writeFile } from 'node:fs/promises';
import type { Need } from '../../../device/index.ts';
import type { Config } from '../../config/config.ts';
import { textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { CONFIG_OPTION, fileOf, readValidConfig } from './config-options.ts';

/**
 * The kernel's names (/proc/devices) of what sensors open below /dev. All of a class: buses and chips are numbered as they are
 * found. What is not here goes through files of /sys. systemd/allow-devices.sh takes these and nothing else.
 */
const CLASSES: Readonly<Partial<Record<Need, string>>> = { gpio: 'gpiochip', i2c: 'i2c' };

/** The last line of a file: without it the program, or a driver that it loaded, ended too early. */
const END = 'end';

export const devicesCommand: Command = {
  name: 'devices',
  summary: 'print the devices that systemd has to allow for a configuration',
  description:
    'Prints what the sensors of the configuration open below /dev, one a line as DeviceAllow= of systemd takes it; nothing where they read files of /sys and /proc alone, or are simulated. The service dapberry-devices.service applies it when the configuration changes. Drivers are loaded for this: what they print themselves stands between the lines, but not in the file of --output.',
  options: [
    CONFIG_OPTION,
    {
      name: 'output',
      value: 'FILE',
      meaning: `write the list to this new file instead, in place at once and with a last line "${END}"`,
    },
  ],
  examples: ['dapberry devices', 'dapberry devices --config garden.yaml'],
  run: async (args, { machine, print }) => {
    const output = textOf(args, 'output', 'a file');
    // Somebody's own file stays; and a list of before is not taken for that of a configuration that is wrong.
    if (output !== undefined && (await isThere(output)))
      throw new UsageError(
        `--output: expected the name of a new file, found ${output}, which is there already`,
      );
    const { config } = await readValidConfig(fileOf(args), machine);
    const devices = devicesOf(config);
    if (output === undefined) for (const device of devices) print(`${device}\n`);
    else await writeAtOnce(output, [...devices, END].map(line => `${line}\n`).join(''));
    return 0;
  },
};

function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Writes a file that is not there; rejects where it has come to be there meanwhile. */
async function writeAtOnce(file: string, text: string): Promise<void> {
  const unfinished = `${file}.new`;
  await writeFile(unfinished, text, { flag: 'wx', mode: 0o644 });
  try {
    await link(unfinished, file);
  } finally {
    await rm(unfinished);
  }
}

/** `char-i2c rw`, in the order of their names. */
export function devicesOf({ simulate, datasets }: Config): readonly string[] {
  if (simulate) return [];
  const needs = datasets.flatMap(({ sensors }) => sensors.flatMap(({ kind }) => kind.needs));
  const classes = needs.flatMap(need => CLASSES[need] ?? []);
  return [...new Set(classes)].sort().map(name => `char-${name} rw`);
}
