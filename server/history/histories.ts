// Opens the histories of datasets, of which several may share a folder.

import { resolve } from 'node:path';
import { type AttributeTable, printDas } from '../../dap/protocol.ts';
import type { SequenceColumn } from '../source/row-source.ts';
import type { RowStore, StoreBounds } from '../store/row-store.ts';
import { HistoryFolder } from './disk/history-folder.ts';
import type { HistoryClock } from './history-clock.ts';
import type { HistoryEvents } from './history-faults.ts';
import { HistoryStore } from './history-store.ts';
import type { HistoryLimits } from './history-writer.ts';
import { meantColumn } from './parquet/column-meaning.ts';
import { type FileColumn, STORED_TYPES } from './parquet/file-columns.ts';
import { inWorkers } from './worker-jobs.ts';

export interface HistoryRequest extends HistoryLimits {
  readonly path: string;
  readonly dataset: string;
  readonly columns: readonly SequenceColumn[];
  readonly attributes: () => AttributeTable;
  /** The bounds on the rows in memory. */
  readonly bounds: StoreBounds;
  readonly events: HistoryEvents;
  readonly clock: HistoryClock;
  /** Rows are those of another machine, which gives them again behind the last stored one. */
  readonly isResumed: boolean;
}

interface SharedFolder {
  readonly folder: Promise<HistoryFolder>;
  users: number;
}

/** The folders that this process uses. */
const folders = new Map<string, SharedFolder>();

/** Opens a store with a history. While its folder cannot be opened, rows wait in memory, and the status says why. */
export function openHistory(request: HistoryRequest): Promise<RowStore> {
  const path = resolve(request.path);
  const { dataset, columns, attributes, bounds, events, clock, isResumed, flush, keep, size } = request;
  return HistoryStore.start(
    {
      dataset,
      columns: columns.map(fileColumn),
      das: () => printDas(attributes()),
      attributes: ({ name }) => columns.find(column => column.name === name)?.attributes ?? new Map(),
      fillValue: ({ name }) => fillValueOf(columns.find(column => column.name === name)),
      limits: { flush, keep, size },
      bounds,
      beside: inWorkers,
      events,
      clock,
      isResumed,
    },
    { path, claim: () => use(path), release: () => release(path) },
  );
}

async function use(path: string): Promise<HistoryFolder> {
  const shared = folders.get(path) ?? { folder: HistoryFolder.open(path), users: 0 };
  folders.set(path, shared);
  shared.users += 1;
  try {
    return await shared.folder;
  } catch (error) {
    shared.users -= 1;
    if (folders.get(path) === shared) folders.delete(path);
    throw error;
  }
}

async function release(path: string): Promise<void> {
  const shared = folders.get(path);
  if (shared === undefined) return;
  shared.users -= 1;
  if (shared.users > 0) return;
  folders.delete(path);
  await (await shared.folder).close();
}

function fileColumn({ type, name, attributes }: SequenceColumn): FileColumn {
  const stored = STORED_TYPES.find(candidate => candidate === type);
  if (stored === undefined) throw new Error(`column ${name}: expected numbers, found ${type}`);
  return meantColumn({ type: stored, name }, attributes);
}

/** The value for a row without one: NaN, or `_FillValue` in a column of whole numbers. */
function fillValueOf(column: SequenceColumn | undefined): number {
  if (column === undefined || column.type.startsWith('Float')) return Number.NaN;
  const attribute = column.attributes.get('_FillValue');
  const [value = 0] = attribute === undefined || attribute instanceof Map ? [] : attribute.values;
  return Number(value);
}
