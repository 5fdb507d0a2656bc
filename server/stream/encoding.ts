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

/** Rows of a log for all who ask for the same columns in the same encoding. */
export interface SharedRows {
  readonly encoding: Encoding;
  /** `position` is that of the batch's first row in the log; the batch has all the log's columns. */
  chunk(position: number, batch: Batch): Chunk;
}

/**
 * Encodings of one log's rows. Readers at the head come one after another for the same rows: they are encoded for the first of
 * them.
 */
export class SharedEncodings {
  private readonly byKey = new Map<string, SharedRows>();

  /** For a plan whose rows are the log's as they are. */
  of(name: EncodingName, plan: Plan): SharedRows {
    const key = `${name}:${plan.columns.join()}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    // A client may ask for any order of columns: what is kept of that is bounded.
    if (this.byKey.size >= MOST_KEPT) this.byKey.clear();
    const rows = new LastRows(encodingOf(name, plan), plan.columns);
    this.byKey.set(key, rows);
    return rows;
  }
}

const MOST_KEPT = 64;

/** Keeps the rows that were encoded last. */
class LastRows implements SharedRows {
  readonly encoding: Encoding;
  private readonly columns: readonly number[];
  private last: { readonly from: number; readonly to: number; readonly chunk: Chunk } | undefined;

  constructor(encoding: Encoding, columns: readonly number[]) {
    this.encoding = encoding;
    this.columns = columns;
  }

  chunk(from: number, { length, columns }: Batch): Chunk {
    const to = from + length;
    if (this.last === undefined || this.last.from !== from || this.last.to !== to) {
      const batch = { length, columns: this.columns.map(column => columns[column]!) };
      this.last = { from, to, chunk: chunkOfRows(this.encoding, batch) };
    }
    return this.last.chunk;
  }
}
