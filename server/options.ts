// What did the command line ask for? `dapberry serve` and its options, checked.

import { parseArgs } from 'node:util';
import type { Overrides } from './config/config.ts';

export interface ServeOptions {
  /** The configuration's file; undefined = the one of the environment, or the usual one. */
  readonly file: string | undefined;
  /** What comes before that which the file says. */
  readonly overrides: Overrides;
}

export type Command =
  | { readonly name: 'serve'; readonly options: ServeOptions }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

/** A command line that cannot be carried out; the message is for the person who typed it. */
export class UsageError extends Error {}

export const USAGE = `usage: dapberry [serve] [options]

Serves this machine's sensors as endless OPeNDAP (DAP2) Sequences, with a live page at /.

  --config FILE    the configuration; else the file that $DAPBERRY_CONFIG names, else
                   /etc/dapberry/config.yaml if it is there, else the built-in datasets

These come before what the configuration says:

  --port N         the port to listen on (8080); 0 takes any free one
  --host ADDRESS   the address to listen on (every address of this machine)
  --interval S     seconds between the rows of every dataset (1); 0 = as fast as each client reads
  --simulate       simulate every sensor, reading nothing of this machine
  --seed N         the simulation's seed (2013): the same seed gives the same values at the same time

  --version        print the version
  --help           print this

examples:
  dapberry serve --config garden.yaml
  dapberry serve --port 80 --interval 10
  dapberry serve --host 127.0.0.1 --interval 0 --simulate
  curl -N http://localhost:8080/roberrypi.asc
`;

/** Reads the arguments after the program's name; throws a UsageError that says what was expected and found. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { name: 'help' };
  if (values.version === true) return { name: 'version' };
  const [command = 'serve', ...more] = positionals;
  if (command === 'help') return { name: 'help' };
  if (command !== 'serve') throw new UsageError(`expected the command "serve", found "${command}"`);
  if (values.config?.trim() === '') throw new UsageError('--config: expected a file, found ""');
  if (values.host?.trim() === '') throw new UsageError('--host: expected an address, found ""');
  if (more.length > 0) throw new UsageError(`expected no more than the command, found "${more.join(' ')}"`);
  return {
    name: 'serve',
    options: {
      file: values.config,
      overrides: overridesOf(values),
    },
  };
}

function overridesOf(values: ReturnType<typeof parse>['values']): Overrides {
  const given = {
    host: values.host,
    port: number(values, 'port', { low: 0, high: 65_535, whole: true }),
    interval: interval(values),
    simulate: values.simulate,
    seed: number(values, 'seed', { low: 0, high: 4_294_967_295, whole: true }),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const OPTIONS = {
  config: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  interval: { type: 'string' },
  simulate: { type: 'boolean' },
  seed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type Values = { [Name in keyof typeof OPTIONS]?: string | boolean | undefined };

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: joinNegatives(args), options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // node says more than a person needs after the first sentence.
    throw new UsageError(message.split(/\.\s/)[0]!);
  }
}

/** `--interval -1` as `--interval=-1`, so that its own check can say what is wrong with it. */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-[\d.]/.test(arg) && before !== undefined && /^--\w+$/.test(before))
      joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function interval(values: Values): number | undefined {
  const seconds = number(values, 'interval', { low: 0, high: 86_400, whole: false });
  if (seconds !== undefined && seconds > 0 && seconds < 0.001) {
    throw new UsageError(`--interval: expected 0, or 0.001 to 86400 seconds, found "${values.interval}"`);
  }
  return seconds;
}

function number(
  values: Values,
  name: keyof Values,
  { low, high, whole }: { low: number; high: number; whole: boolean },
): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = String(text).trim() === '' ? Number.NaN : Number(text);
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `--${name}: expected a ${whole ? 'whole ' : ''}number from ${low} to ${high}, found "${text}"`,
  );
}
