// Counts the files of a history whose rows are not served, and reports each of them once.

import type { HistoryStatus } from '../../store/row-store.ts';

export class UnservedFiles {
  /** The sentences that were reported. */
  readonly #told = new Set<string>();
  readonly #onRemark: (sentence: string) => void;
  #setAside = 0;
  #leftAlone = 0;
  #last: HistoryStatus['lastSetAside'];

  constructor(onRemark: (sentence: string) => void) {
    this.#onRemark = onRemark;
  }

  get status(): Pick<HistoryStatus, 'setAside' | 'lastSetAside' | 'leftAlone'> {
    return {
      setAside: this.#setAside,
      leftAlone: this.#leftAlone,
      ...(this.#last === undefined ? {} : { lastSetAside: this.#last }),
    };
  }

  /** A file of the history got another name: `sentence` says which, and why. */
  setAside(sentence: string): void {
    this.#setAside += 1;
    this.#last = { time: Date.now() / 1000, message: sentence };
    this.#onRemark(sentence);
  }

  /** A file stays as it is, under the name of a file of the history: `sentence` says which, and why. */
  leftAlone(sentence: string): void {
    this.#leftAlone += 1;
    // A disk that is attached anew has the same files.
    if (this.#told.has(sentence)) return;
    this.#told.add(sentence);
    this.#onRemark(sentence);
  }

  /** All files were looked at: these were left alone. */
  scanned(leftAlone: readonly string[]): void {
    this.#leftAlone = 0;
    for (const sentence of leftAlone) this.leftAlone(sentence);
  }
}
