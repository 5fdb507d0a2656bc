#!/usr/bin/env node
// The command `dapberry`: what was asked for, and how it ended (0 = well, 1 = it could not, 2 = wrong usage).

import { fileURLToPath } from 'node:url';
import { ConfigError } from './config/read.ts';
import { parseCommand, USAGE, UsageError } from './options.ts';
import { serve } from './serve.ts';
import { VERSION } from './version.ts';

/** The page that `npm run build` made, beside this file's folder in `dist`. */
const WEB_ROOT = fileURLToPath(new URL('../web', import.meta.url));

try {
  const command = parseCommand(process.argv.slice(2));
  if (command.name === 'help') process.stdout.write(USAGE);
  else if (command.name === 'version') process.stdout.write(`${VERSION}\n`);
  else await serve(command.options, WEB_ROOT);
} catch (error) {
  if (error instanceof ConfigError) {
    const { length } = error.problems;
    const what = length === 1 ? 'a mistake' : `${length} mistakes`;
    process.stderr.write(`${error.message}\ndapberry: ${what} in the configuration; nothing was started\n`);
    process.exit(2);
  }
  const message = error instanceof Error ? error.message : String(error);
  const usage = error instanceof UsageError;
  process.stderr.write(`dapberry: ${message}${usage ? '; see dapberry --help' : ''}\n`);
  process.exit(usage ? 2 : 1);
}
