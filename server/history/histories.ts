// Opens the histories of datasets, of which several may share a folder.

import { join, resolve } from 'node:path';
import { type AttributeTable, printDas } from '../../dap/protocol.ts';
import { realPath } from '../machine/mounts.ts';
import type { SequenceColumn } from '../source/row-source.ts';
import type { RowStore, StoreBounds } from '../store/row-store.ts';
import { HistoryFolder } from './disk/history-folder.ts';
import type { HistoryClock } from './history-clock.ts';
import type { HistoryEvents } from './history-faults.ts';
import { HistoryStore } from './history-store.ts';
import type { HistoryLimits } from './history-writer.ts';
import { meantColumn } from './parquet/column-meaning.ts';
import { type FileColumn, STORED_TYPES } from './parquet/file-columns.ts';
import { type LeftRows, leaveRows, takeOver } from './waiting-rows.ts';
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

/** The folders that this process uses, by their paths without symbolic links: datasets may name one folder differently. */
const folders = new Map<string, SharedFolder>();

/** Seconds until rows that no store has taken over are tried again, unless a write is due before. */
const RETRY = 60;

/**
 * Opens a store with a history. While its folder cannot be opened, rows wait in memory, and the status says why. Rows that the store
 * before could not write come before its own.
 */
export async function openHistory(request: HistoryRequest): Promise<RowStore> {
  const taken = await takeOver(folderOf(request));
  const said = new Set<string>();
  // Attempts that fail say nothing new.
  const tell = (sentence: string) => {
    if (!said.has(sentence)) request.events.onRemark?.(sentence);
    said.add(sentence);
  };
  return start(request, taken, rows => leave(request, rows, tell));
}

function start(
  request: HistoryRequest,
  taken: LeftRows | undefined,
  onLeft: (rows: LeftRows) => void,
): Promise<RowStore> {
  const path = resolve(request.path);
  const { dataset, columns, attributes, bounds, events, clock, isResumed, flush, keep, size } = request;
  let claimed = path;
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
      taken,
      leave: onLeft,
    },
    {
      path,
      claim: async () => {
        claimed = await realPath(path);
        return use(claimed, path);
      },
      release: () => release(claimed),
    },
  );
}

/** Leaves rows to the next store of the dataset. If none comes, a store of the same kind is opened for a moment to write them. */
function leave(request: HistoryRequest, rows: LeftRows, tell: (sentence: string) => void): void {
  leaveRows(folderOf(request), {
    rows,
    pause: Math.min(RETRY, request.flush),
    tell,
    store: async waiting => {
      const quiet = { ...request, events: { onRemark: tell } };
      const store = await start(quiet, waiting, left => leave(request, left, tell));
      await store.close();
    },
  });
}

function folderOf({ path, dataset }: Pick<HistoryRequest, 'path' | 'dataset'>): string {
  return join(resolve(path), dataset);
}

/** @param named the path as it is opened, unless it is open already under another name */
async function use(path: string, named: string): Promise<HistoryFolder> {
  const shared = folders.get(path) ?? { folder: HistoryFolder.open(named), users: 0 };
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
