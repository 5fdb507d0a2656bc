// Asks a server for its newest rows every few seconds while the page is visible, less often while no answer comes.

import { VisibleAsking } from '../stream/visible-asking.ts';
import { jsonOf } from '../text/json.ts';
import { zoneName } from '../text/times.ts';
import { parseRecent, type RecentDataset } from './recent.ts';

/** Milliseconds between two questions for the values, and between two for the series, which have a point a minute. */
const VALUES_EVERY = 5000;
const SERIES_EVERY = 60_000;

/** The longest pause while no answer comes, and how long one answer is waited for. */
const LONGEST_PAUSE = 60_000;
const PATIENCE = 10_000;

/** Minutes of a series. */
const MINUTES = 60;

/** A moment of a clock that is never set, in milliseconds. */
export type Moment = number;

export interface RecentEvents {
  /** An answer has come. `isFirst`: the first one, or the first after the page was hidden. */
  answered(datasets: readonly RecentDataset[], at: Moment, isFirst: boolean): void;
  /** No answer has come; the next question follows at `again`. */
  unanswered(reason: string, again: Moment): void;
}

interface Answer {
  readonly datasets: readonly RecentDataset[];
  readonly hasSeries: boolean;
}

export class RecentWatch {
  readonly #from: URL;
  readonly #events: RecentEvents;
  readonly #asking: VisibleAsking<Answer | string>;
  #failures = 0;
  #seriesAt = Number.NEGATIVE_INFINITY;
  #isFirst = true;
  /** The reader's time zone; undefined for that of the server, if the browser has none or the server does not know it. */
  #zone = zoneName();
  /** The names of the datasets and columns of the last series. */
  #described = '';

  /** @param from the address of `latest.json` */
  constructor(from: URL, events: RecentEvents) {
    this.#from = from;
    this.#events = events;
    this.#asking = new VisibleAsking<Answer | string>({
      patience: PATIENCE,
      ask: signal => {
        const hasSeries = performance.now() - this.#seriesAt >= SERIES_EVERY;
        return this.#fetch(hasSeries, signal).then(
          datasets => ({ datasets, hasSeries }),
          (error: unknown) => String(error),
        );
      },
      answered: answer => this.#answered(answer),
      hidden: () => {
        this.#isFirst = true;
      },
    });
  }

  close(): void {
    this.#asking.close();
  }

  #answered(answer: Answer | string): void {
    if (typeof answer !== 'string') {
      this.#take(answer);
      return;
    }
    this.#failures += 1;
    const pause = Math.min(LONGEST_PAUSE, VALUES_EVERY * 2 ** this.#failures);
    this.#asking.askIn(pause);
    this.#events.unanswered(answer, performance.now() + pause);
  }

  #take({ datasets, hasSeries }: Answer): void {
    const at = performance.now();
    this.#failures = 0;
    const names = JSON.stringify(datasets.map(({ name, columns }) => [name, [...columns.keys()]]));
    if (hasSeries) {
      this.#described = names;
      // The server has still to read the rows of a dataset.
      const isReading = datasets.some(({ since, time, interval }) => {
        return since === undefined && time !== undefined && interval !== 0;
      });
      if (!isReading) this.#seriesAt = at;
    } else if (names !== this.#described) {
      // The server was configured anew.
      this.#seriesAt = Number.NEGATIVE_INFINITY;
      this.#asking.askIn(0);
      return;
    }
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    this.#asking.askIn(VALUES_EVERY);
    this.#events.answered(datasets, at, isFirst);
  }

  /** Rejects with a reason for the reader. */
  async #fetch(wantsSeries: boolean, signal: AbortSignal): Promise<readonly RecentDataset[]> {
    const from = new URL(this.#from);
    from.searchParams.set('spark', String(wantsSeries ? MINUTES : 0));
    if (this.#zone !== undefined) from.searchParams.set('zone', this.#zone);
    const response = await fetch(from, { cache: 'no-store', signal }).catch(() => {
      throw new Unanswered('no answer');
    });
    if (response.status === 400 && this.#zone !== undefined) {
      await response.body?.cancel();
      this.#zone = undefined;
      return this.#fetch(wantsSeries, signal);
    }
    const { status } = response;
    const datasets = parseRecent(await jsonOf(response));
    if (datasets === undefined)
      throw new Unanswered(status === 200 ? 'no JSON of values' : `status ${status}`);
    return datasets;
  }
}

class Unanswered extends Error {
  override toString(): string {
    return this.message;
  }
}
