// Where is the configuration? In the file that was named, or the usual one, and in the folder `config.d` beside it.

import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LARGEST_TEXT } from './document.ts';
import type { Source } from './load.ts';
import type { Problem } from './problem.ts';

export const USUAL_FILE = '/etc/dapberry/config.yaml';

/** The folder beside the file, each of whose files is one more dataset. */
export const CONFIG_FOLDER = 'config.d';

export interface Found {
  /** The file that was looked for. */
  readonly file: string;
  readonly sources: readonly Source[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the file called `named` (`--config`), else the one that `$DAPBERRY_CONFIG` names, else the usual one, which need not
 * be there; then `*.yaml` and `*.yml` of the folder beside it, in the order of their names. Does not reject.
 */
export async function findConfig(
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  usual = USUAL_FILE,
): Promise<Found> {
  const { DAPBERRY_CONFIG: fromEnvironment } = environment;
  const chosen = named ?? (fromEnvironment === '' ? undefined : fromEnvironment);
  const file = chosen ?? usual;
  const sources: Source[] = [];
  const problems: Problem[] = [];
  const add = async (path: string, optional: boolean, dataset?: string) => {
    const read = await readWhole(path);
    if (typeof read !== 'string') {
      sources.push({ name: path, content: read, ...(dataset === undefined ? {} : { dataset }) });
    } else if (!optional || read !== 'ENOENT') {
      problems.push({
        source: path,
        path: '',
        expected: 'a file that can be read',
        found: reasonOf(read),
      });
    }
  };
  await add(file, chosen === undefined);
  const folder = join(dirname(file), CONFIG_FOLDER);
  const names = await namesIn(folder, problems);
  for (const name of names) await add(join(folder, name), false, basename(name).replace(/\.ya?ml$/, ''));
  return { file, sources, problems };
}

/** Whether a file of this name in the folder is one more dataset. */
export function isDatasetFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/.test(name);
}

async function namesIn(folder: string, problems: Problem[]): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter(isDatasetFile).sort();
  } catch (error) {
    const code = codeOf(error);
    // A folder that is not there is one without files.
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    problems.push({
      source: folder,
      path: '',
      expected: 'a folder that can be read',
      found: reasonOf(code),
    });
    return [];
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'none',
  ENOTDIR: 'none',
  EISDIR: 'a folder',
  EACCES: 'one that this user may not read',
  EPERM: 'one that this user may not read',
};

/** What is found in the place of what can be read, by the code of the error. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? code;
}

/** The bytes of a file, no more than tell that they are too many; or the code of the error. */
async function readWhole(path: string): Promise<Uint8Array | string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const bytes = new Uint8Array(LARGEST_TEXT + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } catch (error) {
    return codeOf(error);
  } finally {
    await file?.close();
  }
}

/** The code of a system's error, or the error as text. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
