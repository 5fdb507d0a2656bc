// Writes the bytes of one stream into its response, and gives the stream its turns as fast as its client takes them.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BufferPool } from './buffer-pool.ts';
import type { Chunk } from './chunk.ts';
import { sendHead } from './sent-head.ts';
import type { StreamCounts } from './stream-counts.ts';
import type { Turns } from './turns.ts';

/** Fewer bytes than these get memory of their own: each of many readers may have some in its socket, and a buffer would wait there. */
export const WORTH_A_BUFFER = 16 * 1024;

/** What streams share. */
export interface SharedByStreams {
  readonly turns: Turns;
  readonly buffers: BufferPool;
  /** Counts the rows and bytes of the stream. */
  readonly counts: StreamCounts;
  /** Receives an internal error, after which the stream is broken off. */
  readonly onError: (error: unknown) => void;
}

/** The stream that gives the bytes. */
export interface WrittenStream {
  /** Sends at most one buffer, then arranges for its next turn. It has no turn while the client takes nothing. */
  advance(): void;
  /** Lets go of the rows. Called once. */
  release(): void;
}

export class StreamWriter {
  /** Since when sent bytes wait in the socket, in milliseconds of `performance.now()`; undefined while none wait. */
  stuckSince: number | undefined;
  /** True after the source or an internal error broke the stream off. */
  failed = false;
  isClosed = false;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #turns: Turns;
  readonly #counts: StreamCounts;
  readonly #onError: (error: unknown) => void;
  readonly #stream: WrittenStream;

  /** @param response its HTTP headers are set, and it is the next one of its connection */
  constructor(
    response: ServerResponse,
    // Not kept as a whole: it may be the options of the stream, of which there are thousands.
    { turns, counts, onError }: Omit<SharedByStreams, 'buffers'>,
    stream: WrittenStream,
  ) {
    if (response.socket === null) throw new Error('a stream was begun in a response without a connection');
    this.#response = response;
    this.#socket = response.socket;
    this.#turns = turns;
    this.#counts = counts;
    this.#onError = onError;
    this.#stream = stream;
    this.#socket.on('drain', this.#drained);
    response.on('close', this.#gone);
  }

  /** Sends the HTTP headers, and the bytes that `write` writes, in one packet. */
  begin(write: () => void): void {
    this.#socket.cork();
    sendHead(this.#response);
    write();
    this.#socket.uncork();
  }

  /** True unless the connection is gone. */
  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Takes a turn of the stream. */
  readonly turn = (): void => {
    if (this.isClosed || this.stuckSince !== undefined) return;
    try {
      this.#stream.advance();
    } catch (error) {
      // An error of one stream must not reach the source of the rows, nor the streams that are woken after this one.
      this.failed = true;
      this.close();
      this.#response.destroy();
      this.#onError(error);
    }
  };

  /** Asks for a next turn. */
  readonly takeTurn = (): void => {
    this.#turns.add(this.turn);
  };

  /**
   * Writes to the socket directly: the response would frame each chunk anew for each client, in four writes. `sent` is called when the
   * socket has passed the bytes on.
   * @returns whether the bytes were written, and `rows` counted: not if the connection is gone
   */
  write({ framed, bytes }: Chunk, rows: number, sent?: () => void): boolean {
    const { isOpen } = this;
    if (isOpen) {
      const counts = this.#counts;
      counts.rows += rows;
      counts.bytes += bytes.length;
      if (this.#socket.write(this.#response.chunkedEncoding ? framed : bytes, sent)) return true;
    }
    this.stuckSince = performance.now();
    return isOpen;
  }

  /** Completes the response, with these last bytes, behind all bytes that wait in the socket. */
  end(last?: Uint8Array): void {
    if (this.isClosed) return;
    this.close();
    if (last === undefined) this.#response.end();
    else {
      if (this.isOpen) this.#counts.bytes += last.length;
      this.#response.end(last);
    }
  }

  /** Breaks the stream off because of its source. */
  fail(): void {
    this.failed = true;
    this.breakOff();
  }

  /** Ends the connection behind the bytes that were sent, so that the client knows that the rest is missing. */
  breakOff(): void {
    this.close();
    this.#socket.destroySoon();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    // From here on only the end of the response shows that the client takes its bytes: it has to come in time.
    this.stuckSince ??= performance.now();
    this.#socket.off('drain', this.#drained);
    this.#turns.remove(this.turn);
    this.#stream.release();
  }

  readonly #drained = (): void => {
    this.stuckSince = undefined;
    this.takeTurn();
  };

  readonly #gone = (): void => {
    this.close();
  };
}
