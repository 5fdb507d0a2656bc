// Gives a dataset the rows of a stream of NATS, as a row source.

import { LayoutChanged } from '../source/layout-changed.ts';
import type { NatsStatus, RowBatches, SharedSource } from '../source/row-source.ts';
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
  readonly onCaughtUp?: () => void;
  /** Tells the id of the layout that is in force now. */
  readonly layoutNow: () => string | undefined;
  /** Called once, when nobody needs the rows any more. */
  readonly onClose?: () => Promise<void>;
}

export class NatsSource implements SharedSource {
  readonly layout;
  readonly delivery = { kind: 'pushed' } as const;
  /** The clock of another machine stamps the rows. */
  readonly isClocked = false;
  readonly earliest = Number.NEGATIVE_INFINITY;
  readonly #options: NatsSourceOptions;
  readonly #feed: RowFeed;
  readonly #ending = new AbortController();
  #hasOtherLayout = false;

  constructor(options: NatsSourceOptions) {
    const { link, dataset, layout, onCaughtUp, layoutNow } = options;
    this.#options = options;
    this.layout = sequenceOf(layout);
    this.#feed = new RowFeed({
      link,
      names: fleetNames(options.options.stream),
      dataset,
      codec: new RowCodec(layout.layout, this.layout),
      ...(onCaughtUp === undefined ? {} : { onCaughtUp }),
      onOtherLayout: found => {
        // Rows of former layouts are left out; those of the layout in force need another dataset.
        if (found !== layoutNow()) return;
        this.#hasOtherLayout = true;
        this.#ending.abort();
      },
    });
  }

  get status(): NatsStatus {
    const { options, layout } = this.#options;
    const { problem, ...counts } = this.#feed.status;
    const { servers, stream } = options;
    return {
      kind: 'nats',
      servers,
      stream,
      publisher: layout.publisher.host,
      state: problem === undefined ? 'following' : 'away',
      ...(problem === undefined ? {} : { problem }),
      ...counts,
    };
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
}
