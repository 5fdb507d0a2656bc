// How does a command line become an exit code? The command that it names runs; what goes wrong is told in one sentence.

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
 * Runs what the arguments after the program's name ask for. Does not reject: errors go to `complain`, which writes to
 * standard error.
 * @returns 0 for well, 1 for what could not be done or is wrong, 2 for wrong usage or a wrong configuration; undefined
 * while the command goes on
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
    // Whoever asks for help without a command wants to know of all.
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
  // One sentence, also where another program wrote it.
  const message = visibleLine(messageOf(error));
  const help = `see dapberry ${command === undefined ? '' : `${command} `}--help`;
  return `dapberry: ${message}${error instanceof UsageError ? `; ${error.hint ?? help}` : ''}\n`;
}

/** The stack of an error and of those that it came from. */
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stack = error.message, cause } = error;
  return cause === undefined ? stack : `${stack}\ncaused by ${traceOf(cause)}`;
}
