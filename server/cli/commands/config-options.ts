// The options that several commands share: which configuration is meant, and at which address it is served.

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
    'the configuration; else the file that $DAPBERRY_CONFIG names, else /etc/dapberry/config.yaml if it is there, else the built-in datasets',
};

/** Of commands that tell where would be served. */
export const ADDRESS_OPTIONS: readonly Option[] = [
  { name: 'port', value: 'N', meaning: 'the port that the server is told to listen on' },
  { name: 'host', value: 'ADDRESS', meaning: 'the address that it is told to listen on' },
];

/** What `--host` and `--port` say, which comes before what the configuration says. */
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
  meaning: 'simulate every sensor, reading nothing of this machine',
};

export function fileOf(args: CommandArguments): string | undefined {
  return textOf(args, 'config', 'a file');
}

/** @throws ConfigError with everything that is wrong with it */
export async function readValidConfig(
  file: string | undefined,
  { configuration, host }: Machine,
  overrides: Overrides = {},
): Promise<ValidConfig> {
  const read = await readConfig(file, overrides, { ...configuration, hostOf: host });
  if ('problems' in read) throw new ConfigError(read.problems);
  return read;
}
