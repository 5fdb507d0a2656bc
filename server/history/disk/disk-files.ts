// Holds the files of a dataset's history while a server uses them, and sets aside those whose rows cannot be served.

import { join } from 'node:path';
import type { FileColumn } from '../parquet/file-columns.ts';
import { FileIndex } from './file-index.ts';
import { GroupCache } from './group-cache.ts';
import type { HistoryFolder } from './history-folder.ts';
import { MergedParts } from './merged-parts.ts';
import { type ScanResult, setAside } from './scan.ts';
import { endOfFile, moved, type StoredFile } from './stored-file.ts';
import type { UnservedFiles } from './unserved-files.ts';

export interface DiskFilesOptions {
  readonly folder: Pick<HistoryFolder, 'path' | 'check'>;
  /** The position after the last row that is there already; by default as in the files. */
  readonly endAt?: number;
  /** The name of the dataset, and of its folder. */
  readonly dataset: string;
  /** `time` first. */
  readonly columns: readonly FileColumn[];
  readonly fillValue: (column: FileColumn) => number;
  readonly unserved: UnservedFiles;
  /** Seconds that merged parts are kept for copies of the folder that run meanwhile. */
  readonly keepMerged?: number;
}

/** The position after the last of some deleted rows, and its time. */
export interface DeletedRows {
  readonly end: number;
  readonly lastTime: number;
}

export class DiskFiles {
  /** The dataset's folder. */
  readonly path: string;
  readonly index: FileIndex;
  readonly groups: GroupCache;
  readonly merged: MergedParts;
  readonly unserved: UnservedFiles;
  readonly #folder: DiskFilesOptions['folder'];
  /** The difference between positions here and in the files. */
  readonly #offset: number;
  #deleted: DeletedRows | undefined;

  constructor(options: DiskFilesOptions, { files, merged }: Pick<ScanResult, 'files' | 'merged'>) {
    const path = join(options.folder.path, options.dataset);
    this.path = path;
    this.unserved = options.unserved;
    this.#folder = options.folder;
    const last = files.at(-1);
    const end = last === undefined ? 0 : endOfFile(last);
    this.#offset = (options.endAt ?? end) - end;
    this.index = new FileIndex(files.map(file => this.placed(file)));
    this.merged = new MergedParts(path, merged, options.keepMerged);
    this.groups = new GroupCache({ ...options, folder: path });
  }

  /** Rejects with a sentence if the folder is not there, or not that of this history. */
  check(): Promise<void> {
    return this.#folder.check();
  }

  /** A file with the positions that its rows have here. */
  placed(file: StoredFile): StoredFile {
    return moved(file, this.#offset);
  }

  /** The inverse of `placed`. */
  unplaced(file: StoredFile): StoredFile {
    return moved(file, -this.#offset);
  }

  /** A position here as it is in the files. */
  positionInFiles(position: number): number {
    return position - this.#offset;
  }

  /** The newest of the rows that were deleted for their age or size since the start. */
  get deleted(): DeletedRows | undefined {
    return this.#deleted;
  }

  /** The oldest file has been deleted. */
  deletedOldest(file: StoredFile): void {
    this.#deleted = { end: endOfFile(file), lastTime: file.lastTime };
    this.remove(file);
  }

  remove(file: StoredFile): void {
    this.index.remove(file);
    this.groups.forget(file);
  }

  async setAside(file: StoredFile, kind: 'broken' | 'future', reason: string): Promise<void> {
    this.remove(file);
    await setAside(join(this.path, file.path), kind, reason, this.unserved);
  }
}
