// Finds and reads the configuration: the named file or the usual one, and the files of the folder `config.d` beside it.

import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readRegular, UnfitFile } from '../../../device/index.ts';
import { codeOf, reasonOf } from '../../machine/file-reason.ts';
import { USUAL_FILE } from '../../machine/usual-file.ts';
import type { ConfigSource } from './config-source.ts';
import { LARGEST_TEXT } from './document-text.ts';
import type { Problem } from './problem.ts';

/** The folder beside the file, each of whose files is one more dataset. */
export const CONFIG_FOLDER = 'config.d';

export interface ConfigFiles {
  /** The main file, which need not exist. */
  readonly file: string;
  readonly sources: readonly ConfigSource[];
  /** Files that could not be read. */
  readonly problems: readonly Problem[];
}

export interface FindOptions {
  /** The environment that may have `$DAPBERRY_CONFIG`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly usual?: string;
  /** Files that must exist: those of the running configuration. */
  readonly known?: readonly string[];
}

/**
 * Reads the file `named` (`--config`), else `$DAPBERRY_CONFIG`, else the usual file, which need not exist; then `*.yaml` and
 * `*.yml` of the folder beside it, sorted by name. Does not reject.
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
  const reported = new Set(problems.map(({ source }) => source));
  if (!reported.has(folder) && missing.length > 0) {
    // A missing folder is reported once.
    const gone = (await isMissing(folder)) ? [folder] : missing;
    problems.push(...gone.filter(source => !reported.has(source)).map(goneProblem));
  }
  return { file, sources, problems };

  async function read(path: string, dataset: string | undefined): Promise<void> {
    try {
      const content = await readRegular(path, LARGEST_TEXT);
      sources.push({ name: path, content, ...(dataset === undefined ? {} : { dataset }) });
    } catch (error) {
      problems.push(
        known.includes(path) && isMissingError(error) ? goneProblem(path) : problemOf(path, error),
      );
    }
  }
}

/** A missing file may come back soon: the server keeps its configuration until a restart. */
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

function isMissingError(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** Whether the path does not exist, not even as a broken link. */
async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(() => false, isMissingError);
}

/** Whether a file of this name in the folder is a dataset; `.YAML` counts too, as some systems write it so. */
export function isDatasetFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/i.test(name);
}

async function namesIn(folder: string, problems: Problem[]): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter(isDatasetFile).sort();
  } catch (error) {
    // A missing folder counts as an empty one.
    if (await isMissing(folder)) return [];
    const code = codeOf(error);
    const found = code === 'ENOTDIR' ? 'something else' : reasonOf(code);
    problems.push({ source: folder, path: '', expected: 'a folder that can be read', found });
    return [];
  }
}
