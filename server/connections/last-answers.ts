// Waits, while the server ends, for the answers to the requests that it has accepted.

export class LastAnswers<Connection> {
  readonly #due: Set<Connection>;
  #isOver = (): void => {};

  /** @param due the connections with a request, or with one that comes at once */
  constructor(due: readonly Connection[]) {
    this.#due = new Set(due);
  }

  /** Resolves when each of them was answered or is gone, or after `most` milliseconds. */
  async all(most: number): Promise<void> {
    if (this.#due.size === 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, most);
      this.#isOver = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** All requests of the connection are answered, or it is gone. */
  answered(connection: Connection): void {
    if (this.#due.delete(connection) && this.#due.size === 0) this.#isOver();
  }
}
