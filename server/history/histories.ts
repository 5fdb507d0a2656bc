// Opens the histories of datasets, of which several may share a folder.

import { resolve } from 'node:path';
import { type AttributeTable, printDas } from '../../dap/protocol.ts';
import { messageOf } from '../../device/index.ts';
import type { SequenceColumn } from '../source/row-source.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { RowStore, StoreBounds, StoreStatus } from '../store/row-store.ts';
import { type FileColumn, STORED_TYPES } from './file-columns.ts';
import type { HistoryClock } from './history-clock.ts';
import { HistoryFolder } from './history-folder.ts';
import { type HistoryEvents, type HistoryLimits, HistoryStore } from './history-store.ts';
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
}

interface SharedFolder {
  readonly folder: Promise<HistoryFolder>;
  users: number;
}

/** The folders that this process uses. */
const folders = new Map<string, SharedFolder>();

/** Opens a store with a history. If it cannot be opened, the rows are kept in memory alone, and the status says why. */
export async function openHistory(request: HistoryRequest): Promise<RowStore> {
  const path = resolve(request.path);
  const { dataset, columns, attributes, bounds, events, clock, flush, keep, size } = request;
  try {
    const fileColumns = columns.map(fileColumn);
    const folder = await use(path);
    try {
      return await HistoryStore.open({
        folder,
        dataset,
        columns: fileColumns,
        das: () => printDas(attributes()),
        fillValue: ({ name }) => fillValueOf(columns.find(column => column.name === name)),
        limits: { flush, keep, size },
        bounds,
        beside: inWorkers,
        events,
        clock,
        release: () => release(path),
      });
    } catch (error) {
      await release(path);
      throw error;
    }
  } catch (error) {
    events.onFailure?.(error);
    return new StoreWithoutHistory(columns, bounds, path, messageOf(error));
  }
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

function fileColumn({ type, name }: SequenceColumn): FileColumn {
  const stored = STORED_TYPES.find(candidate => candidate === type);
  if (stored === undefined) throw new Error(`column ${name}: expected numbers, found ${type}`);
  return { type: stored, name };
}

/** The value for a row without one: NaN, or `_FillValue` in a column of whole numbers. */
function fillValueOf(column: SequenceColumn | undefined): number {
  if (column === undefined || column.type.startsWith('Float')) return Number.NaN;
  const attribute = column.attributes.get('_FillValue');
  const [value = 0] = attribute === undefined || attribute instanceof Map ? [] : attribute.values;
  return Number(value);
}

/** A store in memory, whose status says why it has no history. */
class StoreWithoutHistory extends MemoryStore {
  readonly #folder: string;
  readonly #failure: string;
  readonly #since = Date.now() / 1000;

  constructor(fields: readonly SequenceColumn[], bounds: StoreBounds, folder: string, failure: string) {
    super(fields, bounds);
    this.#folder = folder;
    this.#failure = failure;
  }

  override get status(): StoreStatus {
    return {
      ...super.status,
      history: {
        folder: this.#folder,
        rows: 0,
        bytes: 0,
        files: 0,
        unstored: this.end - this.first,
        failure: this.#failure,
        failingSince: this.#since,
        failures: 1,
        lost: 0,
        unfit: 0,
      },
    };
  }
}
