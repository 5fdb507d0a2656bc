// Plans a restoration: where each file of a backup goes on this machine, and what is there now.

import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { ConfigSource } from '../config/text/config-source.ts';
import { CONFIG_FOLDER, isDatasetFile } from '../config/text/find.ts';
import { isBelow } from '../machine/mounts.ts';
import { PULL_FOLDER, UNITS } from './gather.ts';
import { type KeptFile, nameFault } from './manifest.ts';
import { historyPaths, namedFiles, nameFrom, withNames } from './named-files.ts';
import type { BackupFile, OpenedBackup } from './open-backup.ts';

/** A file that is restored to a place. */
export interface PlannedFile {
  readonly role: KeptFile['role'];
  readonly path: string;
  readonly content: Buffer;
  /** The permissions that it had. */
  readonly mode: number;
  /** What is there now; undefined for nothing. */
  readonly before: Buffer | undefined;
}

export interface RestorePlan {
  /** The main file, which the backup need not have. */
  readonly main: string;
  readonly files: readonly PlannedFile[];
  /** Datasets of this machine that the backup does not have: they are set aside. */
  readonly aside: readonly string[];
  /** What is not restored, a sentence each. */
  readonly remarks: readonly string[];
}

export interface PlanOptions {
  readonly backup: OpenedBackup;
  /** The main file here. */
  readonly main: string;
  /** Whether drop-ins of units can be restored. */
  readonly hasUnits: boolean;
  /** The folder of the history that the configuration names then; undefined for the one that it names now. */
  readonly history?: string | undefined;
  /** The folder for the last good configuration; undefined if it is not restored. */
  readonly state: string | undefined;
  readonly units?: string;
}

/** Rejects with a sentence if the backup does not fit this machine. Changes nothing. */
export async function planRestore({
  backup: { manifest, files },
  main: named,
  hasUnits,
  history,
  state,
  units = UNITS,
}: PlanOptions): Promise<RestorePlan> {
  const main = await realpath(named).catch(() => resolve(named));
  const origin = manifest.files.find(({ role }) => role === 'main')?.path;
  const remarks: string[] = [];
  const places = new Map<BackupFile, string>();
  for (const file of files) {
    const path = placeOf(file, { main, origin, units, state, hasUnits });
    if (path === undefined) remarks.push(leftOutText(file, hasUnits));
    else places.set(file, freePath(path, [...places.values()]));
  }
  const texts = new Map(
    textsFor(places, main, history).map(({ name, content }) => [name, Buffer.from(content)]),
  );
  const planned: PlannedFile[] = [];
  for (const [{ role, mode, content }, path] of places) {
    const before = await contentAt(path);
    // The service writes its own as soon as a configuration has taken effect.
    if (role === 'last-good' && before !== undefined) continue;
    planned.push({ role, path, mode, content: texts.get(path) ?? content, before });
  }
  // The server reads drivers before the texts that name them.
  planned.sort((one, other) => ORDER.indexOf(one.role) - ORDER.indexOf(other.role));
  const hasConfig = planned.some(({ role }) => role === 'main' || role === 'dataset');
  const aside = hasConfig ? await datasetsBeside(main, planned) : [];
  return { main, files: planned, aside, remarks };
}

const ORDER: readonly KeptFile['role'][] = [
  'driver',
  'credential',
  'pull',
  'drop-in',
  'last-good',
  'dataset',
  'main',
];

/** The texts of the configuration with the names of drivers and secrets where they are placed, and of the history's folder. */
function textsFor(
  places: ReadonlyMap<BackupFile, string>,
  main: string,
  history: string | undefined,
): readonly ConfigSource[] {
  const placed = new Map([...places].map(([{ path }, place]) => [path, place]));
  const texts = [...places].filter(([{ role }]) => role === 'main' || role === 'dataset');
  return texts.map(([{ role, path, content }, name]): ConfigSource => {
    const dataset = role === 'main' ? {} : { dataset: basename(name).replace(/\.ya?ml$/i, '') };
    const source = { name: path, content, ...dataset };
    const names = namedFiles([source]).flatMap(({ role: kind, at, path: file, written }) => {
      const place = placed.get(file);
      if (place === undefined) return [];
      const fitting = kind === 'credential' ? place : nameFrom(name, place);
      const isFitting = kind === 'credential' ? written === place : resolve(dirname(name), written) === place;
      return isFitting ? [] : [{ at, written: fitting }];
    });
    if (history !== undefined)
      for (const { at, written } of historyPaths(source))
        if (written !== history) names.push({ at: [...at], written: history });
    const text = names.length === 0 ? content : withNames(source, names);
    return { name: role === 'main' ? main : name, content: text, ...dataset };
  });
}

interface Places extends Pick<PlanOptions, 'hasUnits' | 'state'> {
  readonly main: string;
  readonly origin: string | undefined;
  readonly units: string;
}

/** Within the folder of the configuration, unless it is of systemd or the server. Undefined if it has no place here. */
function placeOf({ role, entry, path }: BackupFile, places: Places): string | undefined {
  const { main, origin, units, state, hasUnits } = places;
  const folder = dirname(main);
  const name = basename(entry);
  const inside = entry.startsWith('config/') ? entry.slice('config/'.length) : undefined;
  switch (role) {
    case 'main':
      return main;
    case 'dataset':
      return isDatasetFile(name) ? join(folder, CONFIG_FOLDER, name) : undefined;
    case 'driver':
      return join(folder, inside ?? join('drivers', name));
    case 'pull':
      return join(folder, PULL_FOLDER, name);
    case 'credential': {
      if (inside !== undefined) return join(folder, PULL_FOLDER, name);
      const above = origin === undefined ? undefined : dirname(origin);
      const isBeside = above !== undefined && isBelow(path, above);
      const within = isBeside ? path.slice(above.length + 1) : join('credentials', name);
      return nameFault(within) === undefined ? join(folder, within) : undefined;
    }
    case 'drop-in': {
      const unit = basename(dirname(entry));
      return hasUnits && /^dapberry[a-z-]*(?:@.*)?\.[a-z]+\.d$/.test(unit)
        ? join(units, unit, name)
        : undefined;
    }
    case 'last-good':
      // It holds for a file of that name.
      return state !== undefined && main === origin ? join(state, 'last-good', name) : undefined;
  }
}

function leftOutText({ role, path }: BackupFile, hasUnits: boolean): string {
  if (role === 'drop-in')
    return `${path} is not restored: ${hasUnits ? 'it belongs to no unit of dapberry' : 'expected root and an installed service'}`;
  if (role === 'last-good') return 'the last good configuration is not restored: it is of another place';
  return `${path} is not restored: it has no place here`;
}

/** The path, or one with a number if another file has it. */
function freePath(path: string, taken: readonly string[]): string {
  const ending = extname(path);
  let free = path;
  for (let number = 2; taken.includes(free); number += 1)
    free = `${path.slice(0, path.length - ending.length)}-${number}${ending}`;
  return free;
}

/** Undefined for nothing. Rejects for anything but a file: nothing of another kind is replaced. */
export async function contentAt(path: string): Promise<Buffer | undefined> {
  const status = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR'].includes(error.code ?? '')) return undefined;
    throw error;
  });
  if (status === undefined) return undefined;
  if (!status.isFile())
    throw new Error(`${path}: expected a file or nothing, found something else; move it away first`);
  return readFile(path);
}

async function datasetsBeside(main: string, planned: readonly PlannedFile[]): Promise<readonly string[]> {
  const folder = join(dirname(main), CONFIG_FOLDER);
  const names = await readdir(folder).catch(() => []);
  const paths = names.filter(isDatasetFile).map(name => join(folder, name));
  return paths.filter(path => !planned.some(file => file.path === path)).sort();
}
