// How is the program used? The help of the program and of each command, made from what they say of themselves.

import { aligned, wrapped } from '../../text/terminal-text.ts';
import { COMMON_OPTIONS, unknownCommand, VERSION_OPTION } from './arguments.ts';
import type { Command, Option } from './command.ts';

const PURPOSE =
  "Serves this machine's sensors as endless OPeNDAP (DAP2) Sequences, with a live page at /. Without a command it serves.";

const EXIT_CODES = [
  ['0', 'it went well'],
  ['1', 'it could not be done, or something that was looked at is wrong'],
  ['2', 'the command line or the configuration is wrong'],
] as const;

/** What `dapberry --help` prints. */
export function programHelp(commands: readonly Command[]): string {
  return sections([
    ['usage', 'dapberry [COMMAND] [OPTIONS]'],
    ['', wrapped(PURPOSE)],
    ['commands', aligned(commands.map(({ name, summary }) => [name, summary]))],
    ['options of every command', optionLines([...COMMON_OPTIONS, VERSION_OPTION])],
    ['examples', commands.flatMap(({ examples }) => examples.slice(0, 1)).join('\n')],
    ['exit codes', aligned(EXIT_CODES)],
    ['', 'dapberry help COMMAND tells more of a command.'],
  ]);
}

/** What `dapberry COMMAND --help` prints. */
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
    summary: 'tell how the program or a command is used',
    description: 'Prints the help of the program, or of a command.',
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

/** The first section stands beside its title, others below theirs. */
function sections(parts: readonly (readonly [title: string, body: string])[]): string {
  const [[usage, line], ...others] = parts as [readonly [string, string], ...typeof parts];
  const texts = others.map(([title, body]) => (title === '' ? body : `${title}:\n${indented(body)}`));
  return `${[`${usage}: ${line}`, ...texts].join('\n\n')}\n`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
