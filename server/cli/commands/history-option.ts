// Reads the option --history, and refuses folders that no history can have.

import { resolve } from 'node:path';
import { unusableFolder } from '../../config/schema/history-schema.ts';
import { textOf } from './arguments.ts';
import { type CommandArguments, UsageError } from './command.ts';

export function historyOptionOf(args: CommandArguments): string | undefined {
  const text = textOf(args, 'history', 'a folder');
  if (text === undefined) return undefined;
  // A shell does not expand the ~ of --history=~/rows.
  const hint = unusableFolder(text.startsWith('~') ? text : resolve(text));
  if (hint === undefined) return text;
  throw new UsageError(`--history: expected a folder on a disk, found ${JSON.stringify(text)}; ${hint}`);
}
