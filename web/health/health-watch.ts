// Asks the server for its health: regularly while the page is visible, and at once after a change of the stream.

import type { StreamState } from '../stream/stream-state.ts';
import { VisibleAsking } from '../stream/visible-asking.ts';
import { fetchHealth, type Health } from './health.ts';

/** Milliseconds between an answer and the next request; the longest wait while no answer comes. */
const ASK_EVERY = 10_000;
const LONGEST_WAIT = 120_000;

/** Milliseconds before a request because of a change: more may change at the same time. */
const SOON = 300;

/** Milliseconds after which a request counts as unanswered. */
const PATIENCE = 8000;

export class HealthWatch {
  readonly #asking: VisibleAsking<{ readonly health: Health | undefined } | undefined>;
  /** Requests in a row that brought no health. */
  #failures = 0;

  /** `answered` gets each answer, undefined for one that is no health; `unanswered` is called if none came. */
  constructor(from: string, answered: (health: Health | undefined) => void, unanswered: () => void) {
    this.#asking = new VisibleAsking({
      patience: PATIENCE,
      ask: signal =>
        fetchHealth(from, signal).then(
          health => ({ health }),
          () => undefined,
        ),
      answered: answer => {
        this.#failures = answer?.health === undefined ? this.#failures + 1 : 0;
        this.#asking.askIn(Math.min(LONGEST_WAIT, ASK_EVERY * 2 ** this.#failures));
        if (answer === undefined) unanswered();
        else answered(answer.health);
      },
    });
  }

  /** The stream of rows has come into another state. */
  streamIs(state: StreamState['state']): void {
    // These states tell nothing new about the server: the page is asking it for rows.
    if (state === 'connecting' || state === 'waiting') return;
    // After failures it asks when rows come again, not after each attempt to connect.
    if (this.#failures === 0 || state === 'connected') this.#asking.askIn(SOON);
  }
}
