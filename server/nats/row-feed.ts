// Reads the rows of one dataset from the stream of a fleet: each row once, in order, over any failure of connections and servers.

import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import { unlessAborted } from '../publish/patience.ts';
import { LayoutChanged } from '../source/layout-changed.ts';
import { Attempts } from './attempts.ts';
import { type FleetFault, faultOf } from './fleet-fault.ts';
import type { NatsLink } from './link.ts';
import { type StreamMessage, streamMessages } from './messages.ts';
import { MessageError, type RowCodec, readHeader } from './row-message.ts';
import { firstMessageAfter, lastMessage, lastTimeIn, type StoredSubject } from './stored-messages.ts';
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
  /**
   * Whether a message with rows of another layout ends the feed: `isNew` if it came into the stream after the first connection. By
   * default, these rows are left out.
   */
  readonly endsAt?: ((layout: string, isNew: boolean) => Promise<boolean>) | undefined;
}

/** What a feed has seen. */
export interface RowFeedStatus {
  readonly messages: number;
  readonly rows: number;
  /** Stretches of rows that were not in the stream any more, or never came into it. */
  readonly gaps: number;
  /** Messages that could not be read: of later versions, of other layouts, damaged. */
  readonly unread: number;
  /** Rows that were left out because they were not later than the row before them. */
  readonly early: number;
  /** Why rows do not come now, or why the last message could not be read. */
  readonly problem?: string;
  /** True while rows can not come. */
  readonly isAway: boolean;
}

/** Seconds: a row at the very time is wanted too. */
const EARLIER = 1e-6;

export class RowFeed {
  readonly #options: RowFeedOptions;
  readonly #attempts = new Attempts();
  #messages = 0;
  #rows = 0;
  #gaps = 0;
  #unread = 0;
  #early = 0;
  /** The last message that was in the stream at the first connection. */
  #newest: Position | undefined;
  /** The last message that was read: after another connection, some come again. */
  #read: Position = { sequence: 0, time: 0 };
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
      early: this.#early,
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /**
   * The rows; ends without an error when `signal` aborts.
   * @throws {LayoutChanged} before rows of another layout, if `endsAt` says so
   */
  async *rows(signal: AbortSignal, begin: RowsBegin): AsyncGenerator<Batch, void, undefined> {
    let at = begin;
    while (!signal.aborted) {
      try {
        for await (const batch of this.#connected(signal, at)) {
          yield batch;
          at = { after: (batch.columns[0] as Float64Array)[batch.length - 1]! };
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof LayoutChanged) throw error;
        const fault = faultOf(error, this.#options.names.rows);
        this.#attempts.failed(fault);
        this.#failed(fault);
      }
      await this.#attempts.wait(signal);
    }
  }

  /** The rows of one connection. */
  async *#connected(signal: AbortSignal, begin: RowsBegin): AsyncGenerator<Batch, void, undefined> {
    const { link, names, dataset, onCaughtUp, onFault } = this.#options;
    const connection = await link.connected(signal, fault => this.#failed(fault));
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: this.#attempts.timeout });
    const subject = { manager, stream: names.rows, subject: names.rowsOf(dataset) };
    const { consumer, mayRepeat } = await unlessAborted(this.#beginningOf(subject, begin), signal);
    const messages = streamMessages({
      connection,
      manager,
      stream: names.rows,
      consumer: { filter_subject: subject.subject, ...consumer },
      onBegin: pending => {
        this.#attempts.succeeded();
        this.#fault = undefined;
        onFault?.(undefined);
        if (pending === 0) onCaughtUp?.();
      },
      signal,
    });
    yield* this.#rowsOf(messages, begin, mayRepeat);
  }

  /** Where the consumer begins, and whether its first message may begin before the first row that is wanted. */
  async #beginningOf(subject: StoredSubject, begin: RowsBegin) {
    const newest = await lastMessage(subject);
    // A `Date` has cut its time to milliseconds.
    this.#newest ??=
      newest === undefined ? this.#read : { sequence: newest.seq, time: (newest.time.getTime() + 1) / 1000 };
    if (newest === undefined) return { consumer: { deliver_policy: 'all' } as const, mayRepeat: false };
    const after = 'age' in begin ? lastTimeIn(newest) - begin.age - EARLIER : lastOf(begin);
    const first = await firstMessageAfter(subject, after);
    const consumer = {
      deliver_policy: 'by_start_sequence',
      opt_start_seq: first?.seq ?? newest.seq + 1,
    } as const;
    return { consumer, mayRepeat: first !== undefined };
  }

  #failed(fault: FleetFault): void {
    const { link, onFault } = this.#options;
    this.#fault = fault;
    onFault?.(link.state.isConnected ? fault.message : (link.state.fault?.message ?? fault.message));
  }

  async *#rowsOf(
    messages: AsyncIterable<StreamMessage>,
    begin: RowsBegin,
    mayRepeat: boolean,
  ): AsyncGenerator<Batch, void, undefined> {
    let last = lastOf(begin);
    let isKnown = 'after' in begin;
    let isFirst = mayRepeat;
    for await (const message of messages) {
      const isAgain = isBehind(this.#read, message);
      if (!isAgain) {
        this.#messages += 1;
        this.#read = message;
      }
      const rows = await this.#rowsIn(message, isAgain);
      if (rows !== undefined) {
        if (isKnown && rows.previous > last) this.#gaps += 1;
        const batch = behind(rows.batch, last);
        if (!isFirst && !isAgain) this.#early += rows.batch.length - batch.length;
        isFirst = false;
        if (batch.length > 0) {
          isKnown = true;
          this.#rows += batch.length;
          last = (batch.columns[0] as Float64Array)[batch.length - 1]!;
          yield batch;
        }
      }
      if (message.pending === 0) this.#options.onCaughtUp?.();
    }
  }

  /** The rows of a message; undefined if it can not be read. */
  async #rowsIn(message: StreamMessage, isAgain: boolean) {
    const { codec, endsAt } = this.#options;
    try {
      const rows = codec.decode(message.data);
      this.#problem = undefined;
      return rows;
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      if (error.reason === 'layout') {
        const isNew = !isBehind(this.#newest!, message);
        if (await endsAt?.(readHeader(message.data).layout, isNew)) throw new LayoutChanged();
      }
      if (!isAgain) this.#unread += 1;
      this.#problem = error.message;
      return undefined;
    }
  }
}

/** A message of a stream by its sequence number and its time: a stream that is created again numbers from 1. */
type Position = Pick<StreamMessage, 'sequence' | 'time'>;

/** Whether `message` was in the stream when `known` was the last one. */
function isBehind(known: Position, message: Position): boolean {
  return message.sequence <= known.sequence && message.time <= known.time;
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
