// Reports the files in `config.d` that look like datasets but are not read.

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CONFIG_FOLDER, isDatasetFile } from './find.ts';

/** Copies that editors and package managers put beside a file. */
const COPY = /(?:~|#|\.(?:bak|backup|old|orig|save|swp|swo|swx|tmp|rej|dpkg-\w+|ucf-\w+))$/i;

/** One sentence per file, for the folder beside the configuration `file`. Does not reject. */
export async function ignoredFiles(file: string): Promise<readonly string[]> {
  const folder = join(dirname(file), CONFIG_FOLDER);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter(name => /ya?ml/i.test(name) && !isDatasetFile(name))
    .sort()
    .map(name => `${join(folder, name)} is not read: ${reasonFor(name)}`);
}

function reasonFor(name: string): string {
  if (COPY.test(name)) return 'it is a copy by an editor or a package manager';
  if (name.startsWith('.')) return 'its name begins with a dot';
  return 'its name does not end in .yaml or .yml';
}
