// Prints the help of the program and of each command from the commands' own descriptions.

import { aligned, wrapped } from '../../text/terminal-text.ts';
import { COMMON_OPTIONS, unknownCommand, VERSION_OPTION } from './arguments.ts';
import type { Command, Option } from './command.ts';

const PURPOSE =
  "Serves this machine's sensors as endless OPeNDAP (DAP2) Sequences, with a live page at /. The default command is serve.";

const EXIT_CODES = [
  ['0', 'success'],
  ['1', 'failure, or a problem was found'],
  ['2', 'a mistake in the command line or the configuration'],
] as const;

/** The text of `dapberry --help`. */
export function programHelp(commands: readonly Command[]): string {
  return sections([
    ['usage', 'dapberry [COMMAND] [OPTIONS]'],
    ['', wrapped(PURPOSE)],
    ['commands', aligned(commands.map(({ name, summary }) => [name, summary]))],
    ['options of every command', optionLines([...COMMON_OPTIONS, VERSION_OPTION])],
    ['examples', commands.flatMap(({ examples }) => examples.slice(0, 1)).join('\n')],
    ['exit codes', aligned(EXIT_CODES)],
    ['', 'Run dapberry help COMMAND for the help of one command.'],
  ]);
}

/** The text of `dapberry COMMAND --help`. */
export function commandHelp({ name, operands, description, options, examples }: Command): string {
  const after = operands === undefined ? '' : ` ${operands.shown}`;
  return sections([
    ['usage', `dapberry ${name}${after} [OPTIONS]`],
    ['', wrapped(description)],
    ['options', optionLines([...options, ...COMMON_OPTIONS])],
    ['examples', examples.join('\n')],
  ]);
}

/** The command `help`. */
export function helpOf(commands: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    summary: 'print the help of the program or of one command',
    description: 'Prints the help of the program, or of one command.',
    operands: { shown: '[COMMAND]', most: 1 },
    options: [],
    examples: ['dapberry help', 'dapberry help check'],
    run: async ({ operands: [name] }, { print }) => {
      const command = [...commands, help].find(candidate => candidate.name === name);
      if (name !== undefined && command === undefined) throw unknownCommand(name, [...commands, help]);
      print(command === undefined ? programHelp([...commands, help]) : commandHelp(command));
      return 0;
    },
  };
  return help;
}

function optionLines(options: readonly Option[]): string {
  return aligned(
    options.map(({ name, value, meaning }) => [
      `--${name}${value === undefined ? '' : ` ${value}`}${name === 'help' ? ', -h' : ''}`,
      meaning,
    ]),
  );
}

/** Puts the first section beside its title, and the others below theirs. */
function sections(parts: readonly (readonly [title: string, body: string])[]): string {
  const [[usage, line], ...others] = parts as [readonly [string, string], ...typeof parts];
  const texts = others.map(([title, body]) => (title === '' ? body : `${title}:\n${indented(body)}`));
  return `${[`${usage}: ${line}`, ...texts].join('\n\n')}\n`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
