// Holds the plots of all datasets on the page, which one set of controls moves, pauses and resumes together.

import type { PastStatus } from '../chart/past-charts.ts';
import type { Plot } from '../chart/plot.ts';

export class Plots {
  readonly #plots = new Map<number, Plot>();
  readonly #pasts = new Map<number, PastStatus>();
  /** The rows that have come for each dataset, and those that had come when the charts stopped following them. */
  readonly #rows = new Map<number, number>();
  readonly #rowsBefore = new Map<number, number>();

  /** Sets the plot of the dataset at `index` of the page; undefined for none. */
  set(index: number, plot: Plot | undefined): void {
    if (plot === undefined) this.#plots.delete(index);
    else this.#plots.set(index, plot);
    this.#pasts.delete(index);
    this.#rows.set(index, 0);
    this.#rowsBefore.set(index, 0);
  }

  pastIs(index: number, status: PastStatus): void {
    this.#pasts.set(index, status);
  }

  rowsCame(index: number, count: number): void {
    this.#rows.set(index, count);
  }

  /** Counts new rows from now on. */
  countAnew(): void {
    for (const [index, count] of this.#rows) this.#rowsBefore.set(index, count);
  }

  /** The rows that have come since `countAnew`. */
  get newRows(): number {
    return [...this.#rows].reduce(
      (sum, [index, count]) => sum + count - (this.#rowsBefore.get(index) ?? 0),
      0,
    );
  }

  /** What is known of the past of all of them: loading while one is, and the first failure. */
  get past(): PastStatus {
    const all = [...this.#pasts.values()];
    return {
      isLoading: all.some(({ isLoading }) => isLoading),
      failure: all.find(({ failure }) => failure !== undefined)?.failure,
    };
  }

  get isEmpty(): boolean {
    return this.#plots.size === 0;
  }

  /** The time at the right edge of moving charts, of the first dataset that has one; the browser's time without any. */
  get edge(): number {
    return this.#inOrder.map(plot => plot.movingEdge).find(edge => edge !== undefined) ?? Date.now();
  }

  /** The time at the right edge of charts that are paused; undefined while they move. */
  get pausedEdge(): number | undefined {
    return this.#inOrder.find(({ isPaused }) => isPaused)?.edge();
  }

  get mayLookBack(): boolean {
    return this.#inOrder.some(({ mayLookBack }) => mayLookBack);
  }

  /** True if no plot shows the past. */
  get isLive(): boolean {
    return this.#inOrder.every(({ isLive }) => isLive);
  }

  get isPaused(): boolean {
    return this.#inOrder.some(({ isPaused }) => isPaused);
  }

  /** The first plot that shows the past. */
  get firstOfPast(): Plot | undefined {
    return this.#inOrder.find(({ isLive }) => !isLive);
  }

  pause(isPaused: boolean): void {
    for (const plot of this.#plots.values()) plot.pause(isPaused);
  }

  timelineChanged(): void {
    for (const plot of this.#plots.values()) plot.timelineChanged();
  }

  get #inOrder(): Plot[] {
    return [...this.#plots].sort(([a], [b]) => a - b).map(([, plot]) => plot);
  }
}
