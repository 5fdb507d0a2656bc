// Runs the command that a command line names, and turns its outcome into an exit code and its error into one sentence.

import { messageOf } from '../../../device/index.ts';
import { ConfigError } from '../../config/read.ts';
import { counted } from '../../text/terminal-text.ts';
import { visibleLine } from '../../text/visible-text.ts';
import { VERSION } from '../../version.ts';
import { parseArguments } from './arguments.ts';
import { COMMANDS } from './catalogue.ts';
import { type CommandContext, UsageError } from './command.ts';
import { commandHelp, programHelp } from './help.ts';

/**
 * Runs the command line `words`. Does not reject: errors go to `complain`, which writes to standard error.
 * @returns 0 for success, 1 for a failure or a problem that was found, 2 for a mistake in the command line or the
 * configuration; undefined while the command keeps running
 */
export async function runProgram(
  words: readonly string[],
  context: CommandContext,
  complain: (text: string) => void,
): Promise<number | undefined> {
  const { print } = context;
  let name: string | undefined;
  try {
    const { command, args } = parseArguments(words, COMMANDS);
    name = command.name;
    // Without a command's name, --help prints the help of the program.
    if (args.options.has('help'))
      print(words.includes(command.name) ? commandHelp(command) : programHelp(COMMANDS));
    else if (args.options.has('version')) print(`${VERSION}\n`);
    else return await command.run(args, context);
    return 0;
  } catch (error) {
    complain(complaint(error, name));
    if (words.includes('--debug')) complain(`${traceOf(error)}\n`);
    return error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
  }
}

function complaint(error: unknown, command: string | undefined): string {
  if (error instanceof ConfigError) {
    const { length } = error.problems;
    return `${error.message}\ndapberry: ${counted(length, 'mistake')} in the configuration${command === 'serve' ? '; nothing was started' : ''}\n`;
  }
  // One line, even if another program wrote the message.
  const message = visibleLine(messageOf(error));
  const help = `see dapberry ${command === undefined ? '' : `${command} `}--help`;
  return `dapberry: ${message}${error instanceof UsageError ? `; ${error.hint ?? help}` : ''}\n`;
}

/** The stack of an error and of its causes. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = error.message, cause } = error;
  return cause === undefined ? stack : `${stack}\ncaused by ${traceOf(cause)}`;
}
