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
import type { NatsStatus, SequenceLayout } from '../source/row-source.ts';
import type { Cursor } from '../store/cursor.ts';
import type { StoreBounds } from '../store/row-store.ts';
import { type LayoutMessage, sequenceOf } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import { LoadedRows, LoadingCursor } from './loaded-rows.ts';
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
}

export class FleetDataset implements Dataset {
  info: DatasetInfo;
  readonly delivery = { kind: 'pushed' } as const;
  readonly isClocked = false;
  readonly layout: SequenceLayout;
  readonly model: DapDataset;
  attributes: AttributeTable;
  readonly #options: FleetDatasetOptions;
  #message: LayoutMessage;
  /** The last one is for new readers; those before it have readers yet. */
  #loaded: LoadedRows[] = [];
  /** Rows that came while it was loaded before. */
  #rows = 0;
  readonly #closing = new AbortController();

  constructor(options: FleetDatasetOptions) {
    this.#options = options;
    this.#message = options.layout;
    this.layout = sequenceOf(options.layout);
    // A publisher may name the dataset otherwise in the stream.
    this.model = { ...options.layout.model, name: options.name };
    this.attributes = options.layout.attributes;
    this.info = this.#infoOf(options.layout);
  }

  get layoutId(): string {
    return this.#message.layout;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
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
    return rows.isReady ? rows.open(plan) : new LoadingCursor(rows, plan);
  }

  /** Loads the newest rows, so that `status` tells their times. Resolves with false if they do not come. */
  async load(): Promise<boolean> {
    const rows = this.#rowsFor(undefined);
    const release = rows.hold();
    const isThere = await rows.ready;
    release();
    return isThere;
  }

  async stretch(time: TimeStretch): Promise<Stretch> {
    const rows = this.#rowsFor(time.from);
    const release = rows.hold();
    try {
      if (!(await rows.ready)) {
        const text = `the rows of ${this.info.name} can not be loaded now: ${rows.source.status.problem ?? 'no answer'}`;
        throw new StretchError('running', text);
      }
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
    for (const { dataset } of this.#loaded) dataset.describe(this.info);
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

  async stored(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort();
    const loaded = this.#loaded;
    await Promise.all(loaded.map(rows => rows.close()));
  }

  get #newest(): LoadedRows | undefined {
    return this.#loaded.at(-1);
  }

  /** @param low the time from which rows are wanted; undefined for the next rows */
  #rowsFor(low: number | undefined): LoadedRows {
    const known = this.#newest;
    const { age } = this.#options.bounds;
    if (known !== undefined && (low === undefined || known.reaches(low))) return known;
    const { link, options, bounds, patience, events = {} } = this.#options;
    const isDeep = low !== undefined && low < Date.now() / 1000 - age;
    const begin: RowsBegin = isDeep ? { since: low } : { age };
    // Rows of the recent past are in memory already, or are gone from the stream.
    if (known !== undefined && !isDeep) return known;
    const rows = new LoadedRows({
      info: this.info,
      layout: this.#message,
      link,
      options,
      // The bound on bytes holds.
      bounds: isDeep ? { ...bounds, age: Number.MAX_SAFE_INTEGER } : bounds,
      begin,
      events,
      ...(patience === undefined ? {} : { patience }),
    });
    this.#loaded.push(rows);
    return rows;
  }

  #resting(): NatsStatus {
    const { servers, stream } = this.#options.options;
    const { isConnected, fault } = this.#options.link.state;
    const problem = isConnected ? undefined : (fault?.message ?? 'connecting');
    return {
      kind: 'nats',
      servers,
      stream,
      publisher: this.#message.publisher.host,
      state: problem === undefined ? 'resting' : 'away',
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
