// Prepares the import of rows into the history of one dataset: all new files, in the staging folder.

import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../device/index.ts';
import {
  dayName,
  dayOf,
  monthFolder,
  numbered,
  PART_FILE,
  partFolder,
  partName,
} from '../history/disk/day.ts';
import type { MergedPart } from '../history/disk/merged-parts.ts';
import { type Replacement, STAGING } from '../history/disk/replacement.ts';
import { type FileRows, groupsOf, hasRowsOf } from '../history/disk/same-rows.ts';
import { scan } from '../history/disk/scan.ts';
import type { StoredFile } from '../history/disk/stored-file.ts';
import { UnservedFiles } from '../history/disk/unserved-files.ts';
import { meantColumns } from '../history/parquet/column-meaning.ts';
import { type FileColumn, STORED_TYPES, type StoredType } from '../history/parquet/file-columns.ts';
import { type HistoryFile, readFooter } from '../history/parquet/file-reader.ts';
import { isFree } from '../machine/durable.ts';
import type { SequenceColumn } from '../source/row-source.ts';
import { csvRows } from './csv-rows.ts';
import { DayFiles } from './day-files.ts';
import type { ImportFile } from './import-files.ts';
import { mergedColumns } from './merged-columns.ts';
import { mergedRows } from './merged-rows.ts';
import { copyWhole, type ParquetSource, parquetRows, separateFiles } from './parquet-source.ts';
import { HOUR, type StagedDay, StagedRows } from './staged-rows.ts';

const DAY_HOURS = 24;

/** Seconds that the clocks of two machines may differ. */
const FUTURE = 60;

export type ServedColumn = Pick<SequenceColumn, 'type' | 'name'>;

export interface DatasetImportOptions {
  /** The history's folder, which this process has locked. */
  readonly folder: string;
  readonly dataset: string;
  readonly parquet: readonly ParquetSource[];
  readonly csv: readonly ImportFile[];
  /** The columns that the configuration gives the dataset; undefined if unknown. */
  readonly served: readonly ServedColumn[] | undefined;
  /** As in `ImportRequest`. */
  readonly mayTake?: boolean;
  readonly signal: AbortSignal;
  /** Receives the number of rows that were read of a file. */
  readonly onRows: (rows: number, path: string) => void;
  readonly onRemark: (sentence: string) => void;
}

export interface DatasetCounts {
  readonly dataset: string;
  readonly imported: number;
  /** Rows that the history has already. */
  readonly doubles: number;
  /** Rows with the time of another one, which stays, and other values; and the time of the first of them. */
  readonly conflicts: number;
  readonly firstConflict: number | undefined;
  readonly days: number;
}

export class DatasetImport {
  readonly #options: DatasetImportOptions;
  /** The dataset's folder, and the staging folder. */
  readonly #path: string;
  readonly #staging: string;
  #stored: readonly StoredFile[] = [];
  #merged: readonly MergedPart[] = [];
  #newest: HistoryFile | undefined;
  readonly #add: Replacement['add'] = [];
  readonly #remove: Replacement['remove'] = [];
  readonly #days = new Set<number>();
  #names = 0;
  #imported = 0;
  #doubles = 0;
  #conflicts = 0;
  #firstConflict: number | undefined;

  constructor(options: DatasetImportOptions) {
    this.#options = options;
    this.#path = join(options.folder, options.dataset);
    this.#staging = join(options.folder, STAGING);
  }

  get replacement(): Replacement {
    return { add: this.#add, remove: this.#remove };
  }

  get counts(): DatasetCounts {
    return {
      dataset: this.#options.dataset,
      imported: this.#imported,
      doubles: this.#doubles,
      conflicts: this.#conflicts,
      firstConflict: this.#firstConflict,
      days: this.#days.size,
    };
  }

  /** Changes nothing outside of the staging folder. @throws one sentence if a file cannot be imported */
  async prepare(): Promise<void> {
    const { csv, parquet, onRemark } = this.#options;
    const unserved = new UnservedFiles(onRemark);
    const { files, merged, remarks } = await scan(this.#path, unserved);
    unserved.scanned(remarks);
    this.#stored = files;
    this.#merged = merged;
    const newest = files.at(-1);
    this.#newest = newest && (await readFooter(join(this.#path, newest.path)));
    const { whole, mixed } =
      csv.length > 0 ? { whole: [], mixed: parquet } : separateFiles(parquet, this.#stored);
    for (const source of whole) await this.#copy(source);
    const folder = join(this.#staging, `${this.#options.dataset}.rows`);
    await mkdir(folder);
    const staged = new StagedRows(folder);
    for (const source of mixed) await this.#stage(staged, source.path, parquetRows(source));
    const typeOf = (name: string) => this.#typeOf(name);
    for (const file of csv) await this.#stage(staged, file.path, csvRows(file, { typeOf, onRemark }));
    await staged.flush();
    for (const day of staged.days) await this.#rewrite(day, staged);
  }

  #typeOf(name: string): StoredType | undefined {
    const columns: readonly ServedColumn[] = [
      ...(this.#newest?.columns ?? []),
      ...(this.#options.served ?? []),
    ];
    const column = columns.find(candidate => candidate.name === name);
    return STORED_TYPES.find(type => type === column?.type);
  }

  /** Takes a file as it is, because its rows stand apart from all others. */
  async #copy(source: ParquetSource): Promise<void> {
    const { signal, onRows, mayTake = false } = this.#options;
    signal.throwIfAborted();
    checkTime(source.lastTime, source.path);
    const name = this.#nextName();
    await copyWhole(source, join(this.#staging, name), mayTake);
    const day = dayOf(source.firstTime);
    const isPart = PART_FILE.test(basename(source.path));
    const path = await (isPart
      ? this.#freePath(partFolder(day), partName(source.firstTime))
      : this.#freePath(monthFolder(day), dayName(day)));
    this.#add.push({ name, path });
    this.#days.add(day);
    this.#imported += source.rows;
    onRows(source.rows, source.path);
  }

  async #stage(staged: StagedRows, path: string, rows: AsyncIterable<FileRows>): Promise<void> {
    const { signal, onRows } = this.#options;
    for await (const piece of rows) {
      signal.throwIfAborted();
      for (const time of piece.batch.columns[0] as Float64Array) checkTime(time, path);
      await staged.add(piece);
      onRows(piece.batch.length, path);
    }
  }

  /** Writes the rows of a day anew, with those that are stored if they stand among them. */
  async #rewrite(day: StagedDay, staged: StagedRows): Promise<void> {
    const { signal, dataset, parquet } = this.#options;
    const own = this.#stored.filter(file => file.day === day.day);
    const isAmong = own.some(file => file.firstTime <= day.lastTime && file.lastTime >= day.firstTime);
    const stored = isAmong ? own : [];
    const footers: HistoryFile[] = [];
    for (const { path } of stored) footers.push((await readFooter(join(this.#path, path)))!);
    const sources = parquet.filter(
      ({ firstTime, lastTime }) => firstTime <= day.lastTime && lastTime >= day.firstTime,
    );
    const { das } = footers.at(-1) ?? sources.at(-1) ?? this.#newest ?? { das: 'Attributes {\n}\n' };
    const layouts = [...footers.map(footer => footer.columns), ...day.layouts.values()];
    const columns = this.#columnsOf(day.day, layouts, das);
    const facts = {
      dataset,
      columns,
      das,
      firstPosition: stored[0]?.firstPosition ?? 0,
      clock: [...new Set([...footers, ...sources].flatMap(({ clock }) => clock))],
    };
    const files = new DayFiles(this.#staging, facts, () => this.#nextName());
    let added = 0;
    try {
      for (let hour = day.day * DAY_HOURS; hour < (day.day + 1) * DAY_HOURS; hour += 1) {
        signal.throwIfAborted();
        const imported = day.hours.has(hour) ? await staged.take(hour) : [];
        const there = await this.#storedRows(stored, hour);
        if (imported.length + there.length === 0) continue;
        const rows = mergedRows(there, imported, columns);
        added += rows.added;
        this.#doubles += rows.doubles;
        this.#conflicts += rows.conflicts;
        this.#firstConflict ??= rows.firstConflict;
        await files.add(rows.batch);
      }
      const names = await files.finish();
      if (added === 0) for (const name of names) await rm(join(this.#staging, name));
      else await this.#replace(day.day, stored, names);
    } finally {
      await files.close();
    }
    this.#imported += added;
  }

  /** The columns of the new file of a day, whose numbers its DAS explains. */
  #columnsOf(day: number, layouts: readonly (readonly FileColumn[])[], das: string): readonly FileColumn[] {
    try {
      return mergedColumns([meantColumns(mergedColumns(layouts), das), ...layouts]);
    } catch (error) {
      throw new Error(`${this.#options.dataset} on ${dayName(day)}: ${messageOf(error)}`);
    }
  }

  async #storedRows(files: readonly StoredFile[], hour: number): Promise<readonly FileRows[]> {
    const [first, last] = [hour * HOUR, (hour + 1) * HOUR - 1e-6];
    const found: FileRows[] = [];
    for (const file of files) {
      if (file.firstTime > last || file.lastTime < first) continue;
      for await (const rows of groupsOf(this.#path, file, first, last)) found.push(rows);
    }
    return found;
  }

  async #replace(day: number, stored: readonly StoredFile[], names: readonly string[]): Promise<void> {
    const replaced = [...stored];
    for (const { part, into } of this.#merged) {
      if (stored.includes(into) && (await hasRowsOf(this.#path, into, part))) replaced.push(part);
    }
    this.#remove.push(...replaced.map(({ path }) => `${this.#options.dataset}/${path}`));
    for (const name of names)
      this.#add.push({ name, path: await this.#freePath(monthFolder(day), dayName(day)) });
    this.#days.add(day);
  }

  #nextName(): string {
    this.#names += 1;
    return `${this.#options.dataset}-${this.#names}.parquet`;
  }

  /** The first path of this stem, within the history's folder, that no file has, or only one that is replaced. */
  async #freePath(place: string, stem: string): Promise<string> {
    for (let number = 1; ; number += 1) {
      const path = `${this.#options.dataset}/${place}/${numbered(stem, number)}`;
      if (this.#add.some(added => added.path === path)) continue;
      if (this.#remove.includes(path) || (await isFree(join(this.#options.folder, path)))) return path;
    }
  }
}

/** Rows of the future would keep the server from storing others until then. */
function checkTime(time: number, path: string): void {
  const now = Date.now() / 1000;
  if (time <= now + FUTURE) return;
  const [found, present] = [time, now].map(seconds => new Date(seconds * 1000).toISOString());
  throw new Error(
    `${path}: expected no row after the time of this machine's clock, ${present}, found one of ${found}; set the clock, or remove the row`,
  );
}
