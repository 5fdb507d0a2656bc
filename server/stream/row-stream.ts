// Writes one reader's rows into its response: a buffer at a time, as fast as the client takes them.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Batch, type Plan, type PlannedRows, RowReader } from '../../dap/protocol.ts';
import type { Cursor, RowSlice, SummarySlice } from '../store/cursor.ts';
import { sliceOf } from '../store/slice.ts';
import type { BufferPool } from './buffer-pool.ts';
import { type Chunk, chunkOf } from './chunk.ts';
import type { RowEncoding } from './row-encoding.ts';
import type { SharedRows } from './shared-rows.ts';
import type { StreamCounts } from './stream-counts.ts';
import type { Turns } from './turns.ts';

/** Fewer bytes than these are cheaper in memory of their own, and each of many readers may have some in its socket. */
const WORTH_A_BUFFER = 16 * 1024;

export interface RowStreamOptions {
  /** A response whose HTTP headers are set, and which is the next one of its connection. */
  readonly response: ServerResponse;
  readonly plan: Plan;
  /** The bytes before the first row. */
  readonly head: Uint8Array;
  readonly encoding: RowEncoding;
  /** The rows that readers of the same columns share; undefined where a function makes the rows. */
  readonly shared?: SharedRows | undefined;
  readonly cursor: Cursor;
  /** The position of the first row of a response that caches may keep: it is broken off where rows from there on are missing. */
  readonly wholeFrom?: number | undefined;
  readonly turns: Turns;
  readonly buffers: BufferPool;
  /** Counts the rows and bytes of the stream. */
  readonly counts: StreamCounts;
  /** Receives an internal error, after which the stream is broken off. */
  readonly onError: (error: unknown) => void;
}

/** The longest delay of a timer of Node, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * One open stream. It holds a cursor instead of a queue: one buffer in the client's socket is all that waits. The stream ends with
 * the end marker and a complete response when its plan is fulfilled or the source has ended, and without them when the client
 * leaves.
 */
export class RowStream {
  /** Since when sent bytes wait in the socket, in milliseconds of `performance.now()`; undefined while none wait. */
  stuckSince: number | undefined;
  /** True after the source broke or an internal error broke the stream off. */
  failed = false;
  /** Rows sent. */
  rows = 0;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #encoding: RowEncoding;
  readonly #shared: SharedRows | undefined;
  readonly #cursor: Cursor;
  readonly #turns: Turns;
  readonly #buffers: BufferPool;
  readonly #counts: StreamCounts;
  readonly #plan: Plan;
  readonly #reader: RowReader;
  readonly #onError: (error: unknown) => void;
  readonly #wholeFrom: number | undefined;
  /** The position at which the next rows must begin; undefined before the first ones, and where rows may be missing. */
  #expected: number | undefined;
  /** True once every row from here on is sent as it is. */
  #sendsAll = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: RowStreamOptions) {
    const { response, plan, head, encoding, shared, cursor, turns, buffers, counts, onError } = options;
    if (response.socket === null) throw new Error('a stream was begun in a response without a connection');
    this.#onError = onError;
    this.#response = response;
    this.#socket = response.socket;
    this.#encoding = encoding;
    this.#shared = shared;
    this.#cursor = cursor;
    this.#turns = turns;
    this.#buffers = buffers;
    this.#counts = counts;
    this.#plan = plan;
    this.#reader = new RowReader(plan);
    this.#wholeFrom = options.wholeFrom;
    this.#socket.on('drain', this.#drained);
    response.once('close', this.#gone);
    this.#socket.cork();
    response.flushHeaders();
    this.#write(chunkOf(head), 0);
    this.#socket.uncork();
    if (this.#reader.done || this.#encoding.writer.rows === 0) this.#finish();
    else if (this.stuckSince === undefined) this.#turn();
  }

  /** Sends the rows that are there, at most one buffer of them, then waits for its next turn, for rows, or for the client. */
  readonly #turn = (): void => {
    try {
      this.#advance();
    } catch (error) {
      // An error of one stream must not reach the source of the rows, nor the streams that are woken after this one.
      this.failed = true;
      this.#close();
      this.#response.destroy();
      this.#onError(error);
    }
  };

  #advance(): void {
    if (this.#isClosed || this.stuckSince !== undefined) return;
    const taken = this.#cursor.next(this.#encoding.rowsAtOnce);
    if (taken === undefined) {
      if (this.#cursor.ended) this.#sourceEnded();
      else if (this.#timeIsUp()) this.#end();
      else this.#cursor.wait(this.#turn);
      return;
    }
    if (this.#isTorn(taken)) {
      this.failed = true;
      this.breakOff();
      return;
    }
    if (this.#send(taken) || this.stuckSince !== undefined) return;
    // Without more rows the next turn would have nothing to do.
    if (taken.more) this.#turns.add(this.#turn);
    else this.#advance();
  }

  /** Whether rows before these were lost, of a response that must have them. */
  #isTorn(taken: RowSlice | SummarySlice): boolean {
    const expected = this.#expected;
    this.#expected = undefined;
    // Summaries do not say which rows they stand for.
    if (this.#wholeFrom === undefined || !('batch' in taken) || taken.position === undefined) return false;
    const { batch, position, askedFrom } = taken;
    this.#expected = position + batch.length;
    const from = askedFrom ?? (expected === undefined ? this.#wholeFrom : undefined);
    if (from === undefined) return position !== expected;
    // The first rows may come from behind the window where a clock went back, but not because those of the window are gone.
    return position > from && this.#cursor.first > from;
  }

  /** Sends what the plan makes of rows; true when the plan is fulfilled. */
  #send(taken: RowSlice | SummarySlice): boolean {
    if ('summaries' in taken) return this.#sendPlanned(this.#reader.nextSummaries(taken.summaries));
    const { batch, position, more } = taken;
    // Other readers of the newest rows ask for the same bytes.
    if (this.#shared === undefined || position === undefined || more || !this.#passesAll(batch))
      return this.#select(taken);
    this.#write(this.#shared.newest(position, batch), batch.length);
    return false;
  }

  /** Whether these rows, and all that come after them, are sent as they are. */
  #passesAll({ columns }: Batch): boolean {
    const { tail, time, timeColumn = 0 } = this.#plan;
    this.#sendsAll ||= tail && (columns[timeColumn]![0] as number) > time.low;
    return this.#sendsAll;
  }

  /** Sends the rows that the plan selects; true when the plan is fulfilled. */
  #select({ batch: rows, position }: RowSlice): boolean {
    const planned = this.#reader.next(rows);
    const block =
      planned.whole && position !== undefined
        ? this.#shared?.block(position, rows, this.#cursor.first)
        : undefined;
    return this.#sendPlanned(planned, block);
  }

  /** @param block the bytes of the rows, if they have been encoded for others */
  #sendPlanned(planned: PlannedRows, block?: Chunk): boolean {
    const { batch, done } = this.#upToLast(planned);
    if (block !== undefined) this.#write(block, batch.length);
    else if (batch.length > 0) this.#writeRows(batch);
    if (done) this.#finish();
    return done;
  }

  /** The rows up to the last one that the format has announced: later rows came after the announcement. */
  #upToLast(planned: Pick<PlannedRows, 'batch' | 'done'>): Pick<PlannedRows, 'batch' | 'done'> {
    const { rows = Number.POSITIVE_INFINITY } = this.#encoding.writer;
    const room = rows - this.rows;
    if (planned.batch.length < room) return planned;
    return { batch: sliceOf(planned.batch, 0, room), done: true };
  }

  /** Ends the stream. After a broken source, rows that were made are still sent, but nothing looks like a complete Sequence. */
  #sourceEnded(): void {
    if (!this.#cursor.failed) {
      const { endOfSource } = this.#encoding.writer;
      // A client that returns for the rest gets the whole result of an interval then.
      if (endOfSource === undefined) this.#end();
      else this.#finish(endOfSource);
      return;
    }
    this.failed = true;
    this.breakOff();
  }

  /** Sends the bytes of the format that keep a connection without rows, if it has any and the client takes bytes. */
  keepAlive(): void {
    const { keepAlive } = this.#encoding.writer;
    if (keepAlive !== undefined && !this.#isClosed && this.stuckSince === undefined)
      this.#write(chunkOf(keepAlive), 0);
  }

  /** Ends the connection behind the rows that were sent, without an end marker, so that the client knows that rows are missing. */
  breakOff(): void {
    this.#close();
    this.#socket.destroySoon();
  }

  /** Whether every row to come is past the upper bound on time; if not yet, schedules the next look. */
  #timeIsUp(): boolean {
    const { earliest } = this.#cursor;
    const { high } = this.#plan.time;
    if (earliest === undefined || high === Number.POSITIVE_INFINITY) return false;
    if (earliest > high) return true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#turn, Math.min((high - earliest) * 1000 + 2, LONGEST_TIMER));
    return false;
  }

  /** Ends the Sequence, after the rows that a function held back for later rows. */
  #end(): void {
    const { batch: rest } = this.#upToLast({ batch: this.#reader.end(), done: true });
    if (rest.length > 0) this.#writeRows(rest);
    this.#finish();
  }

  #writeRows(batch: Batch): void {
    const encoding = this.#encoding;
    if (batch.length * encoding.rowBytes < WORTH_A_BUFFER) {
      this.#write(encoding.chunk(batch), batch.length);
      return;
    }
    const buffer = this.#buffers.take();
    this.#write(encoding.chunk(batch, buffer), batch.length, () => this.#buffers.giveBack(buffer));
  }

  /**
   * Writes to the socket directly: the response would frame each chunk anew for each client, in four writes. `sent` is called
   * when the socket has passed the bytes on.
   */
  #write({ framed, bytes }: Chunk, rows: number, sent?: () => void): void {
    const socket = this.#socket;
    const response = this.#response;
    const counts = this.#counts;
    if (socket.writable) {
      this.rows += rows;
      counts.rows += rows;
      counts.bytes += bytes.length;
      if (socket.write(response.chunkedEncoding ? framed : bytes, sent)) return;
    }
    this.stuckSince = performance.now();
  }

  /** Ends the Sequence with its marker, behind all bytes that wait in the socket. */
  #finish(end = this.#encoding.writer.end): void {
    if (this.#isClosed) return;
    const { rows = 0 } = this.#encoding.writer;
    if (this.rows < rows && this.#socket.writable) {
      // Announced rows are missing: they were forgotten meanwhile.
      this.failed = true;
      this.breakOff();
      return;
    }
    this.#close();
    if (this.#socket.writable) this.#counts.bytes += end.length;
    this.#response.end(end);
  }

  readonly #drained = (): void => {
    this.stuckSince = undefined;
    this.#turns.add(this.#turn);
  };

  readonly #gone = (): void => {
    this.#close();
  };

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // From here on only the end of the response shows that the client takes its bytes: it has to come in time.
    this.stuckSince ??= performance.now();
    clearTimeout(this.#timer);
    this.#socket.off('drain', this.#drained);
    this.#turns.remove(this.#turn);
    this.#cursor.close();
  }
}
