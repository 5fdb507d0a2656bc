// Follows the rows of one piece whose messages are under way: which the broker has taken, and which it will never take.

import type { OnTaken } from '../publish/sink.ts';

export class SentRows {
  /** Messages of each row that have no answer yet; undefined for a row that is not sent yet. */
  readonly #waiting: (number | undefined)[];
  /** Why rows are refused. */
  readonly #refusals = new Map<number, string>();
  readonly #onDone: OnTaken;
  #done = 0;

  /** @param onDone gets the number of rows, from the first one on, that are done */
  constructor(length: number, onDone: OnTaken) {
    this.#waiting = Array.from({ length }, () => undefined);
    this.#onDone = onDone;
  }

  begun(row: number, messages: number): void {
    this.#waiting[row] = messages;
  }

  taken(row: number): void {
    this.#waiting[row]! -= 1;
    this.#tell();
  }

  /** The broker will never take one of its messages. */
  refused(row: number, reason: string): void {
    if (!this.#refusals.has(row)) this.#refusals.set(row, reason);
    this.taken(row);
  }

  #tell(): void {
    let rows = 0;
    let reason: string | undefined;
    const before = this.#done;
    for (; this.#waiting[this.#done] === 0; this.#done += 1) {
      const refusal = this.#refusals.get(this.#done);
      if (refusal === undefined) continue;
      rows += 1;
      reason ??= refusal;
    }
    if (this.#done > before) this.#onDone(this.#done, reason === undefined ? undefined : { rows, reason });
  }
}
