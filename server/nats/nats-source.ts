// Gives a dataset the rows of a stream of NATS, as a row source.

import { attributeTable, attributeText } from '../../dap/protocol.ts';
import { LayoutChanged } from '../source/layout-changed.ts';
import type {
  NatsStatus,
  RowBatches,
  SequenceLayout,
  SharedSource,
  SourceEvent,
  SourceWords,
} from '../source/row-source.ts';
import { type LayoutMessage, sequenceOf } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import type { NatsOptions } from './nats-options.ts';
import { RowFeed, type RowsBegin } from './row-feed.ts';
import { RowCodec } from './row-message.ts';
import { fleetNames } from './subjects.ts';

export interface NatsSourceOptions {
  readonly link: NatsLink;
  readonly options: Pick<NatsOptions, 'servers' | 'stream'>;
  readonly dataset: string;
  readonly layout: LayoutMessage;
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
  readonly delivery = { kind: 'pushed' } as const;
  /** The clock of another machine stamps the rows. */
  readonly isClocked = false;
  readonly earliest = Number.NEGATIVE_INFINITY;
  readonly #options: NatsSourceOptions;
  readonly #feed: RowFeed;
  readonly #ending = new AbortController();
  #message: LayoutMessage;
  /** Why the layout in force can not be read. */
  #refusal: string | undefined;
  #hasOtherLayout = false;
  #awaySince: number | undefined;

  constructor(options: NatsSourceOptions) {
    const { link, dataset, layout, onCaughtUp } = options;
    this.#options = options;
    this.#message = layout;
    this.layout = sequenceOf(layout);
    this.#feed = new RowFeed({
      link,
      names: fleetNames(options.options.stream),
      dataset,
      codec: new RowCodec(layout.layout, this.layout),
      onCaughtUp,
      onFault: reason => this.#tell(reason),
    });
  }

  get words(): SourceWords {
    const attributes = attributeTable(this.#message.attributes, 'NC_GLOBAL') ?? new Map();
    const words = (['title', 'summary', 'source'] as const).flatMap(name => {
      const text = attributeText(attributes, name);
      return text === undefined ? [] : [[name, text]];
    });
    return { ...Object.fromEntries(words), attributes };
  }

  get status(): NatsStatus {
    const { servers, stream } = this.#options.options;
    const { problem = this.#refusal, isAway, ...counts } = this.#feed.status;
    return {
      kind: 'nats',
      servers,
      stream,
      publisher: this.#message.publisher.host,
      state: isAway ? 'away' : 'following',
      ...(problem === undefined ? {} : { problem }),
      ...counts,
    };
  }

  /** Takes over a layout message: other words, or other columns, for which the dataset has to be opened again. */
  take(layout: LayoutMessage): void {
    this.#refusal = undefined;
    if (layout.layout !== this.#message.layout) {
      this.#hasOtherLayout = true;
      this.#ending.abort();
      return;
    }
    this.#message = layout;
    this.#options.onWords?.();
  }

  /** The layout in force can not be read. */
  refuses(problem: string): void {
    this.#refusal = problem;
    this.#options.onEvent?.({ kind: 'notice', text: problem });
  }

  async *rows(signal: AbortSignal, { after }: { readonly after?: number } = {}): RowBatches {
    const either = AbortSignal.any([signal, this.#ending.signal]);
    const begin = after === undefined ? this.#options.begin : { after };
    for await (const batch of this.#feed.rows(either, begin)) yield batch;
    if (this.#hasOtherLayout && !signal.aborted) throw new LayoutChanged();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#options.onClose?.();
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
