// Encodes batches of rows as chunks for sockets, by the writer of a format.

import type { Batch } from '../../dap/protocol.ts';
import type { RowWriter } from '../formats/row-format.ts';
import { BUFFER_BYTES } from './buffer-pool.ts';
import { CHUNK_MARKS, type Chunk, chunkIn } from './chunk.ts';

export class RowEncoding {
  readonly writer: RowWriter;
  /** Bytes that a row takes at most; a row of text is taken for a buffer full. */
  readonly rowBytes: number;
  /** Rows that are sure to fit into one buffer. */
  readonly rowsAtOnce: number;

  constructor(writer: RowWriter) {
    this.writer = writer;
    this.rowBytes = writer.rowBytes ?? BUFFER_BYTES;
    this.rowsAtOnce = Math.max(1, Math.floor((BUFFER_BYTES - CHUNK_MARKS) / this.rowBytes));
  }

  /** Encodes rows of the constrained Sequence, into `memory` where it is given, else into memory of their own. */
  chunk(batch: Batch, memory?: Uint8Array): Chunk {
    const { length } = batch;
    const { writer, rowBytes } = this;
    return chunkIn(memory ?? Buffer.allocUnsafe(length * rowBytes + CHUNK_MARKS), into =>
      writer.encode(batch, 0, length, into),
    );
  }
}
