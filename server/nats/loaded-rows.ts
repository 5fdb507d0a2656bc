// Holds the rows of a fleet's dataset in memory while clients read them, from a time of the past on.

import type { Plan } from '../../dap/protocol.ts';
import type { DatasetEvents, DatasetInfo } from '../dataset/dataset.ts';
import { StoredDataset } from '../dataset/stored.ts';
import type { Cursor } from '../store/cursor.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { StoreBounds } from '../store/row-store.ts';
import type { LayoutMessage } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import type { NatsOptions } from './nats-options.ts';
import { NatsSource } from './nats-source.ts';
import type { RowsBegin } from './row-feed.ts';

export interface LoadedRowsOptions {
  readonly info: DatasetInfo;
  readonly layout: LayoutMessage;
  readonly link: NatsLink;
  readonly options: Pick<NatsOptions, 'servers' | 'stream'>;
  readonly bounds: StoreBounds;
  readonly begin: RowsBegin;
  /** The position of the first row: encoded rows are kept by positions, so that no other rows of the dataset may have the same ones. */
  readonly start: number;
  /** Whether the rows may take further bytes of the memory that all datasets share. */
  readonly mayTake: (bytes: number) => boolean;
  readonly events: DatasetEvents;
  readonly patience?: number;
}

/** Milliseconds after which rows that have not come are a failure for their reader. */
const PATIENCE = 15_000;

export class LoadedRows {
  readonly dataset: StoredDataset;
  readonly source: NatsSource;
  readonly begin: RowsBegin;
  /** Resolves when the rows that the stream had at the beginning are in memory: false if that took too long. */
  readonly ready: Promise<boolean>;
  isReady = false;
  #giveUp: () => void = () => {};
  #readers = 0;
  #usedAt = performance.now();

  constructor({
    info,
    layout,
    link,
    options,
    bounds,
    begin,
    start,
    mayTake,
    events,
    patience = PATIENCE,
  }: LoadedRowsOptions) {
    this.begin = begin;
    let come = () => {};
    this.ready = new Promise(resolve => {
      const late = setTimeout(() => resolve(false), patience).unref();
      come = () => {
        clearTimeout(late);
        this.isReady = true;
        resolve(true);
      };
      this.#giveUp = () => {
        clearTimeout(late);
        resolve(false);
      };
    });
    const { name } = info;
    this.source = new NatsSource({
      link,
      options,
      dataset: name,
      layout,
      begin,
      onCaughtUp: () => come(),
    });
    const store = new MemoryStore(this.source.layout.columns, bounds, start, mayTake);
    this.dataset = new StoredDataset(info, this.source, store, events);
  }

  /** Whether it has every row from `low` on, if it has begun at a time. */
  reaches(low: number): boolean {
    if (!('since' in this.begin)) return (this.dataset.status().store?.firstTime ?? Infinity) <= low;
    return this.begin.since <= low;
  }

  /** Bytes of memory that they take. */
  get bytes(): number {
    return this.dataset.status().store?.bytes ?? 0;
  }

  /** Seconds since the last reader left; 0 while there is one. */
  get unused(): number {
    return this.#readers > 0 ? 0 : (performance.now() - this.#usedAt) / 1000;
  }

  open(plan: Plan): Cursor {
    return new CountedCursor(this.dataset.open(plan), this.hold());
  }

  /** Keeps the rows in memory until the returned function is called. */
  hold(): () => void {
    this.#readers += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#readers -= 1;
      this.#usedAt = performance.now();
    };
  }

  close(): Promise<void> {
    this.#giveUp();
    return this.dataset.close();
  }
}

/** A cursor that tells when it is closed. */
class CountedCursor implements Cursor {
  readonly #cursor: Cursor;
  readonly #release: () => void;

  constructor(cursor: Cursor, release: () => void) {
    this.#cursor = cursor;
    this.#release = release;
  }

  next(most: number) {
    return this.#cursor.next(most);
  }

  get ended(): boolean {
    return this.#cursor.ended;
  }

  get failed(): boolean {
    return this.#cursor.failed;
  }

  get earliest(): number | undefined {
    return this.#cursor.earliest;
  }

  get first(): number {
    return this.#cursor.first;
  }

  wait(wake: () => void, loaded = wake): void {
    this.#cursor.wait(wake, loaded);
  }

  close(): void {
    this.#cursor.close();
    this.#release();
  }
}

/** A reader of rows that are being loaded: it begins when they are in memory, and fails if they do not come. */
export class LoadingCursor implements Cursor {
  #cursor: Cursor | undefined;
  #wakeLoaded: (() => void) | undefined;
  #isClosed = false;
  #release: () => void;
  failed = false;

  /** @param isHeld the rows stay in memory while it is open */
  constructor(rows: LoadedRows, plan: Plan, isHeld = true) {
    this.#release = rows.hold();
    void rows.ready.then(isReady => {
      this.#release();
      if (this.#isClosed) return;
      if (isReady) this.#cursor = isHeld ? rows.open(plan) : rows.dataset.open(plan);
      else this.failed = true;
      const wake = this.#wakeLoaded;
      this.#wakeLoaded = undefined;
      wake?.();
    });
  }

  next(most: number) {
    return this.#cursor?.next(most);
  }

  get ended(): boolean {
    return this.#cursor?.ended ?? this.failed;
  }

  get earliest(): number | undefined {
    return this.#cursor?.earliest;
  }

  get first(): number {
    return this.#cursor?.first ?? 0;
  }

  wait(wake: () => void, loaded = wake): void {
    if (this.#cursor !== undefined) this.#cursor.wait(wake, loaded);
    else this.#wakeLoaded = loaded;
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeLoaded = undefined;
    this.#release();
    this.#cursor?.close();
  }
}

/** A reader of rows that can not be loaded. */
export class FailedCursor implements Cursor {
  readonly ended = true;
  readonly failed = true;
  readonly earliest = undefined;
  readonly first = 0;

  next(): undefined {
    return undefined;
  }

  wait(): void {}

  close(): void {}
}
