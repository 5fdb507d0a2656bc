// Defines the facts that a file of a history states about its rows in its key-value metadata.

import { z } from 'zod';
import { checksumsIn, checksumText } from './checksums.ts';
import { meantColumns } from './column-meaning.ts';
import { type FileColumn, STORED_TYPES } from './file-columns.ts';

/** Files of another version are left alone, as those of other programs. */
const VERSION = '1';

export interface FileFacts {
  /** The name of the dataset. */
  readonly dataset: string;
  /** `time` first. */
  readonly columns: readonly FileColumn[];
  /** The dataset's attributes as a DAS, for people and other programs. */
  readonly das: string;
  /** The position of the first row in the dataset. */
  readonly firstPosition: number;
  /** Marks of a clock that was not right when the rows were made: a sentence each. */
  readonly clock: readonly string[];
  /** Facts about the summaries that the file holds in place of rows; undefined for a file of rows. */
  readonly summary?: string;
}

/** How many rows a file has, and their times in seconds since 1970. */
export interface RowExtent {
  readonly rows: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

const COLUMNS = z
  .array(z.object({ type: z.enum(STORED_TYPES), name: z.string() }))
  .min(1)
  .refine(([time]) => time?.type === 'Float64');

interface KeyValue {
  readonly key: string;
  readonly value?: string;
}

/** @param checksums those of the columns of each row group, one group after another */
export function keyValues(
  facts: FileFacts,
  extent: RowExtent,
  checksums: readonly number[],
): { key: string; value: string }[] {
  const values = {
    version: VERSION,
    dataset: facts.dataset,
    first_position: String(facts.firstPosition),
    rows: String(extent.rows),
    first_time: String(extent.firstTime),
    last_time: String(extent.lastTime),
    layout: JSON.stringify(facts.columns.map(({ type, name }) => ({ type, name }))),
    ...(facts.clock.length > 0 ? { clock: JSON.stringify(facts.clock) } : {}),
    ...(facts.summary === undefined ? {} : { summary: facts.summary }),
    das: facts.das,
    crc32: checksumText(checksums),
  };
  return Object.entries(values).map(([key, value]) => ({ key: `dapberry:${key}`, value }));
}

export function isOfThisVersion(found: readonly KeyValue[]): boolean {
  return textOf(found, 'version') === VERSION;
}

/** The checksums that `keyValues` was given. */
export function columnChecksums(found: readonly KeyValue[]): Uint32Array {
  return checksumsIn(textOf(found, 'crc32') ?? '');
}

function textOf(found: readonly KeyValue[], key: string): string | undefined {
  return found.findLast(({ key: other }) => other === `dapberry:${key}`)?.value;
}

/** Undefined if the file is not of dapberry, or of another version. Throws if it is, and its facts are not as they should be. */
export function factsIn(found: readonly KeyValue[]): (FileFacts & RowExtent) | undefined {
  if (!isOfThisVersion(found)) return undefined;
  const text = (key: string) => textOf(found, key);
  const number = (key: string, isWhole: boolean) => {
    const value = Number(text(key) ?? Number.NaN);
    if (isWhole ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value)) return value;
    throw new Error(`expected a number as dapberry:${key}, found ${JSON.stringify(text(key))}`);
  };
  const summary = text('summary');
  const facts = {
    dataset: text('dataset') ?? '',
    columns: meantColumns(COLUMNS.parse(JSON.parse(text('layout') ?? '')), text('das') ?? ''),
    das: text('das') ?? '',
    firstPosition: number('first_position', true),
    clock: z.array(z.string()).parse(JSON.parse(text('clock') ?? '[]')),
    rows: number('rows', true),
    firstTime: number('first_time', false),
    lastTime: number('last_time', false),
    ...(summary === undefined ? {} : { summary }),
  };
  if (facts.rows < 1 || !(facts.firstTime <= facts.lastTime)) {
    throw new Error(`expected one row or more in the order of their times, found ${facts.rows}`);
  }
  return facts;
}
