// Runs one conversation about a file at a time, and keeps what was typed where the process ends before a decision about it.

import { basename, dirname, join } from 'node:path';
import { ProcessLock } from '../../machine/process-lock.ts';

/** What ends the process without a decision, such as a connection that breaks. */
const ENDINGS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export interface Conversation {
  /** True while the terminal is that of an editor. */
  readonly isInEditor: boolean;
  /** Returns the file in which what the person has typed is now; undefined if nothing is to be kept, or it cannot be written. */
  keepTyped(): string | undefined;
  /** Returns the exit code. */
  run(): Promise<number>;
}

/** Rejects with a sentence that names the process which edits the file already. */
export async function runAlone(file: string, conversation: Conversation): Promise<number> {
  const path = join(dirname(file), `.${basename(file)}.edit`);
  const lock = await ProcessLock.take(path, 'dapberry edit', `${file} is edited already`);
  const leave = () => {
    conversation.keepTyped();
    lock.release();
  };
  const end = (signal: NodeJS.Signals) => {
    // A Ctrl-C in the editor is for the editor.
    if (signal === 'SIGINT' && conversation.isInEditor) return;
    leave();
    for (const name of ENDINGS) process.off(name, end);
    process.kill(process.pid, signal);
  };
  for (const name of ENDINGS) process.on(name, end);
  // Such as after an error of the output, which nobody reads any more.
  process.on('exit', leave);
  try {
    return await conversation.run();
  } finally {
    for (const name of ENDINGS) process.off(name, end);
    process.off('exit', leave);
    lock.release();
  }
}
