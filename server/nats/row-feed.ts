// Reads the rows of one dataset from the stream of a fleet: each row once, in order, over any failure of connections and servers.

import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import { lastMessage } from './claim.ts';
import { API_ERRORS, apiCode, type FleetFault, faultOf } from './fleet-fault.ts';
import type { NatsLink } from './link.ts';
import { MessageError, type RowCodec } from './row-message.ts';
import type { FleetNames } from './subjects.ts';

export interface RowFeedOptions {
  readonly link: NatsLink;
  readonly names: FleetNames;
  readonly dataset: string;
  readonly codec: RowCodec;
  /** Called when every row that the stream has now has been given, and again after each connection. */
  readonly onCaughtUp?: () => void;
  /** Called with the id of a layout that is not that of the codec. */
  readonly onOtherLayout?: (layout: string) => void;
}

/** What a feed has seen. */
export interface RowFeedStatus {
  readonly messages: number;
  readonly rows: number;
  /** Stretches of rows that were not in the stream any more, or never came into it. */
  readonly gaps: number;
  /** Messages that could not be read: of later versions, of former layouts, damaged. */
  readonly unread: number;
  /** Why rows do not come now. */
  readonly problem?: string;
}

/** Seconds by which the time of a row may be ahead of the broker's. */
const AHEAD = 300;

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
      messages: this.#messages,
      rows: this.#rows,
      gaps: this.#gaps,
      unread: this.#unread,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /**
   * The rows; ends without an error when `signal` aborts.
   * @param begin the time of the last row that the reader has, or how many seconds of rows before the newest one it wants
   */
  async *rows(
    signal: AbortSignal,
    begin: { readonly after: number } | { readonly age: number },
  ): AsyncGenerator<Batch, void, undefined> {
    let last = 'after' in begin ? begin.after : Number.NaN;
    let pause = PAUSE.first;
    while (!signal.aborted) {
      try {
        const age = 'age' in begin ? begin.age : 0;
        for await (const batch of this.#connected(signal, last, age)) {
          pause = PAUSE.first;
          yield batch;
          last = (batch.columns[0] as Float64Array)[batch.length - 1]!;
        }
      } catch (error) {
        if (!signal.aborted) this.#fault = faultOf(error, this.#options.names.rows);
      }
      if (signal.aborted) return;
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      pause = Math.min(2 * pause, PAUSE.longest);
    }
  }

  /** The rows of one connection. */
  async *#connected(signal: AbortSignal, last: number, age: number): AsyncGenerator<Batch, void, undefined> {
    const { link, names, dataset, onCaughtUp } = this.#options;
    const connection = await link.connection(signal);
    const { DeliverPolicy, jetstream } = await import('@nats-io/jetstream');
    const stream = jetstream(connection);
    const subject = names.rowsOf(dataset);
    const manager = await stream.jetstreamManager();
    // The broker's own clock: that of this machine may be wrong.
    const newest = await lastMessage(manager, names.rows, subject);
    const newestTime = newest === undefined ? undefined : newest.time.getTime() / 1000;
    const from = Number.isNaN(last) ? (newestTime ?? 0) - age : last - AHEAD;
    const consumer = await stream.consumers.get(names.rows, {
      filter_subjects: subject,
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(Math.max(0, from * 1000)).toISOString(),
    });
    const messages = await consumer.consume({ abort_on_missing_resource: true });
    const stop = () => messages.stop();
    signal.addEventListener('abort', stop);
    try {
      this.#fault = undefined;
      if (signal.aborted) return;
      if (newest === undefined) onCaughtUp?.();
      yield* this.#read(messages, last);
    } finally {
      signal.removeEventListener('abort', stop);
      messages.stop();
    }
    if (!signal.aborted) throw (await endOf(messages)) ?? new Error('the server has ended the consumer');
  }

  async *#read(messages: ConsumerMessages, before: number): AsyncGenerator<Batch, void, undefined> {
    let last = before;
    for await (const message of messages) {
      this.#messages += 1;
      const batch = this.#rowsIn(message, last);
      if (batch !== undefined && batch.length > 0) {
        this.#rows += batch.length;
        last = (batch.columns[0] as Float64Array)[batch.length - 1]!;
        yield batch;
      }
      if (message.info.pending === 0) this.#options.onCaughtUp?.();
    }
  }

  /** The rows of a message behind the last one; undefined if it can not be read. */
  #rowsIn(message: JsMsg, last: number): Batch | undefined {
    const { codec, onOtherLayout } = this.#options;
    try {
      const { batch, previous } = codec.decode(message.data);
      this.#problem = undefined;
      if (previous > last) this.#gaps += 1;
      return behind(batch, last);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#unread += 1;
      this.#problem = error.message;
      if (error.layout !== undefined) onOtherLayout?.(error.layout);
      return undefined;
    }
  }
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

/** The error with which the messages have ended; undefined if the server said none. */
async function endOf(messages: ConsumerMessages): Promise<unknown> {
  const error = await messages.closed();
  return apiCode(error) === API_ERRORS.consumerNotFound ? undefined : (error ?? undefined);
}
