// Holds which columns of a dataset are hidden, for the legends that hide them and for the address of the page.

export class ColumnChoice {
  readonly #chosen: () => void;
  readonly #listeners = new Set<() => void>();
  #hidden: ReadonlySet<string> = new Set();

  /** `chosen` is called when the reader has hidden a column or shown it again. */
  constructor(chosen: () => void = () => {}) {
    this.#chosen = chosen;
  }

  isHidden(column: string): boolean {
    return this.#hidden.has(column);
  }

  /** The reader hides a column or shows it again. */
  hide(column: string, isHidden: boolean): void {
    const hidden = new Set(this.#hidden);
    if (isHidden) hidden.add(column);
    else hidden.delete(column);
    this.set(hidden);
    this.#chosen();
  }

  /** Hides these columns, and no others. */
  set(hidden: ReadonlySet<string>): void {
    this.#hidden = hidden;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `changed` after each change, until `signal` is aborted. */
  listen(changed: () => void, signal: AbortSignal): void {
    this.#listeners.add(changed);
    signal.addEventListener('abort', () => this.#listeners.delete(changed));
  }
}
