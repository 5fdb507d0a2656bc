// Defines the facts that a file of a history states about its rows in its key-value metadata.

import { z } from 'zod';
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

export function keyValues(facts: FileFacts, extent: RowExtent): { key: string; value: string }[] {
  const values = {
    version: VERSION,
    dataset: facts.dataset,
    first_position: String(facts.firstPosition),
    rows: String(extent.rows),
    first_time: String(extent.firstTime),
    last_time: String(extent.lastTime),
    layout: JSON.stringify(facts.columns.map(({ type, name }) => ({ type, name }))),
    ...(facts.clock.length > 0 ? { clock: JSON.stringify(facts.clock) } : {}),
    das: facts.das,
  };
  return Object.entries(values).map(([key, value]) => ({ key: `dapberry:${key}`, value }));
}

/** Undefined if the file is not of dapberry, or of another version. Throws if it is, and its facts are not as they should be. */
export function factsIn(found: readonly KeyValue[]): (FileFacts & RowExtent) | undefined {
  const values = new Map(found.map(({ key, value }) => [key, value ?? '']));
  const text = (key: string) => values.get(`dapberry:${key}`);
  const version = text('version');
  if (version !== VERSION) return undefined;
  const number = (key: string, isWhole: boolean) => {
    const value = Number(text(key) ?? Number.NaN);
    if (isWhole ? Number.isSafeInteger(value) && value >= 0 : Number.isFinite(value)) return value;
    throw new Error(`expected a number as dapberry:${key}, found ${JSON.stringify(text(key))}`);
  };
  const facts = {
    dataset: text('dataset') ?? '',
    columns: COLUMNS.parse(JSON.parse(text('layout') ?? '')),
    das: text('das') ?? '',
    firstPosition: number('first_position', true),
    clock: z.array(z.string()).parse(JSON.parse(text('clock') ?? '[]')),
    rows: number('rows', true),
    firstTime: number('first_time', false),
    lastTime: number('last_time', false),
  };
  if (facts.rows < 1 || !(facts.firstTime <= facts.lastTime)) {
    throw new Error(`expected one row or more in the order of their times, found ${facts.rows}`);
  }
  return facts;
}
