// Writes parts and merges them into days: the work of a history that may run in a worker thread.

import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Batch, NumberColumn } from '../../../dap/protocol.ts';
import { isFree, makeFolder, writeDurably } from '../../machine/durable.ts';
import { sliceOf } from '../../store/slice.ts';
import type { FileFacts } from '../parquet/file-facts.ts';
import { BrokenFile, type HistoryFile, metadataOf, readFooter, readGroup } from '../parquet/file-reader.ts';
import { FileWriter, GROUP_ROWS, writeAll, writeBatch } from '../parquet/file-writer.ts';
import { withFile } from '../parquet/open-file.ts';
import { loadParquet } from '../parquet/parquet.ts';
import { dayName, monthFolder, numbered, partFolder, partName } from './day.ts';
import { type StoredFile, storedFile } from './stored-file.ts';

export interface WriteJob {
  readonly kind: 'write';
  /** The dataset's folder. */
  readonly folder: string;
  readonly day: number;
  readonly facts: FileFacts;
  /** Rows of that day alone. */
  readonly batch: Batch;
}

export interface MergeJob {
  readonly kind: 'merge';
  readonly folder: string;
  readonly day: number;
  /** Paths of parts within the folder, in the order of their rows, whose columns are the same. */
  readonly parts: readonly string[];
  /** The position of the first row, which is another one than in the first part if rows were put before it. */
  readonly firstPosition: number;
  /** Leaves out rows after this time. */
  readonly until?: number;
}

export type Job = WriteJob | MergeJob;

export type RunJob = (job: Job) => Promise<StoredFile>;

/** Resolves when the rows are durable, with the file that holds them. */
export function runJob(job: Job): Promise<StoredFile> {
  return job.kind === 'write' ? writePart(job) : mergeParts(job);
}

async function writePart({ folder, day, facts, batch }: WriteJob): Promise<StoredFile> {
  const writer = new FileWriter(await loadParquet(), facts);
  const place = partFolder(day);
  const name = await freeName(join(folder, place), partName((batch.columns[0] as NumberColumn)[0]!));
  return store({ folder, path: `${place}/${name}`, day, isPart: true }, writer, facts, handle =>
    writeBatch(writer, batch, handle),
  );
}

async function mergeParts({ folder, day, parts, firstPosition, until }: MergeJob): Promise<StoredFile> {
  const footers: HistoryFile[] = [];
  for (const part of parts) {
    const footer = await named(part, () => readFooter(join(folder, part)));
    if (footer === undefined) throw new PartError(part, 'another program has written it');
    footers.push(footer);
  }
  const [first, ...others] = footers;
  if (first === undefined) throw new Error('expected parts to merge, found none');
  const das = footers.at(-1)!.das;
  const clock = [...new Set(footers.flatMap(footer => footer.clock))];
  const facts: FileFacts = { ...first, firstPosition, das, clock };
  if (others.some(other => layoutText(other) !== layoutText(first))) {
    throw new Error('expected parts with the same columns');
  }
  const writer = new FileWriter(await loadParquet(), facts);
  const place = monthFolder(day);
  const name = await freeName(join(folder, place), dayName(day));
  return store({ folder, path: `${place}/${name}`, day, isPart: false }, writer, facts, async target => {
    const rows = new GroupCutter(group => writer.writeGroup(group));
    for (const [index, part] of parts.entries()) {
      await named(part, () =>
        withFile(join(folder, part), async handle => {
          const { metadata } = await metadataOf(handle);
          for (const group of footers[index]!.groupTimes.keys()) {
            rows.add(cut(await readGroup(handle, metadata, first.columns, group), until));
            await writeAll(target, writer.takeBytes());
          }
        }),
      );
    }
    rows.end();
  });
}

/** A part that cannot be merged. */
export class PartError extends Error {
  readonly part: string;

  constructor(part: string, message: string) {
    super(message);
    this.name = 'PartError';
    this.part = part;
  }
}

/** Parts whose columns have the same text can become one file. */
export function layoutText({ columns }: Pick<FileFacts, 'columns'>): string {
  return JSON.stringify(columns.map(({ type, name, quantity, missing }) => [type, name, quantity, missing]));
}

async function named<T>(part: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof BrokenFile ? new PartError(part, error.message) : error;
  }
}

async function store(
  { folder, path, ...place }: { folder: string } & Pick<StoredFile, 'path' | 'day' | 'isPart'>,
  writer: FileWriter,
  facts: FileFacts,
  write: (handle: FileHandle) => Promise<void>,
): Promise<StoredFile> {
  const file = join(folder, path);
  await makeFolder(dirname(file), dirname(folder));
  const bytes = await writeDurably(dirname(file), basename(file), async handle => {
    await write(handle);
    writer.finish();
    await writeAll(handle, writer.takeBytes());
    return (await handle.stat()).size;
  });
  const { extent, groupTimes } = writer;
  return storedFile(
    { path, ...place },
    { ...extent, firstPosition: facts.firstPosition, bytes, groupTimes: Float64Array.from(groupTimes) },
  );
}

/** The rows until a time. */
function cut(batch: Batch, until = Number.POSITIVE_INFINITY): Batch {
  const length = (batch.columns[0] as Float64Array).findIndex(time => time > until);
  return length < 0 ? batch : sliceOf(batch, 0, length);
}

/** The first name of this stem that no file has. */
async function freeName(folder: string, stem: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = numbered(stem, number);
    if (await isFree(join(folder, name))) return name;
  }
}

/** Cuts rows of any number into full row groups. */
export class GroupCutter {
  readonly #write: (group: Batch) => void;
  #columns: NumberColumn[] | undefined;
  #length = 0;

  constructor(write: (group: Batch) => void) {
    this.#write = write;
  }

  add({ length, columns }: Batch): void {
    this.#columns ??= columns.map(column => {
      const kind = column.constructor as new (length: number) => NumberColumn;
      return new kind(GROUP_ROWS);
    });
    for (let from = 0; from < length; ) {
      const to = Math.min(length, from + GROUP_ROWS - this.#length);
      for (const [index, column] of this.#columns.entries()) {
        column.set((columns[index] as NumberColumn).subarray(from, to), this.#length);
      }
      this.#length += to - from;
      from = to;
      if (this.#length === GROUP_ROWS) this.end();
    }
  }

  end(): void {
    const length = this.#length;
    if (length === 0) return;
    this.#write({ length, columns: this.#columns!.map(column => column.subarray(0, length)) });
    this.#length = 0;
  }
}
