// Which configuration is a command about? The one that `--config` names, or the one that would be served.

import type { Overrides } from '../config/config.ts';
import { ConfigError, type Configured, readConfig } from '../config/read.ts';
import type { Machine } from '../machine/machine.ts';
import { textOf } from './arguments.ts';
import type { Given, Option } from './command.ts';

export const CONFIG_OPTION: Option = {
  name: 'config',
  value: 'FILE',
  meaning:
    'the configuration; else the file that $DAPBERRY_CONFIG names, else /etc/dapberry/config.yaml if it is there, else the built-in datasets',
};

export const SIMULATE_OPTION: Option = {
  name: 'simulate',
  meaning: 'simulate every sensor, reading nothing of this machine',
};

export function fileOf(given: Given): string | undefined {
  return textOf(given, 'config', 'a file');
}

/** @throws ConfigError with everything that is wrong with it */
export async function configured(
  file: string | undefined,
  { configuration, host }: Machine,
  overrides: Overrides = {},
): Promise<Configured> {
  const read = await readConfig(file, overrides, { ...configuration, hostOf: host });
  if ('problems' in read) throw new ConfigError(read.problems);
  return read;
}
