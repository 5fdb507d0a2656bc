// Holds the moment that the reader points at: the time of a row, if one is near. It moves along with the data.

import type { Pointing } from './pointing.ts';

/** The charts that are pointed at. */
export interface PointedView {
  /** Milliseconds that they show. */
  readonly window: number;
  /** The time of the row that is read at a moment; undefined if there is none. */
  timeAt(time: number): number | undefined;
  /** The time of the row next to a moment, later for a positive `direction`; undefined if there is none. */
  beside(time: number, direction: number): number | undefined;
}

export class PointedMoment {
  #time: number | undefined;
  #isPinned = false;
  #reported: number | undefined;
  readonly #pinned: (time: number | undefined) => void;

  /** `pinned` gets each pinned moment, in milliseconds; undefined when none is pinned any more. */
  constructor(pinned: (time: number | undefined) => void = () => {}) {
    this.#pinned = pinned;
  }

  /** In milliseconds; undefined while nothing is pointed at. */
  get time(): number | undefined {
    return this.#time;
  }

  /** True if it stays where it is when the mouse moves on. */
  get isPinned(): boolean {
    return this.#isPinned;
  }

  /** Pins a moment; undefined lets go of it. */
  pin(time: number | undefined): void {
    this.#time = time;
    this.#isPinned = time !== undefined;
    this.#report();
  }

  /** Moves to the row nearest to `pointing`. The charts show the time up to `edge`; undefined before the first row. */
  move(pointing: Pointing, edge: number | undefined, view: PointedView): void {
    if (this.#isPinned && pointing?.hovers === true) return;
    this.#isPinned = pointing !== undefined && edge !== undefined && pointing.hovers !== true;
    this.#time = edge === undefined ? undefined : this.#timeOf(pointing, edge, view);
    this.#report();
  }

  #timeOf(pointing: Pointing, edge: number, view: PointedView): number | undefined {
    if (pointing === undefined || 'leaves' in pointing) return undefined;
    if ('rows' in pointing) return this.#beside(pointing.rows, edge, view);
    const { window, timeAt } = view;
    const wanted =
      'place' in pointing
        ? edge - window * (1 - pointing.place)
        : (this.#time ?? edge) + pointing.share * window;
    const time = Math.max(edge - window, Math.min(edge, wanted));
    return timeAt(time) ?? time;
  }

  /** The time of the next row in sight, or of the same one if there is none. Without a moment the newest row in sight is the next one. */
  #beside(direction: number, edge: number, { window, beside }: PointedView): number {
    const next = this.#time === undefined ? beside(edge + 1, -1) : beside(this.#time, direction);
    const isInSight = next !== undefined && next >= edge - window && next <= edge;
    return isInSight ? next : (this.#time ?? edge);
  }

  /** Ends when it leaves the charts, whose oldest time is `oldest`. */
  leave(oldest: number): void {
    if (this.#time === undefined || this.#time >= oldest) return;
    this.pin(undefined);
  }

  #report(): void {
    const pinned = this.#isPinned ? this.#time : undefined;
    if (pinned === this.#reported) return;
    this.#reported = pinned;
    this.#pinned(pinned);
  }
}
