// Runs the command line of this process on this machine and terminal, and exits with its code.

import { fileURLToPath } from 'node:url';
import { thisMachine } from '../machine/machine.ts';
import { threadsBack } from '../run/blocked-threads.ts';
import { takeUncaughtErrors } from '../run/uncaught.ts';
import { releaseYoungGeneration } from '../run/young-generation.ts';
import { visibleLine, visibleText } from '../text/visible-text.ts';
import { PROGRAM_ROOT } from '../version.ts';
import type { CommandContext } from './commands/command.ts';
import { runProgram } from './commands/program.ts';
import { TerminalStyles } from './terminal-styles.ts';

/** The terminal's sequence that clears the current line. */
const CLEAR_LINE = '\r\u001b[K';
const { stdout, stderr } = process;
const styles = new TerminalStyles(stdout);

const context: CommandContext = {
  machine: thisMachine(),
  print: text => stdout.write(styles.shown(text)),
  printData: text => stdout.write(stdout.isTTY ? visibleText(text) : text),
  tell: {
    line: text => stderr.write(`${stderr.isTTY ? CLEAR_LINE : ''}dapberry: ${visibleLine(text)}\n`),
    isTerminal: stderr.isTTY === true,
    progress: text => stderr.isTTY && stderr.write(`${CLEAR_LINE}${visibleLine(text)}`),
  },
  styled: (style, text) => styles.styled(style, text),
  // The page that `npm run build` made.
  webRoot: fileURLToPath(new URL('dist/web', PROGRAM_ROOT)),
};

/** How long the exit waits for threads in calls of the file system. */
const EXIT_WAIT_MS = 500;

takeUncaughtErrors();
releaseYoungGeneration();

// The program ends silently when the reader of its output has ended: `dapberry list | head -1`.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    if (stream === stdout) stderr.write(`dapberry: standard output: ${error.message}\n`);
    process.exit(1);
  });
}

const code = await runProgram(process.argv.slice(2), context, text => stderr.write(visibleText(text)));
if (code !== undefined) {
  // A hanging sensor delays the exit only shortly; the output is flushed first.
  await threadsBack(performance.now() + EXIT_WAIT_MS);
  process.stdout.write('', () => process.exit(code));
}
