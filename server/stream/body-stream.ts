// Writes a body that ends by itself into a response, a buffer at a time, as fast as the client takes it.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BufferPool } from './buffer-pool.ts';
import { type Chunk, chunkIn, chunkOf } from './chunk.ts';
import type { StreamCounts } from './stream-counts.ts';
import type { Turns } from './turns.ts';

/** Gives the bytes of one body. Nothing in it blocks: `wait` calls back. */
export interface BodySource {
  /** The next bytes, written into `into`; undefined where none are at hand now. */
  next(into: Uint8Array): Uint8Array | undefined;
  /** True after the last byte. */
  readonly isDone: boolean;
  /** Why the rest will not come; undefined while it may. */
  readonly error: unknown;
  /** Rows whose bytes have been given, for counts. */
  readonly rows: number;
  /** Calls `wake` once, when `next` has bytes or `error` says why not; never from within this call. */
  wait(wake: () => void): void;
  close(): void;
}

export interface BodyStreamOptions {
  /** A response whose HTTP headers are set, with Content-Length if the length is known; the next one of its connection. */
  readonly response: ServerResponse;
  readonly source: BodySource;
  readonly turns: Turns;
  readonly buffers: BufferPool;
  readonly counts: StreamCounts;
  /** Receives an internal error, after which the stream is broken off. */
  readonly onError: (error: unknown) => void;
}

/** Fewer bytes than these are copied, so that a buffer does not wait in a slow client's socket for a few bytes. */
const WORTH_A_BUFFER = 16 * 1024;

/** One open response. A body whose source fails is broken off: the client gets fewer bytes than announced. */
export class BodyStream {
  /** Since when sent bytes wait in the socket, in milliseconds of `performance.now()`; undefined while none wait. */
  stuckSince: number | undefined;
  /** True after the source or an internal error broke the stream off. */
  failed = false;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #source: BodySource;
  readonly #turns: Turns;
  readonly #buffers: BufferPool;
  readonly #counts: StreamCounts;
  readonly #onError: (error: unknown) => void;
  #counted = 0;
  #isClosed = false;

  constructor({ response, source, turns, buffers, counts, onError }: BodyStreamOptions) {
    if (response.socket === null) throw new Error('a stream was begun in a response without a connection');
    this.#response = response;
    this.#socket = response.socket;
    this.#source = source;
    this.#turns = turns;
    this.#buffers = buffers;
    this.#counts = counts;
    this.#onError = onError;
    this.#socket.on('drain', this.#drained);
    response.once('close', this.#gone);
    this.#socket.cork();
    response.flushHeaders();
    this.#turn();
    this.#socket.uncork();
  }

  get rows(): number {
    return this.#source.rows;
  }

  /** Ends the connection behind the bytes that were sent, so that the client knows that bytes are missing. */
  breakOff(): void {
    this.#close();
    this.#socket.destroySoon();
  }

  /** Sends one buffer, then waits for its next turn, for bytes, or for the client. */
  readonly #turn = (): void => {
    try {
      this.#advance();
    } catch (error) {
      this.failed = true;
      this.#close();
      this.#response.destroy();
      this.#onError(error);
    }
  };

  #advance(): void {
    if (this.#isClosed || this.stuckSince !== undefined) return;
    const source = this.#source;
    const buffer = this.#buffers.take();
    const chunk = chunkIn(buffer, into => source.next(into) ?? into.subarray(0, 0));
    if (chunk.bytes.length === 0) {
      this.#buffers.giveBack(buffer);
      this.#rest();
      return;
    }
    if (chunk.bytes.length < WORTH_A_BUFFER) {
      const copy = chunkOf(chunk.bytes);
      this.#buffers.giveBack(buffer);
      this.#write(copy);
    } else this.#write(chunk, () => this.#buffers.giveBack(buffer));
    if (source.isDone) this.#finish();
    else if (this.stuckSince === undefined) this.#turns.add(this.#turn);
  }

  /** Goes on after a turn without bytes. */
  #rest(): void {
    const source = this.#source;
    if (source.isDone) this.#finish();
    else if (source.error === undefined) source.wait(this.#turn);
    else {
      this.failed = true;
      this.breakOff();
    }
  }

  /** Writes to the socket directly, as row streams do. `sent` is called when the socket has passed the bytes on. */
  #write({ framed, bytes }: Chunk, sent?: () => void): void {
    const counts = this.#counts;
    if (this.#socket.writable) {
      counts.rows += this.#source.rows - this.#counted;
      counts.bytes += bytes.length;
      this.#counted = this.#source.rows;
      if (this.#socket.write(this.#response.chunkedEncoding ? framed : bytes, sent)) return;
    }
    this.stuckSince = performance.now();
  }

  #finish(): void {
    if (this.#isClosed) return;
    this.#close();
    this.#response.end();
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
    this.#socket.off('drain', this.#drained);
    this.#turns.remove(this.#turn);
    this.#source.close();
  }
}
