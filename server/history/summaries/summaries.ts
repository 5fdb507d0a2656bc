// Keeps summaries of a dataset's finished days beside its rows: makes those that are missing, reads them, and deletes them with their days.

import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SummaryUse } from '../../../dap/protocol.ts';
import { TEMPORARY } from '../../machine/durable.ts';
import type { PositionedSummaries } from '../../store/row-store.ts';
import { monthFolder } from '../disk/day.ts';
import { deleteFiles } from '../disk/deleting.ts';
import type { StoredFile } from '../disk/stored-file.ts';
import { type DayOfFiles, daysIn, finishedMonths } from './finished-days.ts';
import { columnsFor, meaningText, type ServedColumn } from './summary-columns.ts';
import { isMadeFrom, sourceFile } from './summary-facts.ts';
import { isReplaceable, readSummaries, readSummaryFacts, type SummaryFile } from './summary-file.ts';
import { isAsServed, type SummaryJob, type SummaryJobResult } from './summary-job.ts';
import {
  dayOfMinutes,
  HOUR,
  hourFile,
  MINUTE,
  minuteFile,
  monthOfHours,
  SUMMARIES,
} from './summary-names.ts';
import { firstRun, type RunBounds } from './summary-runs.ts';

export interface SummariesOptions {
  /** The dataset's folder. */
  readonly folder: string;
  readonly dataset: string;
  readonly das: () => string;
  /** `time` first. */
  readonly columns: readonly ServedColumn[];
  readonly run: (job: SummaryJob) => Promise<SummaryJobResult>;
}

export class Summaries {
  readonly #options: SummariesOptions;
  /** The bytes of the files by their paths within the dataset's folder; undefined until they were looked for. */
  #sizes: Map<string, number> | undefined;
  /** Months whose summaries are complete, with the files of rows that they were made from. */
  readonly #complete = new Map<string, string>();
  /** Months with a file that could not be used. */
  readonly #doubtful = new Set<string>();

  constructor(options: SummariesOptions) {
    this.#options = options;
  }

  /** Bytes of all files; 0 until the first `update`. */
  get bytes(): number {
    let bytes = 0;
    for (const size of this.#sizes?.values() ?? []) bytes += size;
    return bytes;
  }

  /**
   * Summarises all finished days before `today` that are not yet, one month after another, and deletes summaries without rows.
   * @param files gives the files of rows, which may change meanwhile
   */
  async update(files: () => readonly StoredFile[], today: number): Promise<void> {
    this.#sizes ??= await this.#sizesOnDisk();
    await this.removeOrphans(files());
    for (const [month, days] of finishedMonths(files(), today)) {
      const sources = JSON.stringify(days.map(day => day.files.map(sourceFile)));
      if (this.#complete.get(month) === sources) continue;
      if (!(await this.#isComplete(month, days))) await this.#make(month, days);
      this.#doubtful.delete(month);
      this.#complete.set(month, sources);
    }
  }

  /** Deletes the summaries of days and months that have no file of a whole day any more. */
  async removeOrphans(files: readonly StoredFile[]): Promise<void> {
    if (this.#sizes === undefined) return;
    const days = new Set(files.filter(({ isPart }) => !isPart).map(({ day }) => day));
    const months = new Set([...days].map(monthFolder));
    for (const path of this.#sizes.keys()) {
      const day = dayOfMinutes(path);
      if (day === undefined ? months.has(monthOfHours(path) ?? '') : days.has(day)) continue;
      this.#sizes.delete(path);
      const { folder } = this.#options;
      if (await isReplaceable(join(folder, path))) await deleteFiles(folder, [{ path }]);
    }
  }

  /**
   * The first summaries within the bounds that stand for rows of `files` and suit a function; undefined if there are none. Summaries of
   * other files, and damaged ones, are ignored.
   */
  async find(
    { columns, fits, needed }: SummaryUse,
    bounds: RunBounds,
    files: () => readonly StoredFile[],
  ): Promise<PositionedSummaries | undefined> {
    // Rows are read in pieces that are about as long as an hour: shorter stretches spare none of them.
    const step = (needed === undefined ? [HOUR, MINUTE] : [HOUR]).find(fits);
    if (step === undefined || columns.includes(0)) return undefined;
    const served = columns.map(column => this.#options.columns[column]!);
    const { position, before, time } = bounds;
    let month = '';
    for (const { day, files: own, isFinished } of daysIn(files())) {
      const [first, last] = [own[0]!, own.at(-1)!];
      if (last.firstPosition + last.rows <= position || last.lastTime < time.low) continue;
      if (first.firstPosition >= before || first.firstTime > time.high) return undefined;
      // One file has all hours of a month.
      if (step === HOUR && month === monthFolder(day)) continue;
      // The minutes of a day that goes on are not missing.
      if (step === MINUTE && !isFinished) continue;
      month = monthFolder(day);
      const summaries = await this.#read(step, day, served);
      const run = summaries && firstRun(summaries, [...daysIn(files())], bounds);
      if (run !== undefined) return run;
    }
    return undefined;
  }

  async #read(step: number, day: number, served: readonly ServedColumn[]): Promise<SummaryFile | undefined> {
    const meanings = served.map(meaningText);
    const month = monthFolder(day);
    const path = step === HOUR ? hourFile(month) : minuteFile(day);
    const summaries = await readSummaries(join(this.#options.folder, path), facts =>
      facts.step === step && meanings.every(meaning => facts.columns.includes(meaning))
        ? columnsFor(served)
        : undefined,
    );
    if (summaries === undefined) {
      this.#doubtful.add(month);
      this.#complete.delete(month);
    }
    return summaries;
  }

  /** Whether the file of hours was made from these days as they are served, and a file of minutes is there for each. */
  async #isComplete(month: string, days: readonly DayOfFiles[]): Promise<boolean> {
    if (this.#doubtful.has(month)) return false;
    if (!days.every(({ day }) => this.#sizes?.has(minuteFile(day)))) return false;
    const { folder, columns } = this.#options;
    const facts = await readSummaryFacts(join(folder, hourFile(month)));
    return (
      facts !== undefined &&
      isAsServed(facts, columns) &&
      facts.days.length === days.length &&
      facts.days.every((summarised, index) => isMadeFrom(summarised, days[index]!.files))
    );
  }

  async #make(month: string, days: readonly DayOfFiles[]): Promise<void> {
    const { folder, dataset, das, columns, run } = this.#options;
    const { written } = await run({
      kind: 'summarise',
      folder,
      dataset,
      das: das(),
      columns,
      month,
      days: days.map(({ day, files }) => ({ day, files: files.map(sourceFile) })),
    });
    for (const { path, bytes } of written) this.#sizes?.set(path, bytes);
  }

  /** Finds the files, and removes what an interrupted write left behind. */
  async #sizesOnDisk(): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    const top = join(this.#options.folder, SUMMARIES);
    for (const path of await pathsIn(top)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      if (TEMPORARY.test(name)) await unlink(join(top, path)).catch(() => undefined);
      const own = `${SUMMARIES}/${path}`;
      if (dayOfMinutes(own) === undefined && monthOfHours(own) === undefined) continue;
      sizes.set(own, (await stat(join(top, path))).size);
    }
    return sizes;
  }
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
