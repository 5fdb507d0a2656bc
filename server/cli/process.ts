// Runs the command line of this process with this machine and this terminal around it, and ends with an exit code.

import { fileURLToPath } from 'node:url';
import { thisMachine } from '../machine/machine.ts';
import { threadsBack } from '../run/blocked-threads.ts';
import { takeUncaughtErrors } from '../run/uncaught.ts';
import { visibleLine, visibleText } from '../text/visible-text.ts';
import type { CommandContext } from './commands/command.ts';
import { runProgram } from './commands/program.ts';
import { TerminalStyles } from './terminal-styles.ts';

/** Of a terminal: back to the beginning of the line, which is empty then. */
const ANEW = '\r\u001b[K';
const { stdout, stderr } = process;
const styles = new TerminalStyles(stdout);

const context: CommandContext = {
  machine: thisMachine(),
  print: text => stdout.write(styles.shown(text)),
  printData: text => stdout.write(stdout.isTTY ? visibleText(text) : text),
  tell: {
    line: text => stderr.write(`${stderr.isTTY ? ANEW : ''}dapberry: ${visibleLine(text)}\n`),
    progress: text => stderr.isTTY && stderr.write(`${ANEW}${visibleLine(text)}`),
  },
  styled: (style, text) => styles.styled(style, text),
  // The page that `npm run build` made, beside this file's folder in `dist`.
  webRoot: fileURLToPath(new URL('../../web', import.meta.url)),
};

/** How long the threads of the kernel's files may take when the command is done, in milliseconds. */
const LONGEST_FAREWELL = 500;

takeUncaughtErrors();

// A reader that has seen enough ends the program without a word: `dapberry list | head -1`.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    if (stream === stdout) stderr.write(`dapberry: standard output: ${error.message}\n`);
    process.exit(1);
  });
}

const code = await runProgram(process.argv.slice(2), context, text => stderr.write(visibleText(text)));
if (code !== undefined) {
  // A sensor that hangs keeps nobody waiting for long; what was written leaves first.
  await threadsBack(performance.now() + LONGEST_FAREWELL);
  process.stdout.write('', () => process.exit(code));
}
