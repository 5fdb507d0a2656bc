// Serves any number of readers from one source, whose rows go into a store that each reader reads at its own place.

import type { AttributeTable, DapDataset, Plan } from '../../dap/protocol.ts';
import { messageOf } from '../../device/index.ts';
import type { SequenceLayout, SharedSource } from '../source/row-source.ts';
import { Announcer } from '../store/announcer.ts';
import type { Cursor } from '../store/cursor.ts';
import type { RowStore } from '../store/row-store.ts';
import { StoreCursor, type StoreReaders } from '../store/store-cursor.ts';
import type { Dataset, DatasetEvents, DatasetInfo, DatasetStatus } from './dataset.ts';
import { describeAttributes, describeModel } from './describe.ts';

/** A dataset with one run of rows, however many clients read it. */
export class StoredDataset implements Dataset, StoreReaders {
  info: DatasetInfo;
  readonly delivery: SharedSource['delivery'];
  readonly isClocked: boolean;
  readonly layout: SequenceLayout;
  readonly model: DapDataset;
  attributes: AttributeTable;
  readonly #source: SharedSource;
  readonly #store: RowStore;
  readonly #announcer = new Announcer();
  readonly #events: DatasetEvents;
  #made = 0;
  #overrun = 0;
  readonly #stopping = new AbortController();
  readonly #storing: Promise<void>;
  failure: string | undefined;

  /** @param store its columns are those of the source; rows that it holds already come before the source's rows */
  constructor(info: DatasetInfo, source: SharedSource, store: RowStore, events: DatasetEvents = {}) {
    const { layout, delivery, isClocked } = source;
    this.info = info;
    this.layout = layout;
    this.delivery = delivery;
    this.isClocked = isClocked;
    this.model = describeModel(info, layout);
    this.attributes = describeAttributes(info, layout, delivery);
    this.#events = events;
    this.#source = source;
    this.#store = store;
    this.#storing = this.#storeRows();
  }

  open(plan: Plan): Cursor {
    return new StoreCursor(this.#store, this.#announcer, this.#beginOf(plan), this);
  }

  get closing(): AbortSignal {
    return this.#stopping.signal;
  }

  get earliest(): number {
    return this.#source.earliest;
  }

  onOverrun(missed: number): void {
    this.#overrun += missed;
    this.#events.onOverrun?.(missed);
  }

  onLoadFailure(error: unknown): void {
    this.#events.onLoadFailure?.(error);
  }

  status(): DatasetStatus {
    const { lastTime, status } = this.#store;
    return {
      rows: this.#made,
      overrun: this.#overrun,
      source: this.#source.status,
      store: status,
      ...(lastTime === undefined ? {} : { lastTime }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }

  newestRow(): readonly number[] | undefined {
    const { first, end } = this.#store;
    if (end === first) return undefined;
    const { length, columns } = this.#store.view(end - 1, 1);
    return length === 0 ? undefined : columns.map(column => Number(column[0]));
  }

  describe(info: DatasetInfo): void {
    this.info = info;
    this.attributes = describeAttributes(info, this.layout, this.delivery);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    // Readers get their end marker now: a sensor may take its time to close.
    const stored = this.#store.close();
    this.#announcer.announce();
    await this.#storing;
    await this.#source.close();
    await stored;
  }

  /** The position of the oldest row that can match; an upper bound alone asks for the past as well. */
  #beginOf({ time, timeBounded }: Plan): number {
    if (!timeBounded || time.low > time.high) return this.#store.end;
    return this.#store.find(time.low, time.lowInclusive);
  }

  async #storeRows(): Promise<void> {
    const { signal } = this.#stopping;
    const after = this.#store.lastTime;
    try {
      for await (const batch of this.#source.rows(signal, after === undefined ? {} : { after })) {
        // Readers have had their end marker by then.
        if (signal.aborted) break;
        this.#store.append(batch);
        this.#made += batch.length;
        this.#announcer.rowsCame();
      }
    } catch (error) {
      this.failure = messageOf(error);
      this.#events.onFailure?.(error);
    } finally {
      const stored = this.#store.close();
      this.#announcer.announce();
      await stored;
    }
  }
}
