// How do the rows of a constrained Sequence become bytes? As DAP2 binary data or as text, shared where readers ask alike.

import {
  asciiEncoder,
  asciiHeader,
  type Batch,
  END_OF_SEQUENCE,
  encodeHeader,
  longestAsciiRow,
  type Plan,
  type RowEncoder,
  rowEncoder,
  xdrRowSize,
} from '../../dap/index.ts';
import { CHUNK_MARKS, type Chunk, chunkIn } from './chunk.ts';
import { PIECE } from './piece-pool.ts';

/** One way to write a constrained Sequence. */
export interface Encoding {
  readonly header: Uint8Array;
  /** Encodes rows of the constrained Sequence. */
  readonly rows: RowEncoder;
  readonly end: Uint8Array;
  /** Bytes that a row takes at the most. */
  readonly rowBytes: number;
  /** Rows that are sure to fit into one piece for a socket. */
  readonly rowsAtOnce: number;
}

export type EncodingName = 'dods' | 'ascii';

export function encodingOf(name: EncodingName, plan: Plan): Encoding {
  const { sequence, dataset } = plan;
  // Datasets have columns of numbers alone.
  const rowBytes = (name === 'ascii' ? longestAsciiRow(sequence) : xdrRowSize(sequence)) ?? PIECE;
  const rowsAtOnce = Math.max(1, Math.floor((PIECE - CHUNK_MARKS) / rowBytes));
  return name === 'ascii'
    ? {
        header: Buffer.from(asciiHeader(dataset)),
        rows: asciiEncoder(sequence),
        end: new Uint8Array(0),
        rowBytes,
        rowsAtOnce,
      }
    : {
        header: encodeHeader(dataset),
        rows: rowEncoder(sequence),
        end: END_OF_SEQUENCE,
        rowBytes,
        rowsAtOnce,
      };
}

/** Encodes rows, into `memory` where that is given, else into memory of their own. */
export function chunkOfRows({ rows, rowBytes }: Encoding, batch: Batch, memory?: Uint8Array): Chunk {
  const { length } = batch;
  return chunkIn(memory ?? Buffer.allocUnsafe(length * rowBytes + CHUNK_MARKS), into =>
    rows(batch, 0, length, into),
  );
}

/** The bytes of rows of a log, `position` being that of the first of the batch. */
export type SharedRows = (position: number, batch: Batch) => Chunk;

/** The rows that were encoded last, for all who ask for the same columns in the same encoding. */
interface Shared {
  readonly encoding: Encoding;
  from: number;
  to: number;
  chunk: Chunk | undefined;
}

/**
 * Encodings of one log's rows. Readers at the head come one after another for the same rows: they are encoded for the first of
 * them.
 */
export class SharedEncodings {
  private readonly byKey = new Map<string, Shared>();

  /** For batches of all the log's columns. */
  of(name: EncodingName, plan: Plan): SharedRows {
    const key = `${name}:${plan.columns.join()}`;
    const shared = this.byKey.get(key) ?? this.add(key, encodingOf(name, plan));
    return (position, batch) => {
      const to = position + batch.length;
      let { chunk } = shared;
      if (chunk === undefined || shared.from !== position || shared.to !== to) {
        const { length, columns } = batch;
        chunk = chunkOfRows(shared.encoding, {
          length,
          columns: plan.columns.map(column => columns[column]!),
        });
        shared.chunk = chunk;
        shared.from = position;
        shared.to = to;
      }
      return chunk;
    };
  }

  private add(key: string, encoding: Encoding): Shared {
    // A client may ask for any order of columns: what is kept of that is bounded.
    if (this.byKey.size >= MOST_KEPT) this.byKey.clear();
    const shared = { encoding, from: -1, to: -1, chunk: undefined };
    this.byKey.set(key, shared);
    return shared;
  }
}

const MOST_KEPT = 64;
