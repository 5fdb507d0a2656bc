// Reads the small files of a backup: the configuration, drivers, drop-ins, the last good configuration and files of secrets.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { readRegular } from '../../device/index.ts';
import type { ConfigSource } from '../config/text/config-source.ts';
import { CONFIG_FOLDER, findConfig } from '../config/text/find.ts';
import { problemLine } from '../config/text/problem.ts';
import { codeOf, reasonOf } from '../machine/file-reason.ts';
import type { Machine } from '../machine/machine.ts';
import { isBelow } from '../machine/mounts.ts';
import { type KeptFile, LARGEST_FILE, nameFault } from './manifest.ts';
import { namedFiles } from './named-files.ts';

/** Where an operator writes drop-ins of units. */
export const UNITS = '/etc/systemd/system';

/** The folder of the settings of `dapberry-pull@`, beside the configuration. */
export const PULL_FOLDER = 'pull';

export interface GatheredFile extends KeptFile {
  readonly content: Uint8Array;
  readonly time: Date;
}

export interface Gathered {
  /** The main file of the configuration, which need not exist. */
  readonly main: string;
  readonly sources: readonly ConfigSource[];
  readonly files: readonly GatheredFile[];
  /** What is left out, a sentence each. */
  readonly remarks: readonly string[];
}

export interface GatherOptions {
  /** The main file; by default that of the environment, or the usual one. */
  readonly file: string | undefined;
  readonly hasCredentials: boolean;
  /** The folders that may hold the last good configuration. */
  readonly states: readonly string[];
  readonly units?: string;
}

/** Rejects with a sentence if a file cannot be read. */
export async function gather(
  { configuration }: Pick<Machine, 'configuration'>,
  { file: named, hasCredentials, states, units = UNITS }: GatherOptions,
): Promise<Gathered> {
  const found = await findConfig(named, configuration);
  const [problem] = found.problems;
  if (problem !== undefined) throw new Error(problemLine(problem));
  const main = resolve(found.file);
  const folder = dirname(main);
  const remarks: string[] = [];
  const files: GatheredFile[] = [];
  const take = async (role: KeptFile['role'], entry: string, path: string, content?: Uint8Array) => {
    const bytes = content ?? (await contentOf(path));
    files.push({ role, entry, path, ...(await factsOf(path)), content: bytes });
  };
  for (const { name, content, dataset } of found.sources) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (dataset === undefined) await take('main', `config/${basename(main)}`, main, bytes);
    else await take('dataset', `config/${CONFIG_FOLDER}/${basename(name)}`, resolve(name), bytes);
  }
  const known = namedFiles(found.sources);
  for (const path of pathsOf(known, 'driver')) {
    const inside = `config/${relative(folder, path)}`;
    const isInside = isBelow(path, folder) && nameFault(inside) === undefined;
    await take('driver', isInside ? inside : `drivers/${files.length}/${plainName(path)}`, path);
    if (RELATIVE_IMPORT.test(Buffer.from(files.at(-1)!.content).toString('utf8')))
      remarks.push(`${path} imports files beside it, which are not in the backup`);
  }
  const secrets = pathsOf(known, 'credential');
  for (const path of await filesIn(join(folder, PULL_FOLDER), /\.(?:env|token)$/)) {
    const content = await contentOf(path);
    const isSecret = path.endsWith('.token') || SECRET_SETTING.test(Buffer.from(content).toString('utf8'));
    if (!isSecret) await take('pull', `config/${PULL_FOLDER}/${basename(path)}`, path, content);
    else if (hasCredentials)
      await take('credential', `config/${PULL_FOLDER}/${basename(path)}`, path, content);
    else secrets.push(path);
  }
  for (const path of hasCredentials ? pathsOf(known, 'credential') : [])
    await take('credential', `credentials/${files.length}/${plainName(path)}`, path);
  if (!hasCredentials && secrets.length > 0)
    remarks.push(`without --with-credentials the backup leaves out ${secrets.join(', ')}`);
  for (const place of await namesIn(units, /^dapberry.*\.d$/)) {
    for (const path of await filesIn(join(units, place), /\.conf$/))
      await take('drop-in', `units/${place}/${basename(path)}`, path);
  }
  for (const state of states) {
    for (const path of await filesIn(join(state, 'last-good'), /\.json$/)) {
      const content = await contentOf(path);
      // The folder of a user may hold those of other configurations.
      if (!Buffer.from(content).includes(JSON.stringify(main))) continue;
      await take('last-good', `last-good/${files.length}/${basename(path)}`, path, content);
    }
  }
  return { main, sources: found.sources, files, remarks };
}

/** An import whose file is beside the driver. */
const RELATIVE_IMPORT = /(?:from|import)\s*\(?\s*['"]\.{1,2}\//;

/** A secret among the settings of `dapberry-pull@`: a password, also in an address, or a token. */
const SECRET_SETTING = /^\s*(?:DAPBERRY_(?:PASSWORD|TOKEN)=|ADDRESS=[^?#\n]*@)/m;

function pathsOf(named: ReturnType<typeof namedFiles>, role: 'driver' | 'credential'): string[] {
  return [...new Set(named.filter(file => file.role === role).map(({ path }) => path))];
}

/** The name of a file with characters that every system has. */
function plainName(path: string): string {
  const ending = extname(path);
  const stem = basename(path, ending).replaceAll(/[^A-Za-z0-9._-]/g, '-');
  return `${/^\.*$/.test(stem) ? 'file' : stem}${ending}`;
}

async function factsOf(path: string): Promise<{ readonly mode: number; readonly time: Date }> {
  const { mode, mtime } = await stat(path);
  return { mode: mode & 0o777, time: mtime };
}

async function contentOf(path: string): Promise<Uint8Array> {
  try {
    return await readRegular(path, LARGEST_FILE);
  } catch (error) {
    throw new Error(`${path}: expected a file that can be read, found ${reasonOf(codeOf(error))}`);
  }
}

async function namesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR'].includes(error.code ?? '')) return [];
    throw new Error(`${folder}: expected a folder that can be read, found ${reasonOf(codeOf(error))}`);
  });
  return names.filter(name => !name.startsWith('.') && pattern.test(name)).sort();
}

async function filesIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  return (await namesIn(folder, pattern)).map(name => join(folder, name));
}
