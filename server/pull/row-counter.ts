// Counts the written rows, and shortens the batch in which the wanted number is reached.

import type { FollowedRows } from '../../dap/index.ts';

export class RowCounter {
  readonly #most: number;
  #count = 0;

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= this.#most;
  }

  /** The rows of a batch that are still wanted. */
  peek(rows: FollowedRows): FollowedRows {
    const length = Math.min(rows.length, this.#most - this.#count);
    if (length === rows.length) return rows;
    return { ...rows, length, columns: rows.columns.map(column => column.slice(0, length)) };
  }

  /** Counts and returns the rows of a batch that are still wanted. */
  take(rows: FollowedRows): FollowedRows {
    const wanted = this.peek(rows);
    this.#count += wanted.length;
    return wanted;
  }
}
