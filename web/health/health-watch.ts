// Asks the server for its health: regularly while the page is visible, and at once after a change of the stream.

import type { StreamState } from '../stream/stream-state.ts';
import { fetchHealth, type Health } from './health.ts';

/** Milliseconds between an answer and the next request; the longest wait while no answer comes. */
const ASK_EVERY = 10_000;
const LONGEST_WAIT = 120_000;

/** Milliseconds before a request because of a change: more may change at the same time. */
const SOON = 300;

/** Milliseconds after which a request counts as unanswered. */
const PATIENCE = 8000;

export class HealthWatch {
  readonly #from: string;
  readonly #answered: (health: Health | undefined) => void;
  readonly #unanswered: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | undefined;
  /** Requests in a row that brought no health. */
  #failures = 0;

  /** `answered` gets each answer, undefined for one that is no health; `unanswered` is called if none came. */
  constructor(from: string, answered: (health: Health | undefined) => void, unanswered: () => void) {
    this.#from = from;
    this.#answered = answered;
    this.#unanswered = unanswered;
    document.addEventListener('visibilitychange', () => this.#see());
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.#see();
    });
    this.#askIn(0);
  }

  /** The stream of rows has come into another state. */
  streamIs(state: StreamState['state']): void {
    // These states tell nothing new about the server: the page is asking it for rows.
    if (state === 'connecting' || state === 'waiting') return;
    // After failures it asks when rows come again, not after each attempt to connect.
    if (this.#failures === 0 || state === 'connected') this.#askIn(SOON);
  }

  #see(): void {
    if (document.visibilityState === 'hidden') {
      clearTimeout(this.#timer);
      this.#request?.abort();
      this.#request = undefined;
    } else this.#askIn(0);
  }

  #askIn(millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), millis);
  }

  async #ask(): Promise<void> {
    this.#request?.abort();
    if (document.visibilityState === 'hidden') return;
    const request = new AbortController();
    this.#request = request;
    const patience = setTimeout(() => request.abort(), PATIENCE);
    const answer = await fetchHealth(this.#from, request.signal).then(
      health => ({ health }),
      () => undefined,
    );
    clearTimeout(patience);
    // Another request has replaced this one, or the page was hidden.
    if (request !== this.#request) return;
    this.#failures = answer?.health === undefined ? this.#failures + 1 : 0;
    this.#askIn(Math.min(LONGEST_WAIT, ASK_EVERY * 2 ** this.#failures));
    if (answer === undefined) this.#unanswered();
    else this.#answered(answer.health);
  }
}
