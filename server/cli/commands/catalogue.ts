// Which commands are there? All of them, in the order in which the help shows them; the first is meant where none is named.

import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { devicesCommand } from './devices.ts';
import { doctorCommand } from './doctor.ts';
import { helpOf } from './help.ts';
import { listCommand } from './list.ts';
import { pullCommand } from './pull.ts';
import { readCommand } from './read.ts';
import { schemaCommand } from './schema.ts';
import { serveCommand } from './serve.ts';

const WITHOUT_HELP: readonly Command[] = [
  serveCommand,
  checkCommand,
  listCommand,
  readCommand,
  pullCommand,
  doctorCommand,
  devicesCommand,
  schemaCommand,
];

export const COMMANDS: readonly Command[] = [...WITHOUT_HELP, helpOf(WITHOUT_HELP)];
