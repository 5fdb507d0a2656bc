// Compares the rows of two files of a history.

import { join } from 'node:path';
import type { Batch, NumberColumn } from '../../../dap/protocol.ts';
import { joined, sliceOf } from '../../store/slice.ts';
import { adapt } from '../parquet/adapt.ts';
import { missingIn } from '../parquet/column-meaning.ts';
import type { FileColumn } from '../parquet/file-columns.ts';
import { factsIn } from '../parquet/file-facts.ts';
import { BrokenFile, metadataOf, readGroup } from '../parquet/file-reader.ts';
import { withFile } from '../parquet/open-file.ts';
import type { StoredFile } from './stored-file.ts';

/**
 * Whether `whole` has the rows of `part`, with the same values in the columns of `part`, and no other rows between them. False if one
 * of the files cannot be read.
 */
export async function hasRowsOf(folder: string, whole: StoredFile, part: StoredFile): Promise<boolean> {
  try {
    for await (const { batch, columns } of groupsOf(folder, part, part.firstTime, part.lastTime)) {
      const times = batch.columns[0] as Float64Array;
      const slices: Batch[] = [];
      for await (const rows of groupsOf(folder, whole, times[0]!, times.at(-1)!)) {
        slices.push(adapt(rows.batch, rows.columns, columns, missingIn));
      }
      if (!isSame(batch, joined(slices))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

export interface FileRows {
  readonly batch: Batch;
  readonly columns: readonly FileColumn[];
}

/** The rows of a file from the time `first` to `last`, a row group at once, with the columns of the file. Throws as `readGroup`. */
export async function* groupsOf(
  folder: string,
  { path, groupTimes }: Pick<StoredFile, 'path' | 'groupTimes'>,
  first: number,
  last: number,
): AsyncGenerator<FileRows, void, undefined> {
  const file = join(folder, path);
  const { metadata } = await withFile(file, metadataOf);
  const facts = factsIn(metadata.key_value_metadata ?? []);
  if (facts === undefined) throw new BrokenFile('another program has written it');
  const { columns } = facts;
  for (const [group, begin] of groupTimes.entries()) {
    const next = groupTimes[group + 1] ?? Number.POSITIVE_INFINITY;
    if (begin > last || next <= first) continue;
    const rows = await withFile(file, handle => readGroup(handle, metadata, columns, group));
    const times = rows.columns[0] as Float64Array;
    const from = times.findIndex(time => time >= first);
    const to = times.findLastIndex(time => time <= last) + 1;
    if (from >= 0 && from < to) yield { batch: sliceOf(rows, from, to), columns };
  }
}

function isSame(one: Batch, other: Batch): boolean {
  return (
    one.length === other.length &&
    one.columns.every((column, index) => {
      const [values, others] = [column as NumberColumn, other.columns[index] as NumberColumn];
      return values.every((value, row) => Object.is(value, others[row]));
    })
  );
}
