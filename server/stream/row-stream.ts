// Writes one reader's rows into its response: a buffer at a time, as fast as the client takes them.

import type { ServerResponse } from 'node:http';
import { type Batch, type Plan, type PlannedRows, RowReader } from '../../dap/protocol.ts';
import type { Cursor, RowSlice, SummarySlice } from '../store/cursor.ts';
import { sliceOf } from '../store/slice.ts';
import type { BufferPool } from './buffer-pool.ts';
import { type Chunk, chunkOf } from './chunk.ts';
import type { RowEncoding } from './row-encoding.ts';
import type { SharedRows } from './shared-rows.ts';
import { type SharedByStreams, StreamWriter, WORTH_A_BUFFER, type WrittenStream } from './stream-writer.ts';

export interface RowStreamOptions extends SharedByStreams {
  /** A response whose HTTP headers are set, and which is the next one of its connection. */
  readonly response: ServerResponse;
  readonly plan: Plan;
  /** The bytes before the first row. */
  readonly head: Uint8Array;
  readonly encoding: RowEncoding;
  /** The rows that readers of the same columns share; undefined where a function makes the rows. */
  readonly shared?: SharedRows | undefined;
  readonly cursor: Cursor;
  /** True where only rows tell how far their source is, such as those of another machine: no look before the next one finds more. */
  readonly isResumed?: boolean | undefined;
  /** The position of the first row of a response that caches may keep: it is broken off where rows from there on are missing. */
  readonly wholeFrom?: number | undefined;
}

/** The longest delay of a timer of Node, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * One open stream. It holds a cursor instead of a queue: one buffer in the client's socket is all that waits. The stream ends with
 * the end marker and a complete response when its plan is fulfilled or the source has ended, and without them when the client
 * leaves.
 */
export class RowStream implements WrittenStream {
  readonly writer: StreamWriter;
  /** Rows sent. */
  rows = 0;
  readonly #encoding: RowEncoding;
  readonly #shared: SharedRows | undefined;
  readonly #cursor: Cursor;
  readonly #buffers: BufferPool;
  readonly #plan: Plan;
  readonly #reader: RowReader;
  readonly #isResumed: boolean;
  readonly #wholeFrom: number | undefined;
  /** The position at which the next rows must begin; undefined before the first ones, and where rows may be missing. */
  #expected: number | undefined;
  /** True once every row from here on is sent as it is. */
  #sendsAll = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RowStreamOptions) {
    const { response, plan, head, encoding, shared, cursor, buffers, isResumed = false, wholeFrom } = options;
    this.#encoding = encoding;
    this.#shared = shared;
    this.#cursor = cursor;
    this.#buffers = buffers;
    this.#plan = plan;
    this.#reader = new RowReader(plan);
    this.#isResumed = isResumed;
    this.#wholeFrom = wholeFrom;
    this.writer = new StreamWriter(response, options, this);
    this.writer.begin(() => this.#write(chunkOf(head), 0));
    if (this.#reader.done || this.#encoding.writer.rows === 0) this.#finish();
    else this.writer.turn();
  }

  /** Sends the rows that are there, at most one buffer of them, then waits for its next turn, for rows, or for the client. */
  advance(): void {
    const { writer } = this;
    const taken = this.#cursor.next(this.#encoding.rowsAtOnce);
    if (taken === undefined) {
      if (this.#cursor.ended) this.#sourceEnded();
      else if (this.#timeIsUp()) this.#end();
      else this.#cursor.wait(writer.turn, writer.takeTurn);
      return;
    }
    if (this.#isTorn(taken)) {
      writer.fail();
      return;
    }
    if (this.#send(taken) || writer.stuckSince !== undefined) return;
    // Without more rows the next turn would have nothing to do.
    if (taken.more) writer.takeTurn();
    else this.advance();
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#cursor.close();
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
    this.writer.fail();
  }

  /** Sends the bytes of the format that keep a connection without rows, if it has any and the client takes bytes. */
  keepAlive(): void {
    const { keepAlive } = this.#encoding.writer;
    if (keepAlive !== undefined && !this.writer.isClosed && this.writer.stuckSince === undefined)
      this.#write(chunkOf(keepAlive), 0);
  }

  /** Whether every row to come is past the upper bound on time; if not yet, schedules the next look. */
  #timeIsUp(): boolean {
    const { earliest } = this.#cursor;
    const { high } = this.#plan.time;
    if (earliest === undefined || high === Number.POSITIVE_INFINITY) return false;
    if (earliest > high) return true;
    if (this.#isResumed) return false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.writer.turn, Math.min((high - earliest) * 1000 + 2, LONGEST_TIMER));
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

  #write(chunk: Chunk, rows: number, sent?: () => void): void {
    if (this.writer.write(chunk, rows, sent)) this.rows += rows;
  }

  /** Ends the Sequence with its marker, behind all bytes that wait in the socket. */
  #finish(end = this.#encoding.writer.end): void {
    const { writer } = this;
    if (writer.isClosed) return;
    const { rows = 0 } = this.#encoding.writer;
    // Announced rows are missing where they were forgotten meanwhile.
    if (this.rows < rows && writer.isOpen) writer.fail();
    else writer.end(end);
  }
}
