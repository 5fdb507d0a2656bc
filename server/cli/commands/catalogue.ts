// Lists all commands in the order of the help; the first one runs without a command name.

import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { devicesCommand } from './devices.ts';
import { doctorCommand } from './doctor.ts';
import { editCommand } from './edit.ts';
import { helpOf } from './help.ts';
import { importCommand } from './import.ts';
import { listCommand } from './list.ts';
import { passwordCommand } from './password.ts';
import { pullCommand } from './pull.ts';
import { readCommand } from './read.ts';
import { restoreCommand } from './restore.ts';
import { schemaCommand } from './schema.ts';
import { serveCommand } from './serve.ts';
import { setupCommand } from './setup.ts';
import { tokenCommand } from './token.ts';
import { versionCommand } from './version.ts';

const WITHOUT_HELP: readonly Command[] = [
  serveCommand,
  checkCommand,
  setupCommand,
  editCommand,
  listCommand,
  readCommand,
  pullCommand,
  importCommand,
  backupCommand,
  restoreCommand,
  passwordCommand,
  tokenCommand,
  doctorCommand,
  devicesCommand,
  schemaCommand,
  versionCommand,
];

export const COMMANDS: readonly Command[] = [...WITHOUT_HELP, helpOf(WITHOUT_HELP)];
