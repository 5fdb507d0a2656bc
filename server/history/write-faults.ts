// Counts the writes of a history that fail, and reports a fault once, until it is over.

import type { HistoryStatus } from '../store/row-store.ts';
import { diskErrorText } from './disk-error.ts';

export class WriteFaults {
  /** The dataset's folder: a write to an open file fails without a path. */
  readonly #folder: string;
  readonly #onFailure: (message: string) => void;
  readonly #onRecovery: () => void;
  #failure: { readonly since: number; readonly message: string } | undefined;
  #failures = 0;

  constructor(folder: string, onFailure: (message: string) => void, onRecovery: () => void) {
    this.#folder = folder;
    this.#onFailure = onFailure;
    this.#onRecovery = onRecovery;
  }

  get isFailing(): boolean {
    return this.#failure !== undefined;
  }

  get status(): Pick<HistoryStatus, 'failure' | 'failingSince' | 'failures'> {
    const failures = this.#failures;
    const failure = this.#failure;
    return failure === undefined
      ? { failures }
      : { failures, failure: failure.message, failingSince: failure.since };
  }

  failed(error: unknown): void {
    const isNew = this.#failure === undefined;
    const message = diskErrorText(error, this.#folder);
    this.#failures += 1;
    this.#failure = { since: this.#failure?.since ?? Date.now() / 1000, message };
    if (isNew) this.#onFailure(message);
  }

  succeeded(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#onRecovery();
  }
}
