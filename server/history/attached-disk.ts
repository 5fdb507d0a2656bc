// Attaches the files of a dataset to its store: at the start, or later, when their folder can be opened.

import { join } from 'node:path';
import { DiskRows, type DiskRowsOptions } from './disk/disk-rows.ts';
import type { HistoryFolder } from './disk/history-folder.ts';
import { openSummaries, type SummaryOptions } from './open-summaries.ts';
import { readFooter } from './parquet/file-reader.ts';
import { layoutChanges } from './parquet/layout-changes.ts';
import type { Summaries } from './summaries/summaries.ts';

/** The folder of a history, which may not be there yet. */
export interface FolderAccess {
  readonly path: string;
  /** Rejects with a sentence while the folder cannot be used. */
  claim(): Promise<HistoryFolder>;
  /** Gives back what `claim` gave. */
  release(): Promise<void>;
}

export type AttachedDiskOptions = Omit<DiskRowsOptions, 'folder' | 'endAt' | 'beside'> &
  Pick<SummaryOptions, 'attributes' | 'beside'> & {
    /** Receives a sentence about the dataset's folder. */
    readonly onRemark: (what: string) => void;
  };

export class AttachedDisk {
  readonly #options: AttachedDiskOptions;
  readonly #access: FolderAccess;
  #folder: HistoryFolder | undefined;
  /** The generation of the folder whose files are attached; undefined if none are. */
  #generation: number | undefined;
  #rows: DiskRows;
  #summaries: Summaries;
  /** Readers may stand anywhere from this position on: rows that appear later are placed before it. */
  #lowest = 0;

  constructor(options: AttachedDiskOptions, access: FolderAccess) {
    this.#options = options;
    this.#access = access;
    const away = () => Promise.reject(new Error(`${access.path}: expected the folder of the history`));
    const folder = { path: access.path, check: away };
    this.#rows = DiskRows.none({ ...options, folder });
    this.#summaries = openSummaries(this.#rows, { ...options, folder });
  }

  /** The rows on the disk; none while no folder is attached. */
  get rows(): DiskRows {
    return this.#rows;
  }

  /** The summaries of these rows. */
  get summaries(): Summaries {
    return this.#summaries;
  }

  get isAttached(): boolean {
    return this.#generation !== undefined;
  }

  /**
   * Makes sure that rows can be written. Rejects with a sentence if they cannot. Resolves with true if `rows` are those of another
   * folder from now on, because it could be opened at last, or because a disk was mounted over it.
   */
  async check(): Promise<boolean> {
    this.#folder ??= await this.#access.claim();
    const folder = this.#folder;
    if (this.isAttached) await folder.check();
    const { generation } = folder;
    if (generation === this.#generation) return false;
    const rows = await DiskRows.open({ ...this.#options, folder, endAt: this.#lowest });
    this.#rows.stop();
    this.#rows = rows;
    await this.#sayChanges();
    this.#summaries = openSummaries(rows, { ...this.#options, folder });
    this.#generation = generation;
    this.#lowest = rows.first ?? this.#lowest;
    return true;
  }

  /** Attaches the files before any reader is there, so that their rows keep the positions of the files. */
  async attachFirst(): Promise<void> {
    this.#folder = await this.#access.claim();
    const folder = this.#folder;
    const { generation } = folder;
    this.#rows = await DiskRows.open({ ...this.#options, folder });
    this.#summaries = openSummaries(this.#rows, { ...this.#options, folder });
    this.#generation = generation;
    this.#lowest = this.#rows.first ?? 0;
    await this.#sayChanges();
  }

  /** Says in the journal how the columns differ from those of the stored rows. Does not reject: it is only a remark. */
  async #sayChanges(): Promise<void> {
    const newest = this.#rows.files.at(-1);
    if (newest === undefined) return;
    const footer = await readFooter(join(this.#rows.path, newest.path)).catch(() => undefined);
    const changes = footer && layoutChanges(footer.columns, this.#options.columns);
    if (changes !== undefined) this.#options.onRemark(changes);
  }

  async release(): Promise<void> {
    if (this.#folder === undefined) return;
    this.#folder = undefined;
    await this.#access.release();
  }
}
