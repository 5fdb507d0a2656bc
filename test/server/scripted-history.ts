// A row store for tests with a history on a disk of its own, which is written, merged and opened anew when the test says so.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../dap/index.ts';
import { HistoryFolder } from '../../server/history/disk/history-folder.ts';
import { HistoryStore } from '../../server/history/history-store.ts';
import { runJob } from '../../server/history/jobs.ts';
import type { PositionedRows, RowStore, StoreBounds, StoreStatus } from '../../server/store/row-store.ts';
import type { UnfixedSpan } from '../../server/store/unfixed-span.ts';
import type { DiskEvent } from './schedule-commands.ts';
import { LAYOUT } from './scripted-source.ts';

export class ScriptedHistory implements RowStore {
  /** The position that was found last. */
  found: number | undefined;
  readonly failures = 0;
  closed = false;
  readonly #folder: HistoryFolder;
  readonly #bounds: StoreBounds;
  #store: HistoryStore;
  readonly #faults: string[];

  private constructor(folder: HistoryFolder, bounds: StoreBounds, store: HistoryStore, faults: string[]) {
    this.#folder = folder;
    this.#bounds = bounds;
    this.#store = store;
    this.#faults = faults;
  }

  static async open(bounds: StoreBounds): Promise<ScriptedHistory> {
    const folder = await HistoryFolder.open(await mkdtemp(join(tmpdir(), 'dapberry-model-')));
    const faults: string[] = [];
    return new ScriptedHistory(folder, bounds, await openStore(folder, bounds, faults), faults);
  }

  get first(): number {
    return this.#store.first;
  }

  get end(): number {
    return this.#store.end;
  }

  get lastTime(): number | undefined {
    return this.#store.lastTime;
  }

  get unfixed(): readonly UnfixedSpan[] {
    return this.#store.unfixed;
  }

  get status(): StoreStatus {
    return this.#store.status;
  }

  append(batch: Batch): void {
    this.#store.append(batch);
  }

  view(position: number, most: number): Batch {
    return this.#store.view(position, most);
  }

  find(time: number, isIncluded: boolean): number {
    this.found = this.#store.find(time, isIncluded);
    return this.found;
  }

  load(position: number, most: number, columns?: readonly number[]): Promise<PositionedRows> {
    return this.#store.load(position, most, columns);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.#store.close();
    this.#check();
  }

  async meet(event: DiskEvent): Promise<void> {
    if (this.closed) return;
    if (event === 'flush') await this.#store.flush();
    else if (event === 'flush beside') void this.#store.flush();
    else if (event === 'merge') await this.#store.merge();
    else {
      await this.#store.close();
      this.#store = await openStore(this.#folder, this.#bounds, this.#faults);
    }
    this.#check();
  }

  async remove(): Promise<void> {
    await this.#store.close();
    await this.#folder.close();
    await rm(this.#folder.path, { recursive: true });
  }

  #check(): void {
    const { lost, unfit, failures } = this.#store.status.history!;
    if (lost + unfit + failures > 0)
      this.#faults.push(`${lost} rows lost, ${unfit} unfit, ${failures} failures`);
    if (this.#faults.length > 0) throw new Error(this.#faults.join('; '));
  }
}

function openStore(folder: HistoryFolder, bounds: StoreBounds, faults: string[]): Promise<HistoryStore> {
  return HistoryStore.open({
    folder,
    dataset: 'scripted',
    columns: LAYOUT.columns as Parameters<typeof HistoryStore.open>[0]['columns'],
    das: () => '',
    fillValue: () => Number.NaN,
    limits: { flush: 3600, keep: Number.POSITIVE_INFINITY, size: Number.POSITIVE_INFINITY },
    bounds,
    beside: () => runJob,
    events: {
      onRemark: remark => faults.push(remark),
      onFailure: error => faults.push(String(error)),
    },
  });
}
