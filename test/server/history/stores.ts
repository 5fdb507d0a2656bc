// Opens stores with a history in temporary folders, for tests.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Batch, NumberColumn } from '../../../dap/index.ts';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { HistoryStore, type HistoryStoreOptions } from '../../../server/history/history-store.ts';
import { runJob } from '../../../server/history/jobs.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import type { HistoryStatus, RowStore } from '../../../server/store/row-store.ts';

/** Whether this process may mount file systems: as root on Linux. */
export const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

export const COLUMNS: readonly FileColumn[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Float64', name: 'value' },
];

/** 2026-11-28T00:00:00Z */
export const MIDNIGHT = 1_795_824_000;

/** Rows from a time on, one a second unless told otherwise; the value of each is its time after midnight. */
export function rowsFrom(time: number, length: number, step = 1): Batch {
  const times = Float64Array.from({ length }, (_, row) => time + row * step);
  return { length, columns: [times, times.map(at => at - MIDNIGHT)] };
}

export type OpenOptions = Partial<Omit<HistoryStoreOptions, 'limits' | 'bounds'>> & {
  readonly folder?: HistoryFolder;
  readonly limits?: Partial<HistoryStoreOptions['limits']>;
  /** Rows that memory holds. */
  readonly memory?: number;
  readonly age?: number;
};

/** A folder for histories, and the news of the stores in it. */
export class HistoryTree {
  readonly path = mkdtempSync(join(tmpdir(), 'dapberry-history-'));
  readonly remarks: string[] = [];
  readonly news: string[] = [];
  /** Undoes what hinders the removal, the last first. */
  readonly undo: (() => void)[] = [];
  #folder: HistoryFolder | undefined;

  async folder(): Promise<HistoryFolder> {
    this.#folder ??= await HistoryFolder.open(this.path);
    return this.#folder;
  }

  async open({ folder, ...options }: OpenOptions = {}): Promise<HistoryStore> {
    return HistoryStore.open({ ...this.#options(options), folder: folder ?? (await this.folder()) });
  }

  /** Opens a store whose folder is `path`, by default that of the tree, and need not be there yet. */
  start({
    path = this.path,
    ...options
  }: OpenOptions & { readonly path?: string } = {}): Promise<HistoryStore> {
    let claimed: HistoryFolder | undefined;
    return HistoryStore.start(this.#options(options), {
      path,
      claim: async () => {
        claimed = await HistoryFolder.open(path);
        return claimed;
      },
      release: async () => claimed?.close(),
    });
  }

  #options({
    limits,
    memory = 1000,
    age = 1e9,
    ...options
  }: Omit<OpenOptions, 'folder'>): HistoryStoreOptions {
    return {
      dataset: 'roof',
      columns: COLUMNS,
      das: () => 'Attributes {\n}\n',
      fillValue: ({ type }) => (type.startsWith('Float') ? Number.NaN : -1),
      limits: { flush: 3600, keep: 1e12, size: 1e15, ...limits },
      bounds: { rows: memory, bytes: 1e9, age },
      beside: () => runJob,
      keepMerged: 0,
      events: {
        onRemark: remark => this.remarks.push(remark),
        onFailure: (_error, work) => this.news.push(`${work} failure`),
        onRecovery: work => this.news.push(`${work} recovery`),
      },
      ...options,
    };
  }

  /** The files of the dataset's rows, from its folder on. */
  files(): string[] {
    return this.allFiles().filter(name => !name.startsWith('summaries/'));
  }

  /** The files of the dataset but its index, from its folder on. */
  allFiles(): string[] {
    const roof = join(this.path, 'roof');
    return readdirSync(roof, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(roof.length + 1))
      .filter(name => name !== '.dapberry-index.json')
      .sort();
  }

  /** Mounts a file system of its own at a folder, which is created, until the tree is removed. */
  mount(folder: string, options = 'size=4m'): void {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    this.undo.push(() => void spawnSync('umount', ['-l', folder]));
  }

  remove(): void {
    for (const undo of this.undo.reverse()) undo();
    rmSync(this.path, { recursive: true, force: true });
  }
}

const trees: HistoryTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.remove();
});

/** A tree that is removed after the test. */
export function historyTree(): HistoryTree {
  const tree = new HistoryTree();
  trees.push(tree);
  return tree;
}

export function historyOf({ status: { history } }: RowStore): HistoryStatus {
  if (history === undefined) throw new Error('expected a history');
  return history;
}

/** All rows from a position on as a reader gets them, with the position of each. */
export async function readAll(
  store: RowStore,
  from = store.first,
): Promise<{ positions: number[]; rows: number[][] }> {
  const positions: number[] = [];
  const rows: number[][] = [];
  for (let position = from; position < store.end; ) {
    const view = store.view(position, 100);
    const { position: at, batch } =
      view.length > 0 ? { position, batch: view } : await store.load(position, 100);
    for (let row = 0; row < batch.length; row += 1) {
      positions.push(at + row);
      rows.push(batch.columns.map(column => (column as NumberColumn)[row]!));
    }
    position = at + batch.length;
  }
  return { positions, rows };
}

/** The times of all rows from a position on, in seconds after midnight. */
export async function secondsIn(store: RowStore, from = store.first): Promise<number[]> {
  return (await readAll(store, from)).rows.map(([time]) => time! - MIDNIGHT);
}
