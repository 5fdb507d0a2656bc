// Follows the rows of every dataset that was asked about lately, in turns that leave the event loop to others.

import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { Dataset } from '../dataset/dataset.ts';
import { RecentRows } from './recent-rows.ts';

/** Milliseconds between two readings of the new rows: memory keeps rows for much longer. */
const READ_EVERY = 2000;

/** Milliseconds after the last question about a dataset until its rows are let go. */
const KEPT = 600_000;

/** Milliseconds after which rows that could not be loaded are read again from the beginning. */
const AGAIN = 30_000;

/** Milliseconds that an answer waits for rows that have to be read first. */
const PATIENCE = 1000;

interface Watched {
  readonly rows: RecentRows;
  readonly begunAt: number;
  askedAt: number;
}

export class RecentWatch {
  readonly #watched = new Map<Dataset, Watched>();
  /** Called at the end of each reading. */
  readonly #waiting = new Set<() => void>();
  readonly #again: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isReading = false;
  /** Rows have been loaded while others were read. */
  #isAgain = false;

  /** @param again milliseconds after which rows that could not be loaded are read again */
  constructor(again = AGAIN) {
    this.#again = again;
  }

  /** The datasets that are followed now. */
  get size(): number {
    return this.#watched.size;
  }

  /** What is known of the rows of datasets that keep rows, after a short while if they have to be read first. */
  async of(datasets: readonly Dataset[]): Promise<ReadonlyMap<Dataset, RecentRows>> {
    // Of one dataset the rows are loaded; to load those of a whole fleet would take all memory.
    const wanted = datasets.filter(
      ({ delivery, closing, isResting }) =>
        delivery.kind !== 'on-demand' && !closing.aborted && (isResting !== true || datasets.length === 1),
    );
    const now = performance.now();
    for (const dataset of wanted) {
      const known = this.#watched.get(dataset);
      if (known !== undefined && !this.#mustReadAgain(known, now)) {
        known.askedAt = now;
        continue;
      }
      known?.rows.close();
      const rows = new RecentRows(dataset, Date.now() / 1000, datasets.length === 1);
      this.#watched.set(dataset, { rows, begunAt: now, askedAt: now });
    }
    const isReady = () => wanted.every(dataset => this.#watched.get(dataset)?.rows.isCaughtUp !== false);
    if (!isReady()) {
      void this.#read();
      const late = delay(PATIENCE, 'late', { ref: false });
      while (!isReady() && (await Promise.race([this.#nextReading(), late])) !== 'late');
    }
    if (this.#watched.size > 0) this.#timer ??= setInterval(() => void this.#read(), READ_EVERY).unref();
    return new Map(
      wanted.flatMap(dataset => {
        const rows = this.#watched.get(dataset)?.rows;
        // Extremes without the rows that could not be loaded would be wrong.
        return rows?.isCaughtUp === true && !rows.isBroken ? [[dataset, rows] as const] : [];
      }),
    );
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { rows } of this.#watched.values()) rows.close();
    this.#watched.clear();
  }

  #mustReadAgain({ rows, begunAt }: Watched, now: number): boolean {
    return rows.hasLeft || (rows.isBroken && now - begunAt >= this.#again);
  }

  #nextReading(): Promise<void> {
    return new Promise(resolve => this.#waiting.add(resolve));
  }

  /** Reads what is at hand. Does not reject. */
  async #read(): Promise<void> {
    if (this.#isReading) {
      this.#isAgain = true;
      return;
    }
    this.#isReading = true;
    do {
      this.#isAgain = false;
      for (const [dataset, watched] of [...this.#watched]) await this.#readOne(dataset, watched);
    } while (this.#isAgain);
    this.#isReading = false;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async #readOne(dataset: Dataset, watched: Watched): Promise<void> {
    const { rows, askedAt } = watched;
    if (dataset.closing.aborted || rows.hasLeft || performance.now() - askedAt > KEPT) {
      this.#watched.delete(dataset);
      rows.close();
      if (this.#watched.size === 0) this.close();
      return;
    }
    while (this.#watched.get(dataset) === watched && rows.read(() => void this.#read())) await turn();
  }
}
