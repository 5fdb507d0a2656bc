// Counts the writes of a history that fail, and reports a fault once, until it is over.

import { messageOf } from '../../device/index.ts';
import type { HistoryStatus } from '../store/row-store.ts';

export class WriteFaults {
  readonly #onFailure: (error: unknown) => void;
  readonly #onRecovery: () => void;
  #failure: { readonly since: number; readonly message: string } | undefined;
  #failures = 0;

  constructor(onFailure: (error: unknown) => void, onRecovery: () => void) {
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
    this.#failures += 1;
    this.#failure = { since: this.#failure?.since ?? Date.now() / 1000, message: messageOf(error) };
    if (isNew) this.#onFailure(error);
  }

  succeeded(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#onRecovery();
  }
}
