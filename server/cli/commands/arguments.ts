// Parses the command line into a command, its options and its operands, and explains mistakes in it.

import { parseArgs } from 'node:util';
import { nearest } from '../../../dap/model/nearest.ts';
import { type Command, type CommandArguments, type Option, UsageError } from './command.ts';

export interface CommandLine {
  readonly command: Command;
  readonly args: CommandArguments;
}

/** Options that every command has. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'debug', meaning: 'print the stack trace of an error' },
  { name: 'help', meaning: 'print this help' },
];

/** The option of the program itself. */
export const VERSION_OPTION: Option = { name: 'version', meaning: 'print the version' };

/**
 * Parses the words after the program's name. Without a command's name, the first of `commands` is meant.
 * @throws UsageError that says what was expected and what was found
 */
export function parseArguments(words: readonly string[], commands: readonly Command[]): CommandLine {
  const known = [...commands.flatMap(({ options }) => options), ...COMMON_OPTIONS, VERSION_OPTION];
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      known.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const),
    ),
    strict: false,
    tokens: true,
  });
  const names = tokens.flatMap(token => (token.kind === 'positional' ? [token.value] : []));
  const [name, ...operands] = names;
  const command = name === undefined ? commands[0] : commands.find(candidate => candidate.name === name);
  const help = `see dapberry ${command === undefined || name === undefined ? '' : `${name} `}--help`;
  const options = new Map<string, string | true>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { rawName, value } = token;
    const option = token.name === 'h' ? 'help' : token.name;
    const spec = known.find(candidate => candidate.name === option);
    if (spec === undefined) throw unknownOption(rawName, option, command, known, help);
    if (spec.value === undefined && value !== undefined) {
      throw new UsageError(`${rawName}: expected no value, found ${JSON.stringify(value)}`, help);
    }
    if (spec.value !== undefined && (value === undefined || isOption(token.inlineValue, value))) {
      const found = value === undefined ? 'nothing' : `the option ${value}`;
      throw new UsageError(`${rawName}: expected a value (${spec.value}), found ${found}`, help);
    }
    options.set(option, value ?? true);
  }
  if (command === undefined) throw unknownCommand(name ?? '', commands);
  const own = [...command.options, ...COMMON_OPTIONS, VERSION_OPTION].map(option => option.name);
  const foreign = [...options.keys()].find(option => !own.includes(option));
  if (foreign !== undefined) {
    const owners = commands.filter(candidate => candidate.options.some(option => option.name === foreign));
    const names = owners.map(owner => owner.name).join(', ');
    throw new UsageError(`--${foreign} is an option of ${names}, not of ${command.name}`, help);
  }
  const most = command.operands?.most ?? 0;
  if (operands.length > most && !options.has('help')) {
    const expected = command.operands === undefined ? 'nothing' : `no more than ${command.operands.shown}`;
    const found = operands.slice(most).join(' ');
    throw new UsageError(`expected ${expected} after the command ${command.name}, found "${found}"`, help);
  }
  return { command, args: { options, operands } };
}

/** Whether a word in the place of a value looks like an option. `-1` is a number. */
function isOption(inline: boolean | undefined, value: string): boolean {
  return inline === false && /^--?[A-Za-z]/.test(value);
}

function unknownOption(
  raw: string,
  name: string,
  command: Command | undefined,
  known: readonly Option[],
  help: string,
): UsageError {
  const own = [...(command?.options ?? known), ...COMMON_OPTIONS, VERSION_OPTION].map(option => option.name);
  // A single letter resembles every short word.
  const meant =
    name.length < 2
      ? undefined
      : (nearest(name, own) ??
        nearest(
          name,
          known.map(option => option.name),
        ));
  const message = `unknown option ${raw}`;
  return new UsageError(message, meant === undefined ? help : `did you mean --${meant}?`);
}

/** The error for an unknown command. */
export function unknownCommand(name: string, commands: readonly Command[]): UsageError {
  const names = commands.map(command => command.name);
  const meant = nearest(name, names);
  const message = `expected one of the commands ${names.join(', ')}, found ${JSON.stringify(name)}`;
  return new UsageError(message, meant === undefined ? undefined : `did you mean ${meant}?`);
}

/** The text given for an option, never empty; undefined without the option. */
export function textOf({ options }: CommandArguments, name: string, what: string): string | undefined {
  const value = options.get(name);
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '') throw new UsageError(`--${name}: expected ${what}, found ""`);
  return value;
}

/** The word given for an option, one of `choices`; undefined without the option. */
export function choiceOf<Word extends string>(
  { options }: CommandArguments,
  name: string,
  choices: readonly Word[],
): Word | undefined {
  const value = options.get(name);
  if (typeof value !== 'string') return undefined;
  const chosen = choices.find(choice => choice === value);
  if (chosen !== undefined) return chosen;
  const meant = nearest(value, choices);
  throw new UsageError(
    `--${name}: expected one of ${choices.join(', ')}, found ${JSON.stringify(value)}`,
    meant === undefined ? undefined : `did you mean ${meant}?`,
  );
}

/** The number that the whole text spells as a decimal; NaN for any other text, an empty one included. */
export function decimalOf(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

export interface NumberLimits {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

/** The number given for an option; undefined without the option. Throws a UsageError outside of the limits. */
export function numberOf(
  { options }: CommandArguments,
  name: string,
  { low, high, whole }: NumberLimits,
): number | undefined {
  const text = options.get(name);
  if (typeof text !== 'string') return undefined;
  const value = decimalOf(text);
  if (value >= low && value <= high && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `--${name}: expected a ${whole ? 'whole ' : ''}number from ${low} to ${high}, found "${text}"`,
  );
}
