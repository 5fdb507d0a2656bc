// Encodes the rows of a constrained Sequence as DAP2 binary data or as text, shared by readers that ask alike.

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
import { BlockBudget, Blocks } from './blocks.ts';
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

export const ENCODING_NAMES = ['dods', 'ascii'] as const;

export type EncodingName = (typeof ENCODING_NAMES)[number];

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

/**
 * WebKit, the engine of Safari, shows nothing of a text that goes on before it has about 512 bytes,
 * which with a short head and a row a second takes many seconds.
 */
const SHORTEST_SHOWN = 1024;

/** Text whose head is long enough for a browser to show it at once. */
export function encodingForPerson(ascii: Encoding, { dataset }: Plan): Encoding {
  return { ...ascii, header: Buffer.from(asciiHeader(dataset, SHORTEST_SHOWN)) };
}

/** Encodes rows, into `memory` where that is given, else into memory of their own. */
export function chunkOfRows({ rows, rowBytes }: Encoding, batch: Batch, memory?: Uint8Array): Chunk {
  const { length } = batch;
  return chunkIn(memory ?? Buffer.allocUnsafe(length * rowBytes + CHUNK_MARKS), into =>
    rows(batch, 0, length, into),
  );
}

/**
 * Rows of a log for all who ask for the same columns in the same encoding. `position` is that of the batch's first row in the log;
 * the batch has all the log's columns.
 */
export interface SharedRows {
  readonly encoding: Encoding;
  /** The rows, for those who come for them one right after another, at the head of the log. */
  chunk(position: number, batch: Batch): Chunk;
  /** The rows, where they are a block that is asked for again and again; `first` is the position of the log's oldest row. */
  block(position: number, batch: Batch, first: number): Chunk | undefined;
}

/**
 * Encodings of one log's rows. Readers at the head come one after another for the same rows: they are encoded for the first of
 * them. Readers of the same past come when they like: blocks of it that are asked for again are kept for a while.
 */
export class SharedEncodings {
  readonly #byKey = new Map<string, SharedRows>();
  readonly #budget: BlockBudget;

  /** @param most bytes that kept blocks may take together */
  constructor(most: number) {
    this.#budget = new BlockBudget(most);
  }

  /** Bytes that kept blocks take. */
  get bytes(): number {
    return this.#budget.bytes;
  }

  /** For a plan whose rows are some of the log's, as they are. */
  of(name: EncodingName, plan: Plan): SharedRows {
    const key = `${name}:${plan.columns.join()}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    // A client may ask for any order of columns: what is kept of that is bounded.
    if (this.#byKey.size >= MOST_KEPT) this.clear();
    const rows = new EncodedRows(encodingOf(name, plan), plan.columns, new Blocks(this.#budget));
    this.#byKey.set(key, rows);
    return rows;
  }

  /** Lets go of everything that is kept. */
  clear(): void {
    this.#byKey.clear();
    this.#budget.clear();
  }
}

const MOST_KEPT = 64;

/** Keeps the rows that were encoded last, and blocks. */
class EncodedRows implements SharedRows {
  readonly encoding: Encoding;
  readonly #columns: readonly number[];
  readonly #blocks: Blocks;
  #last: { readonly from: number; readonly to: number; readonly chunk: Chunk } | undefined;

  constructor(encoding: Encoding, columns: readonly number[], blocks: Blocks) {
    this.encoding = encoding;
    this.#columns = columns;
    this.#blocks = blocks;
  }

  chunk(from: number, batch: Batch): Chunk {
    const to = from + batch.length;
    if (this.#last === undefined || this.#last.from !== from || this.#last.to !== to)
      this.#last = { from, to, chunk: this.#encode(batch) };
    return this.#last.chunk;
  }

  block(from: number, batch: Batch, first: number): Chunk | undefined {
    const { rowsAtOnce, rowBytes } = this.encoding;
    if (from % rowsAtOnce !== 0 || batch.length !== rowsAtOnce) return undefined;
    const bytes = rowsAtOnce * rowBytes + CHUNK_MARKS;
    return this.#blocks.get(from / rowsAtOnce, Math.floor(first / rowsAtOnce), bytes, () =>
      this.#encode(batch, Buffer.allocUnsafeSlow(bytes)),
    );
  }

  #encode({ length, columns }: Batch, memory?: Uint8Array): Chunk {
    const batch = { length, columns: this.#columns.map(column => columns[column]!) };
    return chunkOfRows(this.encoding, batch, memory);
  }
}
