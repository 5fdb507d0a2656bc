// Decides when a chart has to be drawn again, so that frames that would look the same cost nothing.

import type { Axis } from './range.ts';

/** Milliseconds between two pictures of the same stretch of time, to which rows were added. */
const NEWS_EVERY = 500;

/** Smoothie may skip a frame that shows the same time as the last one, but draws it after this many milliseconds. */
const SURELY_DRAWN = 250;

/** What a picture shows: the time at its right edge and the length of its past, its axis, and the number of changes of its points. */
export interface Picture {
  readonly time: number;
  readonly window: number;
  readonly axis: Axis | undefined;
  readonly changes: number;
}

export class Redraws {
  #drawn: Picture = { time: Number.NaN, window: Number.NaN, axis: undefined, changes: 0 };
  #drawnAt = Number.NEGATIVE_INFINITY;
  #until = 0;

  /** True if `picture` differs from the one drawn last. The caller draws it then. */
  isDue(picture: Picture): boolean {
    const now = performance.now();
    const { time, window, axis, changes } = this.#drawn;
    const isSameTime = picture.time === time && picture.window === window;
    const hasNews = picture.changes !== changes && now - this.#drawnAt >= NEWS_EVERY;
    if (isSameTime && picture.axis === axis && !hasNews && now >= this.#until) return false;
    if (picture.axis !== axis) this.soon();
    this.#drawn = picture;
    this.#drawnAt = now;
    return true;
  }

  /** Has the next frames drawn though time stands still. */
  soon(): void {
    this.#until = performance.now() + SURELY_DRAWN;
  }
}
