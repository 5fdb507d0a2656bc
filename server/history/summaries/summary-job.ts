// Summarises the finished days of a month: their minutes in a file a day, their hours in one file. The work may run in a worker thread.

import { join } from 'node:path';
import type { Batch } from '../../../dap/protocol.ts';
import { PartError } from '../disk/jobs.ts';
import { adapt } from '../parquet/adapt.ts';
import { factsIn } from '../parquet/file-facts.ts';
import { BrokenFile, metadataOf, readGroup } from '../parquet/file-reader.ts';
import { withFile } from '../parquet/open-file.ts';
import { Stretches } from './stretches.ts';
import { meaningText, type ServedColumn, summarisedRows, summaryColumns } from './summary-columns.ts';
import { isMadeFrom, type SourceFile, type SummarisedDay, type SummaryFacts } from './summary-facts.ts';
import { readSummaries, type SummaryFile, writeSummaries } from './summary-file.ts';
import { HOUR, hourFile, MINUTE, minuteFile } from './summary-names.ts';

export interface SummaryJob {
  readonly kind: 'summarise';
  /** The dataset's folder. */
  readonly folder: string;
  readonly dataset: string;
  readonly das: string;
  /** `time` first. */
  readonly columns: readonly ServedColumn[];
  /** `2026/11` */
  readonly month: string;
  /** All days of the month that are finished. */
  readonly days: readonly Omit<SummarisedDay, 'stretches'>[];
}

/** The files that a job has written. */
export interface SummaryJobResult {
  readonly written: readonly { readonly path: string; readonly bytes: number }[];
}

/**
 * Makes the files that are missing, or were made from other files. Throws a PartError if a file of rows is damaged; days before that one
 * are summarised then.
 */
export async function summariseMonth(job: SummaryJob): Promise<SummaryJobResult> {
  const { folder, dataset, das, month, columns } = job;
  const made = { columns: columns.slice(1).map(meaningText) };
  const facts = { dataset, das, columns: summaryColumns(columns) };
  const written: { path: string; bytes: number }[] = [];
  const write = async (path: string, summary: SummaryFacts, rows: Batch) => {
    const bytes = await writeSummaries(folder, path, facts, summary, rows);
    if (bytes > 0) written.push({ path, bytes });
  };
  const days: SummarisedDay[] = [];
  const hours = new Stretches(columns, HOUR);
  for (const { day, files } of job.days) {
    let minutes = (await minutesOf(job, day, files))?.rows;
    if (minutes === undefined) {
      const rows = await summariseDay(job, files);
      if (rows === undefined) continue;
      const days = [{ day, stretches: rows.length, files }];
      await write(minuteFile(day), { step: MINUTE, ...made, days }, rows);
      minutes = summarisedRows(rows);
    }
    const before = hours.length;
    hours.addSummaries(minutes);
    days.push({ day, stretches: hours.length - before, files });
  }
  const summary = { step: HOUR, ...made, days };
  const known = await readSummaries(join(folder, hourFile(month)), () => facts.columns);
  if (days.length > 0 && JSON.stringify(known?.facts) !== JSON.stringify(summary)) {
    await write(hourFile(month), summary, hours.finish());
  }
  return { written };
}

function minutesOf(
  { folder, columns }: SummaryJob,
  day: number,
  files: readonly SourceFile[],
): Promise<SummaryFile | undefined> {
  return readSummaries(join(folder, minuteFile(day)), facts =>
    isAsServed(facts, columns) && facts.days.length === 1 && isMadeFrom(facts.days[0]!, files)
      ? summaryColumns(columns)
      : undefined,
  );
}

/** Whether all columns of the dataset were summarised as they are served now. */
export function isAsServed(facts: SummaryFacts, columns: readonly ServedColumn[]): boolean {
  return JSON.stringify(facts.columns) === JSON.stringify(columns.slice(1).map(meaningText));
}

/** The minutes of a day; undefined if its files have gone meanwhile, or others are in their place: the next start finds them. */
async function summariseDay(
  { folder, columns }: SummaryJob,
  files: readonly SourceFile[],
): Promise<Batch | undefined> {
  const minutes = new Stretches(columns, MINUTE);
  for (const file of files) {
    try {
      if (!(await addRows(minutes, join(folder, file.path), file, columns))) return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error instanceof BrokenFile ? new PartError(file.path, error.message) : error;
    }
  }
  return minutes.finish();
}

/** Resolves with false if the rows of the file are others. */
function addRows(
  minutes: Stretches,
  file: string,
  { rows, firstTime, lastTime }: SourceFile,
  columns: readonly ServedColumn[],
): Promise<boolean> {
  const fills = new Map(columns.map(({ name, fillValue }) => [name, fillValue]));
  return withFile(file, async handle => {
    const { metadata } = await metadataOf(handle);
    const facts = factsIn(metadata.key_value_metadata ?? []);
    if (facts?.rows !== rows || facts.firstTime !== firstTime || facts.lastTime !== lastTime) return false;
    for (const group of metadata.row_groups.keys()) {
      const batch = await readGroup(handle, metadata, facts.columns, group);
      minutes.add(adapt(batch, facts.columns, columns, ({ name }) => fills.get(name) ?? Number.NaN));
    }
    return true;
  });
}
