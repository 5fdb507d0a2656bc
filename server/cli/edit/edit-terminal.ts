// Talks to the person at this process's terminal: prints, asks, and runs the editor on a temporary copy.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { messageOf } from '../../../device/index.ts';
import { textOf } from './edited-file.ts';
import type { EditTerminal } from './editing.ts';
import { newTextFolder } from './unsaved-text.ts';

/** Debian's choice of the user, else the editor that POSIX has. */
const USUAL_EDITOR =
  'if command -v sensible-editor >/dev/null; then exec sensible-editor "$1"; fi; exec vi "$1"';

const ignore = () => undefined;

export function processTerminal(print: (text: string) => void): EditTerminal {
  // Of a terminal that is gone, Node reports EIO here, also for its mode: the input has ended then.
  if (!process.stdin.listeners('error').includes(ignore)) process.stdin.on('error', ignore);
  return { print, ask, edit };
}

function ask(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise(answered => {
    lines.question(question, answer => {
      answered(answer);
      lines.close();
    });
    lines.on('error', () => lines.close());
    lines.once('close', () => answered(undefined));
  });
}

/** The copy is readable by this user alone, like the file may be. After an error it stays if it has what the file has not. */
async function edit(path: string, text: string): Promise<string> {
  const folder = newTextFolder();
  // With its own name, by which editors know the language.
  const copy = join(folder, basename(path));
  let isKept = false;
  try {
    await writeFile(copy, text, { mode: 0o600 });
    await runEditor(copy);
    return (await textOf(copy)) ?? '';
  } catch (error) {
    isKept = await hasOwnText(copy, path);
    throw isKept ? new Error(`${messageOf(error)}; your text is in ${copy}`) : error;
  } finally {
    // At once: a signal between this and the caller would find the text nowhere.
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

async function hasOwnText(copy: string, path: string): Promise<boolean> {
  const [own, before] = await Promise.all(
    [copy, path].map(file => readFile(file).catch(() => Buffer.alloc(0))),
  );
  return own!.length > 0 && !own!.equals(before!);
}

async function runEditor(copy: string): Promise<void> {
  const { VISUAL, EDITOR } = process.env;
  const editor = VISUAL || EDITOR;
  // The variables may have arguments, as in "code --wait".
  const script = editor ? `${editor} "$1"` : USUAL_EDITOR;
  // A Ctrl-C in the editor is for the editor.
  process.on('SIGINT', ignore);
  try {
    const child = spawn('/bin/sh', ['-c', script, 'sh', copy], { stdio: 'inherit' });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code !== 0)
      throw new Error(
        `the editor (${editor || 'sensible-editor or vi'}) ended with ${code === null ? signal : `code ${code}`}: nothing was saved`,
      );
  } finally {
    process.off('SIGINT', ignore);
  }
}
