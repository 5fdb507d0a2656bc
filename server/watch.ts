// When has a file of the configuration changed? Its folder is watched, since a file that is replaced by another one is another file.

import { basename, dirname, join, resolve } from 'node:path';
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
  const folders = [...new Set(files.map(file => dirname(file)))];
  return watching(folders, path => files.includes(path), onChange, onError);
}

async function watching(
  folders: readonly string[],
  isWatched: (path: string) => boolean,
  onChange: () => void,
  onError: OnError,
): Promise<FileWatch> {
  const watcher = watch([...folders], {
    ignoreInitial: true,
    depth: 1,
    awaitWriteFinish: { stabilityThreshold: QUIET, pollInterval: QUIET / 4 },
    ignored: path => !folders.includes(path) && !isWatched(path),
  });
  watcher.on('all', onChange);
  watcher.on('error', onError);
  await new Promise<void>(resolve => watcher.once('ready', resolve));
  return watcher;
}
