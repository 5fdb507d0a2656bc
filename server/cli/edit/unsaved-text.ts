// Keeps a text that a person has typed and that is in no file, where the conversation ends without a decision about it, and finds it.

import { mkdtempSync, type Stats, writeFileSync } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { hasProcess } from '../../machine/lock-owner.ts';

/** The name of a folder begins so, then come the number of the process and letters by chance. */
const FOLDER = /^dapberry-edit-(\d+)-/;

/** A new folder for texts, which this user alone can read. */
export function newTextFolder(): string {
  return mkdtempSync(join(tmpdir(), `dapberry-edit-${process.pid}-`));
}

/** Writes the text into a file of this name in a new folder, at once: the process may be about to end. Returns the path. */
export function keepUnsaved(name: string, text: string): string {
  const path = join(newTextFolder(), basename(name));
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/**
 * The files of this user that processes have left which edited a file of this name and have ended, also those that an editor
 * has made of its own, such as `config.yaml.save`. Without those that have the text `current`, or none.
 */
export async function leftTexts(name: string, current: string | undefined): Promise<readonly string[]> {
  const left: string[] = [];
  for (const folder of await readdir(tmpdir()).catch(() => [])) {
    const [, pid] = FOLDER.exec(folder) ?? [];
    if (pid === undefined || (await hasProcess(Number(pid)))) continue;
    const path = join(tmpdir(), folder);
    // Others may make folders and links of such names there.
    if (!(await statusOfOwn(path))?.isDirectory()) continue;
    for (const file of await readdir(path).catch(() => [])) {
      if (!file.includes(basename(name))) continue;
      const own = join(path, file);
      if (await isLeft(own, current)) left.push(own);
    }
  }
  return left;
}

async function isLeft(path: string, current: string | undefined): Promise<boolean> {
  const status = await statusOfOwn(path);
  if (status?.isFile() !== true || status.size === 0) return false;
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text !== undefined && text !== current;
}

/** Undefined for what belongs to another user, and for nothing. */
async function statusOfOwn(path: string): Promise<Stats | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.uid === process.getuid?.() ? status : undefined;
}
