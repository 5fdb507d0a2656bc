// Collects the rows and the states of `follow`, at once or as a test asks for them.

import {
  type FollowedRows,
  type FollowOptions,
  type FollowState,
  follow,
} from '../../../dap/client/index.ts';

/** The rows of a batch, one list a row. */
export function rowsOf(batch: FollowedRows): number[][] {
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map(column => Number(column[row])));
}

/** All rows until the iterator ends. */
export async function all(batches: AsyncIterable<FollowedRows>): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const batch of batches) rows.push(...rowsOf(batch));
  return rows;
}

/** The first `count` rows; then the iterator is closed. */
export async function take(count: number, batches: AsyncIterable<FollowedRows>): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const batch of batches) {
    rows.push(...rowsOf(batch));
    if (rows.length >= count) break;
  }
  return rows;
}

/** Keeps the states of a `follow`, and lets a test wait for one. */
export class States {
  readonly seen: FollowState[] = [];
  #waiting: { name: FollowState['state']; resolve: (state: FollowState) => void }[] = [];

  readonly onState = (state: FollowState): void => {
    this.seen.push(state);
    const heard = this.#waiting.filter(({ name }) => name === state.state);
    this.#waiting = this.#waiting.filter(({ name }) => name !== state.state);
    for (const { resolve } of heard) resolve(state);
  };

  get names(): string[] {
    return this.seen.map(({ state }) => state);
  }

  /** The next state of that name from now on. */
  next<Name extends FollowState['state']>(name: Name): Promise<Extract<FollowState, { state: Name }>> {
    return new Promise(resolve => {
      this.#waiting.push({ name, resolve: state => resolve(state as Extract<FollowState, { state: Name }>) });
    });
  }
}

/** Follows a dataset, and has the rows that came so far. */
export class Reader {
  readonly states = new States();
  readonly rows: number[][] = [];
  readonly #batches: AsyncGenerator<FollowedRows, void, undefined>;

  constructor(url: string, options: FollowOptions) {
    this.#batches = follow(url, { onState: this.states.onState, ...options });
  }

  get seams(): number {
    return this.states.names.filter(name => name === 'seam').length;
  }

  /** Reads until there are `count` rows. */
  async until(count: number): Promise<number[][]> {
    while (this.rows.length < count) {
      const { value, done } = await this.#batches.next();
      if (done === true) break;
      this.rows.push(...rowsOf(value as FollowedRows));
    }
    return this.rows;
  }

  async close(): Promise<void> {
    await this.#batches.return();
  }
}
