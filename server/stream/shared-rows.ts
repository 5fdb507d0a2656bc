// Encodes rows once for all readers that ask for the same columns of a dataset in the same format.

import { totalmem } from 'node:os';
import type { AttributeTable, Batch, NumberColumn, Plan } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ChosenOptions } from '../formats/format-options.ts';
import type { RowFormat, RowWriter } from '../formats/row-format.ts';
import { BlockBudget, BlockCache } from './block-cache.ts';
import { CHUNK_MARKS, type Chunk } from './chunk.ts';
import { RowEncoding } from './row-encoding.ts';

/**
 * Bytes for blocks of encoded rows, of all datasets together: enough for all rows of a full store of the default size (32 MiB),
 * which DAP2 makes larger by 4 bytes a row, but at most a sixteenth of the machine's memory: a board with 512 MB needs the rest.
 */
const BLOCK_BYTES = Math.min(48 * 1024 ** 2, totalmem() / 16);

/** Selections of columns of one dataset, each in one format, that are shared at a time: clients may ask for any order of columns. */
const MOST_SHARED = 64;

/**
 * Rows that readers share. Readers at the head come one after another for the same rows: the rows are encoded for the first of
 * them. Readers of the same past come at any time: blocks that several of them ask for are kept for a while.
 */
export class SharedRows {
  readonly encoding: RowEncoding;
  readonly #columns: readonly number[];
  readonly #blocks: BlockCache;
  #last: { readonly from: number; readonly to: number; readonly chunk: Chunk } | undefined;

  /** @param columns the numbers of the columns asked for, among those of the store */
  constructor(encoding: RowEncoding, columns: readonly number[], blocks: BlockCache) {
    this.encoding = encoding;
    this.#columns = columns;
    this.#blocks = blocks;
  }

  /** Bytes that kept blocks take. */
  get bytes(): number {
    return this.#blocks.bytes;
  }

  /** The newest rows. `batch` has all columns of the store, `from` is the position of its first row. */
  newest(from: number, batch: Batch): Chunk {
    const to = from + batch.length;
    if (this.#last === undefined || this.#last.from !== from || this.#last.to !== to)
      this.#last = { from, to, chunk: this.#encode(batch) };
    return this.#last.chunk;
  }

  /**
   * Rows of the past, if they are a whole block that several readers have asked for; else undefined.
   * @param first the position of the oldest row of the store
   */
  block(from: number, batch: Batch, first: number): Chunk | undefined {
    const { rowsAtOnce, rowBytes } = this.encoding;
    if (from % rowsAtOnce !== 0 || batch.length !== rowsAtOnce) return undefined;
    const bytes = rowsAtOnce * rowBytes + CHUNK_MARKS;
    const encode = () => this.#encode(batch, Buffer.allocUnsafeSlow(bytes));
    // A reader without the column of times may have loaded rows without it.
    const mark = this.#columns.includes(0) ? sumOf(batch.columns[0] as NumberColumn) : 0;
    return this.#blocks.get(from / rowsAtOnce, Math.floor(first / rowsAtOnce), bytes, encode, mark);
  }

  clear(): void {
    this.#last = undefined;
    this.#blocks.clear();
  }

  #encode({ length, columns }: Batch, memory?: Uint8Array): Chunk {
    const batch = { length, columns: this.#columns.map(column => columns[column]!) };
    return this.encoding.chunk(batch, memory);
  }
}

/** The parts of a dataset by which its rows are shared. */
type SharedDataset = Pick<Dataset, 'attributes' | 'closing'>;

interface DatasetRows {
  /** The attributes for which the writers were made. */
  readonly attributes: AttributeTable;
  readonly byKey: Map<string, SharedRows>;
}

/** The shared rows of every dataset, until the dataset closes. */
export class SharedRowsByDataset {
  readonly #datasets = new WeakMap<SharedDataset, DatasetRows>();
  readonly #budget: BlockBudget;

  /** @param limit bytes that kept blocks may take together */
  constructor(limit = BLOCK_BYTES) {
    this.#budget = new BlockBudget(limit);
  }

  /** Bytes that kept blocks of the dataset take. */
  bytesOf(dataset: SharedDataset): number {
    let bytes = 0;
    for (const rows of this.#datasets.get(dataset)?.byKey.values() ?? []) bytes += rows.bytes;
    return bytes;
  }

  /** The shared rows for a plan without a function, whose rows are rows of the store. */
  of(
    dataset: SharedDataset,
    format: RowFormat,
    plan: Plan,
    options: ChosenOptions = {},
  ): SharedRows | Promise<SharedRows> {
    const key = [format.name, plan.columns.join(), ...Object.values(options)].join(':');
    const kept = this.#rowsOf(dataset);
    const known = kept.byKey.get(key);
    if (known !== undefined) return known;
    const share = (writer: RowWriter): SharedRows => {
      // Another reader may have come while the format loaded its encoder.
      const other = kept.byKey.get(key);
      if (other !== undefined) return other;
      if (kept.byKey.size >= MOST_SHARED) drop(kept);
      const rows = new SharedRows(new RowEncoding(writer), plan.columns, new BlockCache(this.#budget));
      if (!dataset.closing.aborted) kept.byKey.set(key, rows);
      return rows;
    };
    const writer = format.open({ plan, attributes: kept.attributes, options });
    return writer instanceof Promise ? writer.then(share) : share(writer);
  }

  #rowsOf(dataset: SharedDataset): DatasetRows {
    const { attributes, closing } = dataset;
    const known = this.#datasets.get(dataset);
    if (known?.attributes === attributes) return known;
    if (known !== undefined) drop(known);
    else closing.addEventListener('abort', () => drop(this.#datasets.get(dataset)!), { once: true });
    const kept: DatasetRows = { attributes, byKey: new Map() };
    this.#datasets.set(dataset, kept);
    return kept;
  }
}

/** The sum of the values. Four sums side by side take a third of the time of one: a replay sums the times of each block. */
function sumOf(values: NumberColumn): number {
  const { length } = values;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let index = 0;
  for (; index + 3 < length; index += 4) {
    first += values[index]!;
    second += values[index + 1]!;
    third += values[index + 2]!;
    fourth += values[index + 3]!;
  }
  for (; index < length; index += 1) first += values[index]!;
  return first + second + third + fourth;
}

function drop({ byKey }: DatasetRows): void {
  for (const rows of byKey.values()) rows.clear();
  byKey.clear();
}
