// Writes a body that ends by itself into a response, a buffer at a time, as fast as the client takes it.

import type { ServerResponse } from 'node:http';
import type { BufferPool } from './buffer-pool.ts';
import { type Chunk, chunkIn, chunkOf } from './chunk.ts';
import { type SharedByStreams, StreamWriter, WORTH_A_BUFFER, type WrittenStream } from './stream-writer.ts';

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

export interface BodyStreamOptions extends SharedByStreams {
  /** A response whose HTTP headers are set, with Content-Length if the length is known; the next one of its connection. */
  readonly response: ServerResponse;
  readonly source: BodySource;
}

/** One open response. A body whose source fails is broken off: the client gets fewer bytes than announced. */
export class BodyStream implements WrittenStream {
  readonly writer: StreamWriter;
  readonly #source: BodySource;
  readonly #buffers: BufferPool;
  #counted = 0;

  constructor(options: BodyStreamOptions) {
    this.#source = options.source;
    this.#buffers = options.buffers;
    this.writer = new StreamWriter(options.response, options, this);
    this.writer.begin(this.writer.turn);
  }

  get rows(): number {
    return this.#source.rows;
  }

  advance(): void {
    const { writer } = this;
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
    if (source.isDone) writer.end();
    else if (writer.stuckSince === undefined) writer.takeTurn();
  }

  release(): void {
    this.#source.close();
  }

  /** Goes on after a turn without bytes. */
  #rest(): void {
    const source = this.#source;
    if (source.isDone) this.writer.end();
    else if (source.error === undefined) source.wait(this.writer.takeTurn);
    else this.writer.fail();
  }

  #write(chunk: Chunk, sent?: () => void): void {
    if (this.writer.write(chunk, this.#source.rows - this.#counted, sent)) this.#counted = this.#source.rows;
  }
}
