// Serves any number of readers from one source, whose rows go into a store that each reader reads at its own place.

import { onAbort } from '../../dap/decode/on-abort.ts';
import type { AttributeTable, DapDataset, Plan } from '../../dap/protocol.ts';
import { messageOf } from '../../device/index.ts';
import { LayoutChanged } from '../source/layout-changed.ts';
import { isResumed, type SequenceLayout, type SharedSource } from '../source/row-source.ts';
import { Announcer } from '../store/announcer.ts';
import type { Cursor } from '../store/cursor.ts';
import type { RowStore } from '../store/row-store.ts';
import { StoreCursor, type StoreReaders } from '../store/store-cursor.ts';
import { SummaryCursor } from '../store/summary-cursor.ts';
import type { Dataset, DatasetEvents, DatasetInfo, DatasetStatus } from './dataset.ts';
import { describeAttributes, describeModel, withWords } from './describe.ts';
import { findStretch, readablePart, type Stretch, type TimeStretch } from './stretch.ts';

/** A dataset with one run of rows, however many clients read it. */
export class StoredDataset implements Dataset, StoreReaders {
  info: DatasetInfo;
  readonly delivery: SharedSource['delivery'];
  readonly isClocked: boolean;
  readonly layout: SequenceLayout;
  readonly model: DapDataset;
  attributes: AttributeTable;
  /** As it was described last, without the words of the source. */
  #written: DatasetInfo;
  readonly #source: SharedSource;
  readonly #store: RowStore;
  readonly #announcer = new Announcer();
  readonly #events: DatasetEvents;
  #made = 0;
  #overrun = 0;
  #gone = 0;
  readonly #stopping = new AbortController();
  readonly #storing: Promise<void>;
  failure: string | undefined;

  /** @param store its columns are those of the source; rows that it holds already come before the source's rows */
  constructor(info: DatasetInfo, source: SharedSource, store: RowStore, events: DatasetEvents = {}) {
    const { layout, delivery, isClocked } = source;
    this.#written = info;
    this.info = withWords(info, source.words);
    this.layout = layout;
    this.delivery = delivery;
    this.isClocked = isClocked;
    this.model = describeModel(info, layout);
    this.attributes = describeAttributes(this.info, layout, delivery);
    this.#events = events;
    this.#source = source;
    this.#store = store;
    this.#storing = this.#storeRows();
  }

  open(plan: Plan): Cursor {
    const { summaries: use, time } = plan;
    const store = this.#store;
    const begin = this.#beginOf(plan);
    const rowsFrom = (position: number) =>
      new StoreCursor(store, this.#announcer, position, this, plan.reads);
    if (use === undefined || store.summaries === undefined || begin === store.end) return rowsFrom(begin);
    return new SummaryCursor(begin, use.needed, rowsFrom, async position =>
      store.summaries?.(position, use, time),
    );
  }

  stretch(time: TimeStretch): Promise<Stretch> {
    const onLoadFailure = (error: unknown) => this.onLoadFailure(error);
    return findStretch({ store: this.#store, earliest: this.earliest, onLoadFailure }, time);
  }

  readablePart(time: TimeStretch): TimeStretch | undefined {
    return readablePart({ store: this.#store, earliest: this.earliest }, time);
  }

  get closing(): AbortSignal {
    return this.#stopping.signal;
  }

  get end(): number {
    return this.#store.end;
  }

  get past(): Promise<void> | undefined {
    return this.#store.past;
  }

  get relayPath(): readonly string[] {
    return this.#source.relayPath ?? [];
  }

  get earliest(): number {
    const { earliest } = this.#source;
    if (!isResumed(this)) return earliest;
    // Rows of another machine come behind those that are stored, whenever that was.
    return Math.max(earliest, this.#store.lastTime ?? Number.NEGATIVE_INFINITY);
  }

  onOverrun(missed: number): void {
    if (this.#store.status.history !== undefined) {
      // A slow reader gets the rows from the disk that memory has forgotten.
      this.#gone += missed;
      this.#events.onGone?.(missed);
      return;
    }
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
      ...(status.history === undefined ? {} : { gone: this.#gone }),
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
    this.#written = info;
    this.info = withWords(info, this.#source.words);
    this.attributes = describeAttributes(this.info, this.layout, this.delivery);
  }

  /** Takes over the words of its source, which have changed. */
  describeAgain(): void {
    this.describe(this.#written);
  }

  stored(): Promise<void> {
    return this.#store.close();
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
    return this.#store.find(time.low, time.lowInclusive, time.high);
  }

  async #storeRows(): Promise<void> {
    const { signal } = this.#stopping;
    let changed: LayoutChanged | undefined;
    try {
      // Rows begin behind the stored ones, which may be on a disk that is mounted late.
      if (isResumed(this)) await untilSettled(this.#store.past, signal);
      const after = this.#store.lastTime;
      for await (const batch of this.#source.rows(signal, after === undefined ? {} : { after })) {
        // Readers have had their end marker by then.
        if (signal.aborted) break;
        this.#store.append(batch);
        this.#made += batch.length;
        this.#announcer.rowsCame();
      }
    } catch (error) {
      // Streams end with their end marker, as in a dataset that a reload opens again.
      if (error instanceof LayoutChanged && this.#events.onLayoutChanged !== undefined) changed = error;
      else {
        this.failure = messageOf(error);
        this.#events.onFailure?.(error);
      }
    } finally {
      const stored = this.#store.close();
      this.#announcer.announce();
      if (changed !== undefined) this.#events.onLayoutChanged?.(changed);
      await stored;
    }
  }
}

/** Resolves when `work` has settled or `signal` aborts. */
function untilSettled(work: Promise<void> | undefined, signal: AbortSignal): Promise<void> | undefined {
  if (work === undefined) return undefined;
  return new Promise(resolve => {
    const forget = onAbort(signal, () => resolve());
    void work.finally(() => {
      forget();
      resolve();
    });
  });
}
