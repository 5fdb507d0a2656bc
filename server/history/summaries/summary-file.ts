// Writes and reads files of summaries: Parquet files like those of rows, which state what they were made from.

import { basename, dirname, join } from 'node:path';
import type { Batch, SummarisedRows } from '../../../dap/protocol.ts';
import { makeFolder, writeDurably } from '../../machine/durable.ts';
import type { FileColumn } from '../parquet/file-columns.ts';
import { type FileFacts, factsIn } from '../parquet/file-facts.ts';
import { BrokenFile, metadataOf, readFooter, readGroup } from '../parquet/file-reader.ts';
import { FileWriter, writeAll, writeBatch } from '../parquet/file-writer.ts';
import { withFile } from '../parquet/open-file.ts';
import { loadParquet } from '../parquet/parquet.ts';
import { summarisedRows } from './summary-columns.ts';
import { type SummaryFacts, summaryFactsIn } from './summary-facts.ts';

export interface SummaryFile {
  readonly facts: SummaryFacts;
  readonly rows: SummarisedRows;
}

/**
 * Reads the columns of a file that `columnsFor` gives for its facts. Undefined if it gives none, and if no summaries can be read there:
 * they are only a cache.
 */
export async function readSummaries(
  file: string,
  columnsFor: (facts: SummaryFacts) => readonly FileColumn[] | undefined,
): Promise<SummaryFile | undefined> {
  try {
    return await withFile(file, async handle => {
      const { metadata } = await metadataOf(handle);
      const { summary, columns: own = [] } = factsIn(metadata.key_value_metadata ?? []) ?? {};
      if (summary === undefined) return undefined;
      const facts = summaryFactsIn(summary);
      const wanted = columnsFor(facts)?.map(({ name, type }) =>
        own.findIndex(column => column.name === name && column.type === type),
      );
      if (wanted === undefined || wanted.includes(-1)) return undefined;
      const { length, columns } = await readGroup(handle, metadata, own, 0, wanted);
      const rows = summarisedRows({ length, columns: wanted.map(index => columns[index]!) });
      const stretches = facts.days.reduce((sum, day) => sum + day.stretches, 0);
      return stretches === rows.length ? { facts, rows } : undefined;
    });
  } catch {
    return undefined;
  }
}

/** What a file of summaries states; undefined if there is none that can be read. */
export async function readSummaryFacts(file: string): Promise<SummaryFacts | undefined> {
  try {
    const { summary } = (await readFooter(file)) ?? {};
    return summary === undefined ? undefined : summaryFactsIn(summary);
  } catch {
    return undefined;
  }
}

/** Whether a file of summaries may be written or deleted under this name: there is none, or a file of summaries, maybe a damaged one. */
export async function isReplaceable(file: string): Promise<boolean> {
  try {
    return (await readFooter(file))?.summary !== undefined;
  } catch (error) {
    return error instanceof BrokenFile || (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Resolves with the bytes of the file when it is durable; with 0 if another program's file has its name. */
export async function writeSummaries(
  folder: string,
  path: string,
  facts: Pick<FileFacts, 'dataset' | 'das' | 'columns'>,
  summary: SummaryFacts,
  rows: Batch,
): Promise<number> {
  const file = join(folder, path);
  if (!(await isReplaceable(file))) return 0;
  const writer = new FileWriter(await loadParquet(), {
    ...facts,
    firstPosition: 0,
    clock: [],
    summary: JSON.stringify(summary),
  });
  await makeFolder(dirname(file));
  return writeDurably(dirname(file), basename(file), async handle => {
    await writeBatch(writer, rows, handle);
    writer.finish();
    await writeAll(handle, writer.takeBytes());
    return (await handle.stat()).size;
  });
}
