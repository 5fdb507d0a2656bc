// Keeps a text that a person has typed, and that is in no file, where the conversation ends without a decision about it.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Writes the text into a file of this name in a new folder, readable by this user alone. Returns the path. */
export async function keepUnsaved(name: string, text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'dapberry-edit-')), basename(name));
  await writeFile(path, text, { mode: 0o600 });
  return path;
}
