// Gives a dataset the rows of a stream of NATS, as a row source.

import { isDeepStrictEqual } from 'node:util';
import { type AttributeTable, attributeTable, attributeText } from '../../dap/protocol.ts';
import { sleep, untilCalled } from '../publish/patience.ts';
import { LayoutChanged } from '../source/layout-changed.ts';
import { relayName } from '../source/relay-path.ts';
import type {
  NatsStatus,
  PushedDelivery,
  RowBatches,
  SequenceLayout,
  SharedSource,
  SourceEvent,
  SourceWords,
} from '../source/row-source.ts';
import { faultOf } from './fleet-fault.ts';
import { deliveryOf, type LayoutMessage, sequenceOf } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import type { NatsOptions } from './nats-options.ts';
import { hasSameQuantities } from './quantities.ts';
import { RowFeed, type RowFeedStatus, type RowsBegin } from './row-feed.ts';
import { RowCodec } from './row-message.ts';
import type { StoredLayouts } from './stored-layouts.ts';
import { fleetNames } from './subjects.ts';

/** Milliseconds before another attempt to find the layout. */
const PAUSE = 2000;

/** What the stored rows say about the dataset. */
export interface RememberedLayout {
  readonly layout: SequenceLayout;
  readonly attributes: AttributeTable;
  /** The time of the last stored row, in seconds since 1970. */
  readonly lastTime: number;
}

export interface NatsSourceOptions {
  readonly link: NatsLink;
  readonly options: Pick<NatsOptions, 'servers' | 'stream'>;
  /** The name of the dataset in the stream. */
  readonly dataset: string;
  /** The name under which it is served; by default the same. */
  readonly name?: string | undefined;
  /** The layout of the rows, or of the stored rows while nothing is known of those to come. */
  readonly layout: LayoutMessage | RememberedLayout;
  /**
   * The layouts of the stream: rows of another one end the source, so that it is opened again for them. Without it, these rows are left
   * out.
   */
  readonly layouts?: StoredLayouts | undefined;
  /** Rows of former layouts are wanted too, because the dataset has a history. */
  readonly isLasting?: boolean;
  /** Where rows begin while none is stored. */
  readonly begin: RowsBegin;
  readonly onCaughtUp?: (() => void) | undefined;
  readonly onEvent?: ((event: SourceEvent) => void) | undefined;
  /** The words of the publisher have changed. */
  readonly onWords?: (() => void) | undefined;
  /** Called when nobody needs the rows any more. */
  readonly onClose?: (() => Promise<void>) | undefined;
}

export class NatsSource implements SharedSource {
  readonly layout: SequenceLayout;
  readonly delivery: PushedDelivery;
  /** The clock of another machine stamps the rows. */
  readonly isClocked = false;
  readonly earliest = Number.NEGATIVE_INFINITY;
  readonly relayPath: readonly string[];
  readonly #options: NatsSourceOptions;
  readonly #ending = new AbortController();
  /** Undefined until the layout of the rows to come is known. */
  #feed: RowFeed | undefined;
  #message: LayoutMessage | undefined;
  readonly #words: AttributeTable;
  #inForce: LayoutMessage | undefined;
  #onLayout: () => void = () => {};
  /** Why the layout in force can not be read. */
  #refusal: string | undefined;
  /** Why nothing is known of the rows to come, while that is so. */
  #unknown: string | undefined;
  #awaySince: number | undefined;

  constructor(options: NatsSourceOptions) {
    const { dataset, name = dataset, layout } = options;
    this.#options = options;
    this.relayPath = [relayName(name)];
    this.#words = layout.attributes;
    this.delivery = deliveryOf('publisher' in layout ? layout : {});
    if ('publisher' in layout) {
      this.layout = sequenceOf(layout);
      this.#begin(layout);
    } else this.layout = layout.layout;
  }

  get words(): SourceWords {
    const attributes = attributeTable(this.#message?.attributes ?? this.#words, 'NC_GLOBAL') ?? new Map();
    const words = (['title', 'summary', 'source'] as const).flatMap(name => {
      const text = attributeText(attributes, name);
      return text === undefined ? [] : [[name, text]];
    });
    return { ...Object.fromEntries(words), attributes };
  }

  get status(): NatsStatus {
    const { servers, stream } = this.#options.options;
    const { problem = this.#refusal, isAway, ...counts } = this.#feed?.status ?? this.#waiting;
    return {
      kind: 'nats',
      servers,
      stream,
      ...(this.#message === undefined ? {} : { publisher: this.#message.publisher.host }),
      state: isAway ? 'away' : 'following',
      ...(problem === undefined ? {} : { problem }),
      ...counts,
    };
  }

  /** Takes over the layout message in force. Rows of the layout before may still come: it ends with the first row of another one. */
  take(layout: LayoutMessage): void {
    this.#refusal = undefined;
    this.#inForce = layout;
    this.#onLayout();
    if (layout.layout !== this.#message?.layout) return;
    this.#message = layout;
    this.#options.onWords?.();
  }

  /** The layout in force can not be read. */
  refuses(problem: string): void {
    if (problem === this.#refusal) return;
    this.#refusal = problem;
    this.#options.onEvent?.({ kind: 'notice', text: problem });
  }

  /** Nothing can be known of the rows to come now. */
  isAway(reason: string): void {
    if (this.#feed !== undefined) return;
    this.#unknown = reason;
    this.#tell(reason);
  }

  async *rows(signal: AbortSignal, { after }: { readonly after?: number } = {}): RowBatches {
    const either = AbortSignal.any([signal, this.#ending.signal]);
    const begin = after === undefined ? this.#options.begin : { after };
    if (this.#feed === undefined) await this.#describe(begin, either);
    if (this.#feed !== undefined) for await (const batch of this.#feed.rows(either, begin)) yield batch;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#options.onClose?.();
  }

  /** Finds the layout of the rows to come, as soon as the servers say it. @throws {LayoutChanged} for other columns than the stored ones */
  async #describe(begin: RowsBegin, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#inForce === undefined)
          await untilCalled(signal, done => {
            this.#onLayout = done;
            return undefined;
          });
        const { layouts } = this.#options;
        const next = 'since' in begin ? undefined : await layouts?.layoutOfNext(begin, signal);
        const found = next ?? this.#inForce;
        if (found === undefined) continue;
        const layout = sequenceOf(found);
        if (!hasSameColumns(layout, this.layout) || !hasSameQuantities(layout, this.layout))
          throw new LayoutChanged(layout);
        this.#unknown = undefined;
        this.#begin(found);
        this.#options.onWords?.();
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof LayoutChanged) throw error;
        this.isAway(faultOf(error, this.#options.options.stream).message);
        await sleep(PAUSE, signal);
      }
    }
  }

  #begin(layout: LayoutMessage): void {
    const { link, dataset, onCaughtUp, options, layouts } = this.#options;
    this.#message = layout;
    this.#feed = new RowFeed({
      link,
      names: fleetNames(options.stream),
      dataset,
      codec: new RowCodec(layout.layout, this.layout),
      onCaughtUp,
      onFault: reason => this.#tell(reason),
      ...(layouts === undefined ? {} : { endsAt: (id, isNew) => this.#endsAt(layouts, id, isNew) }),
    });
  }

  /** Without a history, rows of former layouts are left out that were in the stream before. */
  async #endsAt(layouts: StoredLayouts, id: string, isNew: boolean): Promise<boolean> {
    if (!isNew && this.#options.isLasting !== true) return false;
    return id === this.#inForce?.layout || (await layouts.layoutWith(id, this.#ending.signal)) !== undefined;
  }

  get #waiting(): RowFeedStatus {
    const { isConnected, fault } = this.#options.link.state;
    const problem = isConnected ? (this.#unknown ?? this.#refusal) : (fault?.message ?? 'connecting');
    return {
      ...{ messages: 0, rows: 0, gaps: 0, unread: 0, early: 0, isAway: true },
      ...(problem === undefined ? {} : { problem }),
    };
  }

  #tell(reason: string | undefined): void {
    const { onEvent } = this.#options;
    if (reason !== undefined) {
      if (this.#awaySince === undefined) onEvent?.({ kind: 'away', reason });
      this.#awaySince ??= performance.now();
      return;
    }
    if (this.#awaySince === undefined) return;
    onEvent?.({ kind: 'back', seconds: (performance.now() - this.#awaySince) / 1000 });
    this.#awaySince = undefined;
  }
}

function hasSameColumns(one: SequenceLayout, other: SequenceLayout): boolean {
  const columnsOf = ({ columns }: SequenceLayout) => columns.map(({ name, type }) => [name, type]);
  return one.name === other.name && isDeepStrictEqual(columnsOf(one), columnsOf(other));
}
