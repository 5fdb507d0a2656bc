// Finds and reads the configuration: the file that was named, or the usual one, and those of the folder `config.d` beside it.

import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readRegular, UnfitFile } from '../../../device/index.ts';
import { USUAL_FILE } from '../../machine/usual-file.ts';
import type { ConfigSource } from './config-source.ts';
import { LARGEST_TEXT } from './document-text.ts';
import type { Problem } from './problem.ts';

/** The folder beside the file, each of whose files is one more dataset. */
export const CONFIG_FOLDER = 'config.d';

export interface ConfigFiles {
  /** The file that was looked for. */
  readonly file: string;
  readonly sources: readonly ConfigSource[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
}

export interface FindOptions {
  /** Where `$DAPBERRY_CONFIG` is looked for. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly usual?: string;
  /** Files that have to be there: those that the server runs with. */
  readonly known?: readonly string[];
}

/**
 * Reads the file called `named` (`--config`), else the one that `$DAPBERRY_CONFIG` names, else the usual one, which need not
 * be there; then `*.yaml` and `*.yml` of the folder beside it, in the order of their names. Does not reject.
 */
export async function findConfig(
  named: string | undefined,
  { environment = process.env, usual = USUAL_FILE, known = [] }: FindOptions = {},
): Promise<ConfigFiles> {
  const { DAPBERRY_CONFIG: fromEnvironment } = environment;
  const chosen = named ?? (fromEnvironment === '' ? undefined : fromEnvironment);
  const file = chosen ?? usual;
  const folder = join(dirname(file), CONFIG_FOLDER);
  const sources: ConfigSource[] = [];
  const problems: Problem[] = [];
  const isOptional = chosen === undefined && !known.includes(file) && (await isMissing(file));
  if (!isOptional) await read(file, undefined);
  for (const name of await namesIn(folder, problems)) {
    await read(join(folder, name), basename(name).replace(/\.ya?ml$/i, ''));
  }
  const missing = known.filter(path => path !== file && !sources.some(({ name }) => name === path));
  const told = new Set(problems.map(({ source }) => source));
  if (!told.has(folder) && missing.length > 0) {
    // Of a folder that is gone it is said once.
    const gone = (await isMissing(folder)) ? [folder] : missing;
    problems.push(...gone.filter(source => !told.has(source)).map(goneProblem));
  }
  return { file, sources, problems };

  async function read(path: string, dataset: string | undefined): Promise<void> {
    try {
      const content = await readRegular(path, LARGEST_TEXT);
      sources.push({ name: path, content, ...(dataset === undefined ? {} : { dataset }) });
    } catch (error) {
      problems.push(known.includes(path) && isNone(error) ? goneProblem(path) : problemOf(path, error));
    }
  }
}

/** A file that is not there any more may be on its way back: what it says goes on, as long as nobody starts the server anew. */
function goneProblem(source: string): Problem {
  return {
    source,
    path: '',
    expected: 'the configuration that the server runs with',
    found: 'none',
    hint: 'put it back, or restart the server to go on without it',
  };
}

function problemOf(source: string, error: unknown): Problem {
  if (error instanceof UnfitFile) return { source, path: '', expected: error.expected, found: error.found };
  return { source, path: '', expected: 'a file that can be read', found: reasonOf(codeOf(error)) };
}

function isNone(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** Whether nothing is there, not even a link that leads nowhere. */
async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(() => false, isNone);
}

/** Whether a file of this name in the folder is one more dataset; `.YAML`, as some systems write it, is no other ending. */
export function isDatasetFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/i.test(name);
}

async function namesIn(folder: string, problems: Problem[]): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter(isDatasetFile).sort();
  } catch (error) {
    // A folder that is not there is one without files.
    if (await isMissing(folder)) return [];
    const code = codeOf(error);
    const found = code === 'ENOTDIR' ? 'something else' : reasonOf(code);
    problems.push({ source: folder, path: '', expected: 'a folder that can be read', found });
    return [];
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'none',
  ENOTDIR: 'none',
  EISDIR: 'a folder',
  EACCES: 'one that this user may not read',
  EPERM: 'one that this user may not read',
  ELOOP: 'symbolic links that lead in a circle',
  EAGAIN: 'one that has nothing to read now',
  EMFILE: 'too many open files, so that none can be opened',
  ENFILE: 'too many open files, so that none can be opened',
};

/** What is found in the place of what can be read, by the code of the error. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? code;
}

/** The code of a system's error, or the error as text. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
