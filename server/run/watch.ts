// Watches the files of a configuration. Their folders are watched, since a file that is replaced by another one is another file.

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { CONFIG_FOLDER, isDatasetFile } from '../config/text/find.ts';

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
  return new FolderWatcher([dirname(resolve(file))], [folder], isWatched, onChange, onError).begin();
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
  return new FolderWatcher(folders, [], isWatched, onChange, onError).begin();
}

/** The nearest folder above that is there. */
function placeOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** How often the folders are looked at, in milliseconds: of one that was replaced the kernel tells nothing any more. */
const LOOK = 2000;

/** How soon watching is tried again where it failed, in milliseconds. */
const MEND = 10_000;

class FolderWatcher implements FileWatch {
  readonly #folders: readonly string[];
  /** Folders that are watched because they lie in others. */
  readonly #inner: readonly string[];
  readonly #isWatched: (path: string) => boolean;
  readonly #onChange: () => void;
  readonly #onError: OnError;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #identity = '';
  #isClosed = false;
  /** When watching failed, by `performance.now()`; infinity while it works. */
  #brokenAt = Number.POSITIVE_INFINITY;

  constructor(
    folders: readonly string[],
    inner: readonly string[],
    isWatched: (path: string) => boolean,
    onChange: () => void,
    onError: OnError,
  ) {
    this.#folders = folders;
    this.#inner = inner;
    this.#isWatched = isWatched;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** Resolves when it is watching. */
  async begin(): Promise<FileWatch> {
    this.#identity = await this.#identify();
    await this.#watch();
    this.#lookLater();
    return this;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#watcher?.close();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#look()
        .catch(this.#onError)
        .finally(() => this.#lookLater());
    }, LOOK).unref();
  }

  /** Watches anew where a folder is another one than it was, has come or has gone. */
  async #look(): Promise<void> {
    const identity = await this.#identify();
    const isMended = performance.now() - this.#brokenAt > MEND;
    if (identity === this.#identity && !isMended) return;
    this.#identity = identity;
    this.#brokenAt = Number.POSITIVE_INFINITY;
    const before = this.#watcher;
    await this.#watch();
    await before?.close();
    if (this.#brokenAt === Number.POSITIVE_INFINITY) this.#onChange();
  }

  async #watch(): Promise<void> {
    const watcher = watch([...this.#folders], {
      ignoreInitial: true,
      awaitWriteFinish: { stabilityThreshold: QUIET, pollInterval: QUIET / 4 },
      ignored: path => !this.#folders.includes(path) && !this.#isWatched(path),
    });
    this.#watcher = watcher;
    watcher.on('all', (event, path) => {
      // Nothing more is told of a folder that was moved away, nor when it comes back.
      if (event === 'unlinkDir' && [...this.#folders, ...this.#inner].includes(path)) this.#identity = '';
      this.#onChange();
    });
    watcher.on('error', error => {
      this.#brokenAt = performance.now();
      this.#onError(error);
    });
    // Where descriptors or watches are short it gets ready never, or for some of the folders.
    await new Promise<void>(resolve => watcher.once('ready', resolve).once('error', () => resolve()));
    if (this.#isClosed) await watcher.close();
  }

  /** Which folders these are, also where a new one got the inode of the old one; of one that cannot be looked at why. */
  async #identify(): Promise<string> {
    const looks = [...this.#folders, ...this.#inner].map(folder =>
      stat(folder).then(
        ({ dev, ino, birthtimeMs }) => `${dev}:${ino}:${birthtimeMs}`,
        (error: NodeJS.ErrnoException) => error.code ?? '',
      ),
    );
    return (await Promise.all(looks)).join(' ');
  }
}
