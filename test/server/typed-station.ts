// Makes a dataset with a column of each type, whose rows are in memory, on a disk, or in both, for tests.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attribute, Batch, NumberColumn } from '../../dap/index.ts';
import { StoredDataset } from '../../server/dataset/stored.ts';
import { HistoryFolder } from '../../server/history/disk/history-folder.ts';
import { HistoryStore } from '../../server/history/history-store.ts';
import { runJob } from '../../server/history/jobs.ts';
import type { FileColumn } from '../../server/history/parquet/file-columns.ts';
import type { SequenceColumn, SharedSource } from '../../server/source/row-source.ts';
import { MemoryStore } from '../../server/store/memory-store.ts';
import type { RowStore } from '../../server/store/row-store.ts';

/** 2026-11-28T00:00:00Z */
export const MIDNIGHT = 1_795_824_000;

const TYPES = ['Float64', 'Byte', 'Int16', 'UInt16', 'Int32', 'UInt32', 'Float32', 'Float64'] as const;
const NAMES = ['time', 'byte', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'temperature'] as const;

const text = (value: string): Attribute => ({ type: 'String', values: [value] });

export const TYPED_COLUMNS: readonly SequenceColumn[] = NAMES.map((name, index) => {
  const type = TYPES[index]!;
  const attributes: [string, Attribute][] = [['long_name', text(`a column of ${type}`)]];
  if (name === 'time')
    attributes.push(
      ['units', text('seconds since 1970-01-01T00:00:00Z')],
      ['standard_name', text('time')],
      ['calendar', text('standard')],
      ['axis', text('T')],
    );
  else attributes.push(['units', text('1')]);
  if (type.startsWith('Float') && name !== 'time')
    attributes.push(['_FillValue', { type, values: [Number.NaN] }]);
  return { type, name, attributes: new Map(attributes) };
});

/** 9000 times over more than a day, at irregular distances. */
export const TIMES: readonly number[] = Array.from(
  { length: 9000 },
  (_, row) => MIDNIGHT - 7200 + row * 12.5 + (row % 4) * 0.25,
);

/** Rows with a time each, which reach the limits of their types. */
export function typedRows(times: readonly number[]): Batch {
  const rows = times.map((_, row) => row);
  const columns: NumberColumn[] = [
    Float64Array.from(times),
    Uint8Array.from(rows, row => row % 256),
    Int16Array.from(rows, row => (row % 3 === 0 ? -32_768 + row : 32_767 - row)),
    Uint16Array.from(rows, row => (row % 3 === 0 ? 65_535 - row : row)),
    Int32Array.from(rows, row => (row % 3 === 0 ? -(2 ** 31) + row : 2 ** 31 - 1 - row)),
    Uint32Array.from(rows, row => (row % 3 === 0 ? 2 ** 32 - 1 - row : row)),
    Float32Array.from(rows, row => (row % 11 === 5 ? Number.NaN : row / 7)),
    Float64Array.from(rows, row => (row % 13 === 4 ? Number.NaN : 20 + Math.sin(row) * 5)),
  ];
  return { length: times.length, columns };
}

export type Place = 'memory' | 'disk' | 'both';

export interface TypedStation {
  readonly dataset: StoredDataset;
  readonly store: RowStore;
  /** Adds rows behind those that are there. Resolves when they are stored. */
  append(batch: Batch): Promise<void>;
  /** Takes the files of the disk away. */
  remove(): Promise<void>;
}

/** @param first the rows that are there at the start; on the disk alone, or the older half of them, if told so */
export async function typedStation(place: Place, first: Batch): Promise<TypedStation> {
  const name = 'roof';
  const folder = await mkdtemp(join(tmpdir(), 'dapberry-typed-'));
  let store: RowStore;
  if (place === 'memory') store = new MemoryStore(TYPED_COLUMNS, { rows: 1e6, bytes: 1e9, age: 1e9 });
  else {
    const options = {
      folder: await HistoryFolder.open(folder),
      dataset: name,
      columns: TYPED_COLUMNS as readonly FileColumn[],
      das: () => '',
      fillValue: () => Number.NaN,
      limits: { flush: 3600, keep: 1e12, size: 1e15 },
      bounds: { rows: place === 'disk' ? 1 : Math.ceil(first.length / 2), bytes: 1e9, age: 1e9 },
      beside: () => runJob,
    };
    store = await HistoryStore.open(options);
  }
  const waiting: { readonly batch: Batch; readonly taken: () => void }[] = [];
  let wake = (): void => {};
  const source: SharedSource = {
    layout: { name: 'sensor', columns: TYPED_COLUMNS },
    delivery: { kind: 'pushed' },
    isClocked: false,
    status: { kind: 'plain' },
    earliest: Number.NEGATIVE_INFINITY,
    async *rows(signal: AbortSignal) {
      signal.addEventListener('abort', () => wake());
      while (!signal.aborted) {
        const next = waiting.shift();
        if (next !== undefined) {
          yield next.batch;
          next.taken();
          continue;
        }
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    },
    close: async () => undefined,
  };
  const info = { name, title: 'The roof', summary: 'A column of each type.', source: 'a test' };
  const dataset = new StoredDataset(info, source, store);
  const append = (batch: Batch) =>
    new Promise<void>(taken => {
      waiting.push({ batch, taken });
      wake();
    });
  await append(first);
  if (store instanceof HistoryStore) await store.flush();
  return { dataset, store, append, remove: () => rm(folder, { recursive: true, force: true }) };
}
