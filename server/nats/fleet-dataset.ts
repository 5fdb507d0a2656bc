// Serves a dataset of a fleet: described by its layout message, with rows that are loaded when a client asks for them.

import {
  type AttributeTable,
  attributeTable,
  attributeText,
  type DapDataset,
  type Plan,
} from '../../dap/protocol.ts';
import type { Dataset, DatasetEvents, DatasetInfo, DatasetStatus } from '../dataset/dataset.ts';
import { type Stretch, StretchError, type TimeStretch } from '../dataset/stretch.ts';
import { relayName } from '../source/relay-path.ts';
import type { NatsStatus, PushedDelivery, SequenceLayout } from '../source/row-source.ts';
import type { Cursor } from '../store/cursor.ts';
import { FIRST_CAPACITY, memoryCapacity } from '../store/memory-store.ts';
import type { StoreBounds } from '../store/row-store.ts';
import { deliveryOf, type LayoutMessage, sequenceOf } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import { FailedCursor, LoadedRows, LoadingCursor } from './loaded-rows.ts';
import type { NatsOptions } from './nats-options.ts';
import type { RowsBegin } from './row-feed.ts';

export interface FleetDatasetOptions {
  readonly name: string;
  readonly layout: LayoutMessage;
  readonly link: NatsLink;
  readonly options: Pick<NatsOptions, 'servers' | 'stream'>;
  readonly bounds: StoreBounds;
  readonly isPublic: boolean;
  readonly patience?: number;
  readonly events?: DatasetEvents;
  /** The newest row that is known without loading rows. `isAsked`: it is to be known from now on, for a while. */
  readonly newest: (isAsked: boolean) => readonly number[] | undefined;
  /** Whether rows may take further bytes of the memory that all datasets of the fleet share. */
  readonly mayTake?: (bytes: number) => boolean;
}

/** Positions for the rows of one load: more than come while it is in memory. */
const POSITIONS = 2 ** 32;

export class FleetDataset implements Dataset {
  info: DatasetInfo;
  readonly isClocked = false;
  readonly relayPath: readonly string[];
  readonly layout: SequenceLayout;
  readonly model: DapDataset;
  attributes: AttributeTable;
  readonly #options: FleetDatasetOptions;
  #message: LayoutMessage;
  /** The last one is for new readers; those before it have readers yet. */
  #loaded: LoadedRows[] = [];
  /** Rows that came while it was loaded before. */
  #rows = 0;
  /** How often rows were loaded. */
  #loads = 0;
  /** Why rows could not be loaded last. */
  #refusal: string | undefined;
  readonly #closing = new AbortController();

  constructor(options: FleetDatasetOptions) {
    this.#options = options;
    this.#message = options.layout;
    this.relayPath = [relayName(options.name)];
    this.layout = sequenceOf(options.layout);
    // A publisher may name the dataset otherwise in the stream.
    this.model = { ...options.layout.model, name: options.name };
    this.attributes = options.layout.attributes;
    this.info = this.#infoOf(options.layout);
  }

  get delivery(): PushedDelivery {
    return deliveryOf(this.#message);
  }

  get layoutId(): string {
    return this.#message.layout;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The rows in memory. */
  get loaded(): readonly LoadedRows[] {
    return this.#loaded;
  }

  /** True while no row is in memory. */
  get isResting(): boolean {
    return this.#loaded.length === 0;
  }

  get end(): number {
    return this.#newest?.dataset.end ?? 0;
  }

  open(plan: Plan): Cursor {
    const rows = this.#rowsFor(plan.timeBounded ? plan.time.low : undefined);
    if (rows === undefined) return new FailedCursor();
    return rows.isReady ? rows.open(plan) : new LoadingCursor(rows, plan);
  }

  /** A cursor at the rows that are in memory for others, if there are any: they are not loaded for it, nor kept. */
  watch(plan: Plan): Cursor {
    const rows = this.#newest;
    if (rows === undefined) return new FailedCursor();
    return rows.isReady ? rows.dataset.open(plan) : new LoadingCursor(rows, plan, false);
  }

  /** Loads the newest rows, so that `status` tells their times. Resolves with false if they do not come. */
  async load(): Promise<boolean> {
    const rows = this.#rowsFor(undefined);
    if (rows === undefined) return false;
    const release = rows.hold();
    const isThere = await rows.ready;
    release();
    return isThere;
  }

  async stretch(time: TimeStretch): Promise<Stretch> {
    const rows = this.#rowsFor(time.from);
    if (rows === undefined) throw this.#notNow(this.#refusal);
    const release = rows.hold();
    try {
      if (!(await rows.ready)) throw this.#notNow(rows.source.status.problem);
      return await rows.dataset.stretch(time);
    } finally {
      release();
    }
  }

  readablePart(time: TimeStretch): TimeStretch | undefined {
    return this.#newest?.dataset.readablePart(time);
  }

  status(): DatasetStatus {
    const rows = this.#newest;
    if (rows !== undefined) {
      const status = rows.dataset.status();
      return { ...status, rows: this.#rows + status.rows };
    }
    const lastTime = this.#options.newest(false)?.[0];
    return { rows: this.#rows, source: this.#resting(), ...(lastTime === undefined ? {} : { lastTime }) };
  }

  newestRow(): readonly number[] | undefined {
    return this.#newest?.dataset.newestRow() ?? this.#options.newest(true);
  }

  /** The words of a dataset of a fleet are those of its publisher. */
  describe(): void {}

  /** Takes over the words of a message with the same layout. */
  redescribe(message: LayoutMessage): void {
    this.#message = message;
    this.attributes = message.attributes;
    this.info = this.#infoOf(message);
  }

  /** Lets go of rows that nobody has read for `seconds`. Resolves with true if rows are left in memory. */
  async rest(seconds: number): Promise<boolean> {
    const newest = this.#newest;
    const over = this.#loaded.filter(rows => rows.unused > (rows === newest ? seconds : 0));
    this.#loaded = this.#loaded.filter(rows => !over.includes(rows));
    for (const { dataset } of over) this.#rows += dataset.status().rows;
    await Promise.all(over.map(rows => rows.close()));
    return this.#loaded.length > 0;
  }

  /** Lets go of these rows at once. */
  letGo(rows: LoadedRows): void {
    this.#loaded = this.#loaded.filter(one => one !== rows);
    this.#rows += rows.dataset.status().rows;
    void rows.close();
  }

  async stored(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort();
    const loaded = this.#loaded;
    await Promise.all(loaded.map(rows => rows.close()));
  }

  get #newest(): LoadedRows | undefined {
    return this.#loaded.at(-1);
  }

  #notNow(reason = 'no answer'): StretchError {
    return new StretchError('running', `the rows of ${this.info.name} can not be loaded now: ${reason}`);
  }

  /**
   * The rows, which may have to be loaded; undefined if they can not be.
   * @param low the time from which rows are wanted; undefined for the next rows
   */
  #rowsFor(low: number | undefined): LoadedRows | undefined {
    if (this.closing.aborted) return undefined;
    const known = this.#newest;
    const { age } = this.#options.bounds;
    if (known !== undefined && (low === undefined || known.reaches(low))) return known;
    const { link, options, bounds, patience, events = {}, mayTake = () => true } = this.#options;
    const isDeep = low !== undefined && low < Date.now() / 1000 - age;
    const begin: RowsBegin = isDeep ? { since: low } : { age };
    // Rows of the recent past are in memory already, or are gone from the stream.
    if (known !== undefined && !isDeep) return known;
    const { rowBytes, rows: most } = memoryCapacity(this.layout.columns, bounds);
    this.#refusal = mayTake(Math.min(FIRST_CAPACITY, most) * rowBytes)
      ? undefined
      : 'the memory for the datasets of the fleet is full, and clients read all of them';
    if (this.#refusal !== undefined) return undefined;
    this.#loads += 1;
    const rows = new LoadedRows({
      info: this.info,
      layout: this.#message,
      link,
      options,
      // The bound on bytes holds.
      bounds: isDeep ? { ...bounds, age: Number.MAX_SAFE_INTEGER } : bounds,
      begin,
      start: this.#loads * POSITIONS,
      mayTake,
      events,
      ...(patience === undefined ? {} : { patience }),
    });
    this.#loaded.push(rows);
    return rows;
  }

  #resting(): NatsStatus {
    const { servers, stream } = this.#options.options;
    const { isConnected, fault } = this.#options.link.state;
    const problem = isConnected ? this.#refusal : (fault?.message ?? 'connecting');
    return {
      kind: 'nats',
      servers,
      stream,
      publisher: this.#message.publisher.host,
      state: isConnected ? 'resting' : 'away',
      ...(problem === undefined ? {} : { problem }),
      messages: 0,
      rows: 0,
      gaps: 0,
      unread: 0,
      early: 0,
    };
  }

  #infoOf({ attributes, publisher }: LayoutMessage): DatasetInfo {
    const global = attributeTable(attributes, 'NC_GLOBAL');
    const { name, isPublic } = this.#options;
    return {
      name,
      title: attributeText(global, 'title') ?? name,
      summary: attributeText(global, 'summary') ?? `A dataset of ${publisher.host}.`,
      source: attributeText(global, 'source') ?? `the machine ${publisher.host}`,
      ...(isPublic ? { isPublic } : {}),
    };
  }
}
