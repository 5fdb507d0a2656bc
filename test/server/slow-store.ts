// Imitates a row store with a history on disk: few rows are in memory, and others load late, or not at all.

import { setImmediate as turn } from 'node:timers/promises';
import type { Atomic, Batch, NumberColumn } from '../../dap/index.ts';
import { MemoryStore } from '../../server/store/memory-store.ts';
import type { PositionedRows, RowStore, StoreBounds, StoreStatus } from '../../server/store/row-store.ts';
import { sliceOf } from '../../server/store/slice.ts';
import type { UnfixedSpan } from '../../server/store/unfixed-span.ts';

export interface SlowStoreOptions {
  /** The position of the first row. */
  readonly start: number;
  /** The rows that are in memory at the most. */
  readonly memory: number;
  /** The bounds on all rows, in memory or not. */
  readonly bounds: StoreBounds;
  /** Rows are found by blocks of this many. */
  readonly block: number;
  /** A load takes up to this many turns of the event loop. */
  readonly turns: number;
  /** One load in this many fails; 0 for none. */
  readonly failing: number;
  readonly seed: number;
}

export class SlowStore implements RowStore {
  /** Loads that have begun and not ended. */
  loading = 0;
  /** Loads that failed. */
  failures = 0;
  /** The position that was found last. */
  found: number | undefined;
  readonly #options: SlowStoreOptions;
  readonly #memory: MemoryStore;
  /** All rows since the start, one array for each column. */
  readonly #columns: readonly number[][];
  #first: number;
  #random: number;

  constructor(fields: readonly Atomic[], options: SlowStoreOptions) {
    const { start, memory, bounds, seed } = options;
    this.#options = options;
    this.#memory = new MemoryStore(fields, { ...bounds, rows: memory }, start);
    this.#columns = fields.map(() => []);
    this.#first = start;
    this.#random = seed;
  }

  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#memory.end;
  }

  get lastTime(): number | undefined {
    return this.#memory.lastTime;
  }

  get closed(): boolean {
    return this.#memory.closed;
  }

  get unfixed(): readonly UnfixedSpan[] {
    if (this.#first === this.#options.start) return [];
    const from = Number.NEGATIVE_INFINITY;
    return [{ from, to: this.#timeAt(this.#first - 1), reason: 'gone' }];
  }

  get status(): StoreStatus {
    const { extent, ...status } = this.#memory.status;
    const rows = this.end - this.#first;
    if (extent === undefined) return { ...status, rows };
    return { ...status, rows, extent: { ...extent, firstTime: this.#timeAt(this.#first) } };
  }

  append(batch: Batch): void {
    this.#memory.append(batch);
    for (const [index, column] of this.#columns.entries())
      column.push(...(batch.columns[index] as NumberColumn));
    const { rows, age } = this.#options.bounds;
    this.#first = Math.max(this.#first, this.end - rows);
    while (this.#timeAt(this.#first) < this.#timeAt(this.end - 1) - age) this.#first += 1;
  }

  view(position: number, most: number): Batch {
    return this.#memory.view(position, most);
  }

  find(time: number, isIncluded: boolean): number {
    const { first } = this.#memory;
    const hasAll = first === this.#first || first === this.end || this.#timeAt(first) <= time;
    this.found = hasAll ? this.#memory.find(time, isIncluded) : this.#findBlock(time);
    return this.found;
  }

  async load(position: number, most: number): Promise<PositionedRows> {
    if (!(position >= this.#first && position < this.end))
      throw new Error(`${position} was never to be loaded`);
    this.loading += 1;
    try {
      for (let turns = this.#roll(this.#options.turns + 1); turns > 0; turns -= 1) await turn();
      const { failing } = this.#options;
      if (failing > 0 && this.#roll(failing) === 0) {
        this.failures += 1;
        throw new Error('the disk does not answer');
      }
      // A store may tell of rows that were forgotten meanwhile in both ways.
      if (position < this.#first && this.#roll(2) === 0) throw new Error('the file is gone');
      const from = Math.max(position, this.#first);
      const rows = 1 + this.#roll(most);
      return { position: from, batch: this.#rowsAt(from, Math.min(rows, this.end - from)) };
    } finally {
      this.loading -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#memory.close();
    await turn();
  }

  /** The beginning of the block that has the oldest row at or after a time. */
  #findBlock(time: number): number {
    const { block } = this.#options;
    let position = this.#first;
    while (position < this.end && this.#timeAt(position) < time) position += 1;
    return Math.max(this.#first, position - (position % block));
  }

  #rowsAt(position: number, length: number): Batch {
    const from = position - this.#options.start;
    const { columns } = this.#memory.view(this.end - 1, 1);
    const copies = columns.map((column, index) => {
      const kind = column.constructor as new (values: readonly number[]) => NumberColumn;
      return new kind(this.#columns[index]!.slice(from, from + length));
    });
    return sliceOf({ length, columns: copies }, 0, length);
  }

  #timeAt(position: number): number {
    return this.#columns[0]![position - this.#options.start]!;
  }

  /** A whole number from 0 to before `below`. */
  #roll(below: number): number {
    this.#random = (this.#random * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((this.#random / 2 ** 31) * below);
  }
}
