// `dapberry devices`: prints the device classes that systemd must allow for the configured sensors.

import { link, lstat, rm, writeFile } from 'node:fs/promises';
import type { Need } from '../../../device/index.ts';
import { type Config, sensorsOf } from '../../config/config.ts';
import { textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';
import { CONFIG_OPTION, fileOf, readValidConfig } from './config-options.ts';

/**
 * The kernel's names (/proc/devices) for the device classes that sensors open below /dev. Whole classes, because buses and chips
 * are numbered in the order in which the kernel finds them. Other needs use files of /sys. systemd/allow-devices.sh accepts only these.
 */
const CLASSES: Readonly<Partial<Record<Need, string>>> = { gpio: 'gpiochip', i2c: 'i2c' };

/** The last line of a complete file: without it, the program or one of its drivers ended too early. */
const END = 'end';

export const devicesCommand: Command = {
  name: 'devices',
  summary: 'print the devices that systemd must allow for a configuration',
  description:
    'Prints the devices below /dev that the configured sensors open, one per line in the form of DeviceAllow= of systemd. Prints nothing if the sensors only read files of /sys and /proc, or are simulated. The service dapberry-devices.service runs this command when the configuration changes. The command loads the drivers; text that a driver prints appears between the lines, but not in the file of --output.',
  options: [
    CONFIG_OPTION,
    {
      name: 'output',
      value: 'FILE',
      meaning: `write the list to this new file instead, atomically and with a last line "${END}"`,
    },
  ],
  examples: ['dapberry devices', 'dapberry devices --config garden.yaml'],
  run: async (args, { machine, print }) => {
    const output = textOf(args, 'output', 'a file');
    // An existing file is kept, and an old list cannot pass for the list of a wrong configuration.
    if (output !== undefined && (await isThere(output)))
      throw new UsageError(
        `--output: expected the name of a new file, found ${output}, which exists already`,
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

/** Creates a file atomically; rejects if the file exists by then. */
async function writeAtOnce(file: string, text: string): Promise<void> {
  const unfinished = `${file}.new`;
  await writeFile(unfinished, text, { flag: 'wx', mode: 0o644 });
  try {
    await link(unfinished, file);
  } finally {
    await rm(unfinished);
  }
}

/** Such as `char-i2c rw`, sorted by name. */
export function devicesOf({ simulate, datasets }: Config): readonly string[] {
  if (simulate) return [];
  const needs = datasets.flatMap(sensorsOf).flatMap(({ kind }) => kind.needs);
  const classes = needs.flatMap(need => CLASSES[need] ?? []);
  return [...new Set(classes)].sort().map(name => `char-${name} rw`);
}
