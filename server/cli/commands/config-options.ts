// Defines the options that several commands share: the configuration file, the listening address and simulation.

import type { Overrides } from '../../config/config.ts';
import { ConfigError, readConfig, type ValidConfig } from '../../config/read.ts';
import { EXPECTED_HOST, listenFault } from '../../config/schema/listen-address.ts';
import { quoted } from '../../config/text/problem.ts';
import type { Machine } from '../../machine/machine.ts';
import { numberOf, textOf } from './arguments.ts';
import { type CommandArguments, type Option, UsageError } from './command.ts';

export const CONFIG_OPTION: Option = {
  name: 'config',
  value: 'FILE',
  meaning:
    'the configuration file; by default $DAPBERRY_CONFIG, else /etc/dapberry/config.yaml, else the built-in datasets',
};

/** Options of commands that print or examine the server's addresses. */
export const ADDRESS_OPTIONS: readonly Option[] = [
  { name: 'port', value: 'N', meaning: 'the port that the server would listen on' },
  { name: 'host', value: 'ADDRESS', meaning: 'the address that the server would listen on' },
];

/** The overrides that `--host` and `--port` give. */
export function addressOf(args: CommandArguments): Overrides {
  const host = textOf(args, 'host', 'an address');
  const fault = host === undefined ? undefined : listenFault(host);
  if (fault !== undefined) {
    throw new UsageError(`--host: expected ${EXPECTED_HOST}, found ${quoted(host ?? '')}`, fault.hint);
  }
  const port = numberOf(args, 'port', { low: 0, high: 65_535, whole: true });
  return { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
}

export const SIMULATE_OPTION: Option = {
  name: 'simulate',
  meaning: 'simulate every sensor instead of reading this machine',
};

export function fileOf(args: CommandArguments): string | undefined {
  return textOf(args, 'config', 'a file');
}

/** @throws ConfigError with all mistakes in the configuration */
export async function readValidConfig(
  file: string | undefined,
  { configuration, host }: Machine,
  overrides: Overrides = {},
  stateDirectory?: string,
  secrets?: 'check',
): Promise<ValidConfig> {
  const read = await readConfig(file, overrides, { ...configuration, hostOf: host, stateDirectory, secrets });
  if ('problems' in read) throw new ConfigError(read.problems);
  return read;
}
