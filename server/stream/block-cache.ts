// Keeps blocks of encoded rows that several readers of the same past ask for, within a budget of memory, for a while.

import type { Chunk } from './chunk.ts';

/** Milliseconds after which a cache that nobody asked for a block is emptied. */
const LONGEST_UNUSED = 60_000;

/** Block numbers that a cache remembers as asked for once. */
const MOST_REMEMBERED = 16_384;

/** The bytes that several caches may take together. It empties caches that are not used any more. */
export class BlockBudget {
  readonly #limit: number;
  /** The caches that hold blocks. */
  readonly #caches = new Set<BlockCache>();
  #bytes = 0;
  #sweeping: ReturnType<typeof setInterval> | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes bytes for a cache; false where they would exceed the budget. */
  take(bytes: number, cache: BlockCache): boolean {
    if (this.#bytes + bytes > this.#limit) return false;
    this.#bytes += bytes;
    this.#caches.add(cache);
    this.#sweeping ??= setInterval(() => this.#sweep(), LONGEST_UNUSED).unref();
    return true;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** A cache is empty now. */
  emptied(cache: BlockCache): void {
    this.#caches.delete(cache);
    if (this.#caches.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }

  #sweep(): void {
    for (const cache of [...this.#caches]) cache.clearUnused();
  }
}

/** A block, and a number that differs for the same rows with other times. */
interface KeptBlock {
  readonly chunk: Chunk;
  readonly mark: number;
}

/**
 * The blocks of one encoding of one dataset's rows. A block has a number, counted from the first position of the store. Its rows stay the
 * same, but a history may store them with corrected times. The first reader of a block costs no memory; the block of the second is kept,
 * and later readers get it.
 */
export class BlockCache {
  readonly #budget: BlockBudget;
  readonly #askedOnce = new Set<number>();
  readonly #blocks = new Map<number, KeptBlock>();
  /** The oldest block that readers could ask for when old blocks were last removed. */
  #oldest = 0;
  #bytes = 0;
  #isUsed = false;

  constructor(budget: BlockBudget) {
    this.#budget = budget;
  }

  /** Bytes of memory that the blocks take. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The block with this number; undefined for its first reader, and where it exceeds the budget.
   * @param oldest the number of the oldest block that a reader can ask for
   * @param bytes the most that `encode` needs
   * @param mark a number that differs if the times of the rows do; a kept block with another one is encoded anew
   */
  get(number: number, oldest: number, bytes: number, encode: () => Chunk, mark = 0): Chunk | undefined {
    const known = this.#blocks.get(number);
    if (known?.mark === mark) {
      this.#isUsed = true;
      return known.chunk;
    }
    if (known !== undefined) this.#remove(number, known);
    if (!this.#askedOnce.has(number)) {
      if (this.#askedOnce.size >= MOST_REMEMBERED) this.#askedOnce.clear();
      this.#askedOnce.add(number);
      return undefined;
    }
    if (oldest > this.#oldest) this.#removeBefore(oldest);
    if (!this.#budget.take(bytes, this)) return undefined;
    const chunk = encode();
    const { byteLength } = chunk.framed.buffer;
    this.#budget.giveBack(bytes - byteLength);
    this.#bytes += byteLength;
    this.#isUsed = true;
    this.#blocks.set(number, { chunk, mark });
    return chunk;
  }

  clear(): void {
    this.#removeBefore(Number.POSITIVE_INFINITY);
    this.#oldest = 0;
    this.#askedOnce.clear();
    this.#budget.emptied(this);
  }

  /** Empties the cache if no reader has asked for a block since the last call. */
  clearUnused(): void {
    if (!this.#isUsed) this.clear();
    this.#isUsed = false;
  }

  #removeBefore(oldest: number): void {
    this.#oldest = oldest;
    for (const [number, block] of this.#blocks) if (number < oldest) this.#remove(number, block);
  }

  #remove(number: number, { chunk: { framed } }: KeptBlock): void {
    this.#blocks.delete(number);
    this.#bytes -= framed.buffer.byteLength;
    this.#budget.giveBack(framed.buffer.byteLength);
  }
}
