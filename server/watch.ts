// When has a file of the configuration changed? Its folder is watched, since a file that is replaced by another one is another file.

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { watch } from 'chokidar';
import { CONFIG_FOLDER, isDatasetFile } from './config/find.ts';

/** A file is read when it has not grown for so long, in milliseconds: editors and copies write in several steps. */
const QUIET = 200;

export interface FileWatch {
  close(): Promise<void>;
}

type OnError = (error: unknown) => void;

/** Watches the configuration `file` and those of the folder beside it. Resolves when it is watching. */
export function watchConfig(file: string, onChange: () => void, onError: OnError): Promise<FileWatch> {
  const folder = join(dirname(resolve(file)), CONFIG_FOLDER);
  const isWatched = (path: string) =>
    [resolve(file), folder].includes(path) || (dirname(path) === folder && isDatasetFile(basename(path)));
  return watching([dirname(resolve(file))], isWatched, onChange, onError);
}

/** Watches these files, by their absolute paths. Resolves when it is watching. */
export async function watchFiles(
  files: readonly string[],
  onChange: () => void,
  onError: OnError,
): Promise<FileWatch> {
  if (files.length === 0) return { close: async () => {} };
  const folders = [...new Set(files.map(file => placeOf(file)))];
  // What leads to a file is watched too: it may not be there yet.
  const isWatched = (path: string) => files.some(file => file === path || file.startsWith(`${path}${sep}`));
  return watching(folders, isWatched, onChange, onError);
}

/** The nearest folder above that is there. */
function placeOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

async function watching(
  folders: readonly string[],
  isWatched: (path: string) => boolean,
  onChange: () => void,
  onError: OnError,
): Promise<FileWatch> {
  const watcher = watch([...folders], {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: QUIET, pollInterval: QUIET / 4 },
    ignored: path => !folders.includes(path) && !isWatched(path),
  });
  watcher.on('all', onChange);
  watcher.on('error', onError);
  await new Promise<void>(resolve => watcher.once('ready', resolve));
  return watcher;
}
