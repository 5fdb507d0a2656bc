// Writes one reader's rows into its response: a piece at a time, as fast as the client takes them.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Batch, type Plan, RowReader } from '../../dap/index.ts';
import type { Cursor, Taken } from '../store/cursor.ts';
import { type Chunk, chunkOf } from './chunk.ts';
import { chunkOfRows, type Encoding, type SharedRows } from './encoding.ts';
import type { PiecePool } from './piece-pool.ts';
import type { StreamCounts } from './stream-counts.ts';
import type { Turns } from './turns.ts';

/** Rows of fewer bytes are cheaper in memory of their own; and of many readers each may have such in its socket. */
const WORTH_A_PIECE = 16 * 1024;

export interface RowStreamOptions {
  /** Its head is written, and its connection is its own: no other response comes before it. */
  readonly response: ServerResponse;
  readonly plan: Plan;
  readonly encoding: Encoding;
  /** For rows of a log as they are: those that others who ask for the same columns get too. */
  readonly shared?: SharedRows | undefined;
  readonly cursor: Cursor;
  readonly turns: Turns;
  readonly pieces: PiecePool;
  /** Where its rows and bytes are counted. */
  readonly counts: StreamCounts;
  /** Told of what should not have happened; the stream is broken off then. */
  readonly onError: (error: unknown) => void;
}

/** The longest wait that a timer of Node can hold, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * One open stream. It holds a cursor and not a queue: what waits for the client is one piece in its socket. It is over when the
 * plan is fulfilled or the source has ended, which gives the end marker and a complete response, or when the client goes.
 */
export class RowStream {
  /** Since when the client has not taken all it was sent, in milliseconds of `performance.now()`; undefined where it has. */
  stuckSince: number | undefined;
  /** True where it was broken off for a source that broke or an error of ours. */
  failed = false;
  /** Rows that it has had. */
  rows = 0;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #encoding: Encoding;
  readonly #shared: SharedRows | undefined;
  readonly #cursor: Cursor;
  readonly #turns: Turns;
  readonly #pieces: PiecePool;
  readonly #counts: StreamCounts;
  readonly #plan: Plan;
  readonly #reader: RowReader;
  readonly #onError: (error: unknown) => void;
  /** Every row from now on is sent as it is. */
  #begun = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(options: RowStreamOptions) {
    const { response, plan, encoding, shared, cursor, turns, pieces, counts, onError } = options;
    if (response.socket === null) throw new Error('a stream was begun in a response without a connection');
    this.#onError = onError;
    this.#response = response;
    this.#socket = response.socket;
    this.#encoding = encoding;
    this.#shared = shared;
    this.#cursor = cursor;
    this.#turns = turns;
    this.#pieces = pieces;
    this.#counts = counts;
    this.#plan = plan;
    this.#reader = new RowReader(plan);
    this.#socket.on('drain', this.#drained);
    response.once('close', this.#gone);
    this.#socket.cork();
    response.flushHeaders();
    this.#write(chunkOf(encoding.header), 0);
    this.#socket.uncork();
    if (this.#reader.done) this.#finish();
    else if (this.stuckSince === undefined) this.#turn();
  }

  /** Sends what is there now, one piece; then waits for its next turn, for rows, or for the client. */
  readonly #turn = (): void => {
    try {
      this.#advance();
    } catch (error) {
      // One reader's trouble must not reach those who are told of rows after it, nor the one who made them.
      this.failed = true;
      this.#close();
      this.#response.destroy();
      this.#onError(error);
    }
  };

  #advance(): void {
    if (this.#over || this.stuckSince !== undefined) return;
    const shared = this.#shared;
    const taken = this.#cursor.next(this.#encoding.rowsAtOnce);
    if (taken === undefined) {
      if (this.#cursor.ended) this.#sourceEnded();
      else if (this.#timeIsUp()) this.#end();
      else this.#cursor.wait(this.#turn);
      return;
    }
    const { batch, position, more } = taken;
    // At the head are others who come for the same rows.
    if (shared !== undefined && position !== undefined && !more && this.#allPass(batch))
      this.#write(shared.chunk(position, batch), batch.length);
    else if (this.#select(taken)) return;
    if (this.stuckSince !== undefined) return;
    // Rows that are not there yet are waited for at once, without a turn for nothing.
    if (more) this.#turns.add(this.#turn);
    else this.#advance();
  }

  /** Whether the rows are sent as they are, and so are all that come after them. */
  #allPass({ columns }: Batch): boolean {
    const { tail, time, timeColumn = 0 } = this.#plan;
    this.#begun ||= tail && (columns[timeColumn]![0] as number) > time.low;
    return this.#begun;
  }

  /** Sends what the plan lets through; true where that was all of it. */
  #select({ batch: rows, position }: Taken): boolean {
    const { batch, done, whole } = this.#reader.next(rows);
    const block =
      whole && position !== undefined ? this.#shared?.block(position, rows, this.#cursor.first) : undefined;
    if (block !== undefined) this.#write(block, rows.length);
    else if (batch.length > 0) this.#writeRows(batch);
    if (done) this.#finish();
    return done;
  }

  /** Rows that are missing must not look like the end of a complete Sequence; those that were there are still sent. */
  #sourceEnded(): void {
    if (!this.#cursor.failed) {
      this.#end();
      return;
    }
    this.failed = true;
    this.breakOff();
  }

  /** Ends the connection behind the rows that were sent, without an end marker: the client sees that rows are missing. */
  breakOff(): void {
    this.#close();
    this.#socket.destroySoon();
  }

  /** Whether every row to come is past the upper bound on time; if that is not yet so, looks again when it can be. */
  #timeIsUp(): boolean {
    const { earliest } = this.#cursor;
    const { high } = this.#plan.time;
    if (earliest === undefined || high === Number.POSITIVE_INFINITY) return false;
    if (earliest > high) return true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#turn, Math.min((high - earliest) * 1000 + 2, LONGEST_TIMER));
    return false;
  }

  /** No row will come any more: sends what only waited for later ones. */
  #end(): void {
    const rest = this.#reader.end();
    if (rest.length > 0) this.#writeRows(rest);
    this.#finish();
  }

  #writeRows(batch: Batch): void {
    const encoding = this.#encoding;
    if (batch.length * encoding.rowBytes < WORTH_A_PIECE) {
      this.#write(chunkOfRows(encoding, batch), batch.length);
      return;
    }
    const piece = this.#pieces.take();
    this.#write(chunkOfRows(encoding, batch, piece), batch.length, () => this.#pieces.giveBack(piece));
  }

  /**
   * Writes past the response, which would make four writes of each, and again for each client. `sent` is called once the
   * socket has the bytes no more.
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

  /** Ends the Sequence; a client that is stuck gets the marker when it has taken the rest. */
  #finish(): void {
    if (this.#over) return;
    this.#close();
    const { end } = this.#encoding;
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
    if (this.#over) return;
    this.#over = true;
    // Nothing says how far the client is from here on but the end of the response, which has to come in time.
    this.stuckSince ??= performance.now();
    clearTimeout(this.#timer);
    this.#socket.off('drain', this.#drained);
    this.#turns.remove(this.#turn);
    this.#cursor.close();
  }
}
