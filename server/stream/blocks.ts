// What of the past is kept encoded? The blocks of rows that more than one reader asked for, within a bound, for a while.

import type { Chunk } from './chunk.ts';

/** After this many milliseconds in which nobody asked for any, all blocks are let go. */
const LONGEST_UNUSED = 60_000;

/** Numbers of blocks that are remembered to have been asked for once. */
const MOST_ASKED = 16_384;

/** What all the blocks of one log may take together. */
export class BlockBudget {
  readonly #most: number;
  readonly #users = new Set<Blocks>();
  #taken = 0;
  #isUsed = false;
  #watching: ReturnType<typeof setInterval> | undefined;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes that are taken. */
  get bytes(): number {
    return this.#taken;
  }

  /** Whether there is room for so many bytes, which are then taken. */
  take(bytes: number, user: Blocks): boolean {
    if (this.#taken + bytes > this.#most) return false;
    this.#taken += bytes;
    this.#users.add(user);
    this.#isUsed = true;
    this.#watching ??= setInterval(() => this.#look(), LONGEST_UNUSED).unref();
    return true;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }

  used(): void {
    this.#isUsed = true;
  }

  /** Lets go of everything now. */
  clear(): void {
    clearInterval(this.#watching);
    this.#watching = undefined;
    for (const user of this.#users) user.clear();
    this.#users.clear();
  }

  #look(): void {
    if (!this.#isUsed) this.clear();
    this.#isUsed = false;
  }
}

/**
 * Blocks of one encoding of one log. A block has a number, counted from the log's beginning, and is the same for ever. The first
 * reader that comes past costs no memory; the second one's block is kept, and the third one gets it as it is.
 */
export class Blocks {
  readonly #budget: BlockBudget;
  readonly #asked = new Set<number>();
  readonly #kept = new Map<number, Chunk>();
  /** The oldest block that was of use when room was last made. */
  #oldest = 0;

  constructor(budget: BlockBudget) {
    this.#budget = budget;
  }

  /**
   * The block, of which `encode` gives `bytes` bytes at the most; undefined where it is not worth keeping.
   * `oldest`: the number of the oldest block that anyone can ask for.
   */
  get(number: number, oldest: number, bytes: number, encode: () => Chunk): Chunk | undefined {
    const known = this.#kept.get(number);
    if (known !== undefined) {
      this.#budget.used();
      return known;
    }
    if (!this.#asked.has(number)) {
      if (this.#asked.size >= MOST_ASKED) this.#asked.clear();
      this.#asked.add(number);
      return undefined;
    }
    if (oldest > this.#oldest) this.#forget(oldest);
    if (!this.#budget.take(bytes, this)) return undefined;
    const chunk = encode();
    this.#budget.giveBack(bytes - chunk.framed.buffer.byteLength);
    this.#kept.set(number, chunk);
    return chunk;
  }

  clear(): void {
    this.#forget(Number.POSITIVE_INFINITY);
    this.#oldest = 0;
    this.#asked.clear();
  }

  #forget(oldest: number): void {
    this.#oldest = oldest;
    for (const [number, { framed }] of this.#kept) {
      if (number >= oldest) continue;
      this.#kept.delete(number);
      this.#budget.giveBack(framed.buffer.byteLength);
    }
  }
}
