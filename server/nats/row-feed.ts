// Reads the rows of one dataset from the stream of a fleet: each row once, in order, over any failure of connections and servers.

import { setTimeout as delay } from 'node:timers/promises';
import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import { lastMessage } from './claim.ts';
import { type FleetFault, faultOf } from './fleet-fault.ts';
import type { NatsLink } from './link.ts';
import { type StreamMessage, streamMessages } from './messages.ts';
import { MessageError, type RowCodec } from './row-message.ts';
import type { FleetNames } from './subjects.ts';

/** Where rows begin: behind the last row that the reader has, at a time, or some seconds before the newest row. */
export type RowsBegin = { readonly after: number } | { readonly since: number } | { readonly age: number };

export interface RowFeedOptions {
  readonly link: NatsLink;
  readonly names: FleetNames;
  readonly dataset: string;
  readonly codec: RowCodec;
  /** Called when every row that the stream has now has been given, and again after each connection. */
  readonly onCaughtUp?: (() => void) | undefined;
  /** Called with the reason when rows can not come, and with undefined when they come again. */
  readonly onFault?: ((reason: string | undefined) => void) | undefined;
}

/** What a feed has seen. */
export interface RowFeedStatus {
  readonly messages: number;
  readonly rows: number;
  /** Stretches of rows that were not in the stream any more, or never came into it. */
  readonly gaps: number;
  /** Messages that could not be read: of later versions, of former layouts, damaged. */
  readonly unread: number;
  /** Why rows do not come now, or why the last message could not be read. */
  readonly problem?: string;
  /** True while rows can not come. */
  readonly isAway: boolean;
}

/** Seconds by which the time of a row may be ahead of the broker's. */
const AHEAD = 300;

/** Seconds: a row at the very time is wanted too. */
const EARLIER = 1e-6;

/** Milliseconds before the next attempt. */
const PAUSE = { first: 200, longest: 10_000 };

export class RowFeed {
  readonly #options: RowFeedOptions;
  #messages = 0;
  #rows = 0;
  #gaps = 0;
  #unread = 0;
  #problem: string | undefined;
  #fault: FleetFault | undefined;

  constructor(options: RowFeedOptions) {
    this.#options = options;
  }

  get status(): RowFeedStatus {
    const { isConnected, fault } = this.#options.link.state;
    const problem = isConnected ? (this.#fault?.message ?? this.#problem) : (fault?.message ?? 'connecting');
    return {
      isAway: !isConnected || this.#fault !== undefined,
      messages: this.#messages,
      rows: this.#rows,
      gaps: this.#gaps,
      unread: this.#unread,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** The rows; ends without an error when `signal` aborts. */
  async *rows(signal: AbortSignal, begin: RowsBegin): AsyncGenerator<Batch, void, undefined> {
    let at = begin;
    let pause = PAUSE.first;
    while (!signal.aborted) {
      try {
        for await (const batch of this.#connected(signal, at)) {
          pause = PAUSE.first;
          yield batch;
          at = { after: (batch.columns[0] as Float64Array)[batch.length - 1]! };
        }
      } catch (error) {
        if (!signal.aborted) this.#failed(faultOf(error, this.#options.names.rows));
      }
      if (signal.aborted) return;
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, PAUSE.longest);
    }
  }

  /** The rows of one connection. */
  async *#connected(signal: AbortSignal, begin: RowsBegin): AsyncGenerator<Batch, void, undefined> {
    const { link, names, dataset, onCaughtUp, onFault } = this.#options;
    const connection = await link.connection(signal);
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const subject = names.rowsOf(dataset);
    const from = await timeOf(begin, async () => {
      // The broker's own clock: that of this machine may be wrong.
      const newest = await lastMessage(manager, names.rows, subject);
      return newest === undefined ? 0 : newest.time.getTime() / 1000;
    });
    const messages = streamMessages({
      connection,
      manager,
      stream: names.rows,
      consumer: {
        filter_subject: subject,
        deliver_policy: 'by_start_time',
        opt_start_time: new Date(from * 1000).toISOString(),
      },
      onBegin: pending => {
        this.#fault = undefined;
        onFault?.(undefined);
        if (pending === 0) onCaughtUp?.();
      },
      signal,
    });
    yield* this.#read(messages, begin);
  }

  #failed(fault: FleetFault): void {
    const { link, onFault } = this.#options;
    this.#fault = fault;
    onFault?.(link.state.isConnected ? fault.message : (link.state.fault?.message ?? fault.message));
  }

  async *#read(
    messages: AsyncIterable<StreamMessage>,
    begin: RowsBegin,
  ): AsyncGenerator<Batch, void, undefined> {
    let last = lastOf(begin);
    let isKnown = 'after' in begin;
    for await (const message of messages) {
      this.#messages += 1;
      const batch = this.#rowsIn(message, last, isKnown);
      if (batch !== undefined && batch.length > 0) {
        isKnown = true;
        this.#rows += batch.length;
        last = (batch.columns[0] as Float64Array)[batch.length - 1]!;
        yield batch;
      }
      if (message.pending === 0) this.#options.onCaughtUp?.();
    }
  }

  /** The rows of a message behind the last one; undefined if it can not be read. */
  #rowsIn(message: StreamMessage, last: number, isKnown: boolean): Batch | undefined {
    const { codec } = this.#options;
    try {
      const { batch, previous } = codec.decode(message.data);
      this.#problem = undefined;
      if (isKnown && previous > last) this.#gaps += 1;
      return behind(batch, last);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#unread += 1;
      this.#problem = error.message;
      return undefined;
    }
  }
}

/** The time of the broker from which messages are read. */
async function timeOf(begin: RowsBegin, newest: () => Promise<number>): Promise<number> {
  if ('age' in begin) return Math.max(0, (await newest()) - begin.age);
  return Math.max(0, ('after' in begin ? begin.after : begin.since) - AHEAD);
}

/** The time of the last row that the reader has no use for. */
function lastOf(begin: RowsBegin): number {
  if ('age' in begin) return Number.NEGATIVE_INFINITY;
  return 'after' in begin ? begin.after : begin.since - EARLIER;
}

/** The rows of a batch with times after `last`. */
function behind(batch: Batch, last: number): Batch {
  const times = batch.columns[0] as Float64Array;
  let from = 0;
  while (from < batch.length && times[from]! <= last) from += 1;
  if (from === 0) return batch;
  const columns = batch.columns.map(column => (column as NumberColumn).subarray(from));
  return { length: batch.length - from, columns };
}
