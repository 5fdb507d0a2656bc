// When is the server asked how it is doing? Again and again while somebody looks, and at once when there is reason to.

import type { StreamState } from '../stream/stream-state.ts';
import { fetchHealth, type Health } from './health.ts';

/** Milliseconds between an answer and the next question; while there is no answer, at most. */
const ASK_EVERY = 10_000;
const LONGEST_WAIT = 120_000;

/** Milliseconds before the server is asked because something has changed: more may change at once. */
const SOON = 300;

/** Milliseconds after which there is no answer. */
const PATIENCE = 8000;

export class HealthWatch {
  readonly #from: string;
  readonly #told: (health: Health | undefined) => void;
  readonly #unanswered: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #question: AbortController | undefined;
  /** Questions in a row that brought no health. */
  #failures = 0;

  /** `told` gets each answer, undefined for one that is no health; `unanswered` is told that there is none. */
  constructor(from: string, told: (health: Health | undefined) => void, unanswered: () => void) {
    this.#from = from;
    this.#told = told;
    this.#unanswered = unanswered;
    document.addEventListener('visibilitychange', () => this.#see());
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.#see();
    });
    this.#askIn(0);
  }

  /** The connection to the dataset has come into another state. */
  connectionIs(state: StreamState['state']): void {
    // These say nothing new of the server: it is being asked for the rows.
    if (state === 'connecting' || state === 'waiting') return;
    // Without an answer there is reason to ask when rows come again, not after each attempt to connect.
    if (this.#failures === 0 || state === 'connected') this.#askIn(SOON);
  }

  #see(): void {
    if (document.visibilityState === 'hidden') {
      clearTimeout(this.#timer);
      this.#question?.abort();
      this.#question = undefined;
    } else this.#askIn(0);
  }

  #askIn(millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), millis);
  }

  async #ask(): Promise<void> {
    this.#question?.abort();
    if (document.visibilityState === 'hidden') return;
    const question = new AbortController();
    this.#question = question;
    const patience = setTimeout(() => question.abort(), PATIENCE);
    const answer = await fetchHealth(this.#from, question.signal).then(
      health => ({ health }),
      () => undefined,
    );
    clearTimeout(patience);
    // Given up for another one, or because nobody looks any more.
    if (question !== this.#question) return;
    this.#failures = answer?.health === undefined ? this.#failures + 1 : 0;
    this.#askIn(Math.min(LONGEST_WAIT, ASK_EVERY * 2 ** this.#failures));
    if (answer === undefined) this.#unanswered();
    else this.#told(answer.health);
  }
}
