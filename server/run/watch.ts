// Watches the files of a configuration through their folders, because a replaced file is a new file.

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { CONFIG_FOLDER, isDatasetFile } from '../config/text/find.ts';

/** How long a file must be unchanged before it is read, because editors and copies write in several steps. */
const QUIET_MS = 200;

export interface FileWatch {
  close(): Promise<void>;
}

type OnError = (error: unknown) => void;

/** Watches the configuration `file` and the datasets in the folder beside it. Resolves when watching has begun. */
export function watchConfig(file: string, onChange: () => void, onError: OnError): Promise<FileWatch> {
  const folder = join(dirname(resolve(file)), CONFIG_FOLDER);
  const isWatched = (path: string) =>
    [resolve(file), folder].includes(path) || (dirname(path) === folder && isDatasetFile(basename(path)));
  return new FolderWatcher([dirname(resolve(file))], [folder], isWatched, onChange, onError).begin();
}

/** Watches files by their absolute paths. Resolves when watching has begun. */
export async function watchFiles(
  files: readonly string[],
  onChange: () => void,
  onError: OnError,
): Promise<FileWatch> {
  if (files.length === 0) return { close: async () => {} };
  const folders = [...new Set(files.map(file => placeOf(file)))];
  // Folders on the way to a file are watched too, because the file may not exist yet.
  const isWatched = (path: string) => files.some(file => file === path || file.startsWith(`${path}${sep}`));
  return new FolderWatcher(folders, [], isWatched, onChange, onError).begin();
}

/** The nearest existing folder above a file. */
function placeOf(file: string): string {
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** How often to look at the folders themselves, because the kernel reports no changes of a replaced folder. */
const LOOK_MS = 2000;

/** The wait after a failure before watching is tried again. */
const RETRY_MS = 10_000;

class FolderWatcher implements FileWatch {
  readonly #folders: readonly string[];
  /** Watched folders inside of the others. */
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

  /** Resolves when watching has begun. */
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
    }, LOOK_MS).unref();
  }

  /** Watches again if a folder was replaced, created or removed. */
  async #look(): Promise<void> {
    const identity = await this.#identify();
    const isRetryDue = performance.now() - this.#brokenAt > RETRY_MS;
    if (identity === this.#identity && !isRetryDue) return;
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
      awaitWriteFinish: { stabilityThreshold: QUIET_MS, pollInterval: QUIET_MS / 4 },
      ignored: path => !this.#folders.includes(path) && !this.#isWatched(path),
    });
    this.#watcher = watcher;
    watcher.on('all', (event, path) => {
      // A moved folder gets no more events, even after it comes back.
      if (event === 'unlinkDir' && [...this.#folders, ...this.#inner].includes(path)) this.#identity = '';
      this.#onChange();
    });
    watcher.on('error', error => {
      this.#brokenAt = performance.now();
      this.#onError(error);
    });
    // Without enough descriptors or watches, it never gets ready, or only for some of the folders.
    await new Promise<void>(resolve => watcher.once('ready', resolve).once('error', () => resolve()));
    if (this.#isClosed) await watcher.close();
  }

  /** Identifies the folders, even if a new one has the inode of an old one; the error's code for an unreadable folder. */
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
