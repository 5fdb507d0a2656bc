// Runs the command line of this process with this machine and this terminal around it, and ends with an exit code.

import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { threadsBack } from './blocked-threads.ts';
import type { Surroundings } from './commands/command.ts';
import { runProgram } from './commands/program.ts';
import { thisMachine } from './machine/machine.ts';
import { takeUncaughtErrors } from './uncaught.ts';

/** Of a terminal: back to the beginning of the line, which is empty then. */
const ANEW = '\r\u001b[K';
const { stderr } = process;

const surroundings: Surroundings = {
  machine: thisMachine(),
  print: text => process.stdout.write(text),
  tell: {
    line: text => stderr.write(`${stderr.isTTY ? ANEW : ''}dapberry: ${text}\n`),
    progress: text => stderr.isTTY && stderr.write(`${ANEW}${text}`),
  },
  // Only on a terminal, and not where NO_COLOR is set.
  styled: (style, text) => styleText(style, text, { stream: process.stdout }),
  // The page that `npm run build` made, beside this file's folder in `dist`.
  webRoot: fileURLToPath(new URL('../web', import.meta.url)),
};

/** How long the threads of the kernel's files may take when the command is done, in milliseconds. */
const LONGEST_FAREWELL = 500;

takeUncaughtErrors();

/** Whoever reads has seen enough: `dapberry list | head -1`. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const code = await runProgram(process.argv.slice(2), surroundings, text => process.stderr.write(text));
if (code !== undefined) {
  // A sensor that hangs keeps nobody waiting for long; what was written leaves first.
  await threadsBack(performance.now() + LONGEST_FAREWELL);
  process.stdout.write('', () => process.exit(code));
}
