// Holds which stretch of time the charts show, follows each step of the reader, and goes back to the one before.

import type { Stretch } from './past-rows.ts';

/** The shortest and the longest stretch, in milliseconds. */
export const SHORTEST = 1000;
export const LONGEST = 20 * 366 * 86_400_000;

/** The stretches that `back` returns to. */
const REMEMBERED = 50;

/** What the charts show: the last `window` milliseconds, which move on, or a stretch that stands. */
export type Shown = { readonly window: number } | Stretch;

export function isStanding(shown: Shown): shown is Stretch {
  return 'from' in shown;
}

export function lengthOf(shown: Shown): number {
  return isStanding(shown) ? shown.to - shown.from : shown.window;
}

export class Timeline {
  #shown: Shown;
  #before: Shown[] = [];
  readonly #changed: (isStep: boolean | undefined) => void;

  /**
   * `changed` is called after each change; `isStep` is false for one that belongs to the last step, as each movement of a drag, and
   * undefined for one that the reader has not made.
   */
  constructor(shown: Shown, changed: (isStep: boolean | undefined) => void) {
    this.#shown = shown;
    this.#changed = changed;
  }

  get shown(): Shown {
    return this.#shown;
  }

  /** Shows something else. */
  show(shown: Shown, isStep = true): void {
    if (isStep) this.#before = [...this.#before, this.#shown].slice(-REMEMBERED);
    this.#shown = shown;
    this.#changed(isStep);
  }

  /** Shows something that the reader has not chosen. */
  suggest(shown: Shown): void {
    this.#shown = shown;
    this.#changed(undefined);
  }

  /** Follows the newest rows again, with a window of the same length or the given one. */
  follow(window: number): void {
    this.show({ window });
  }

  /** Shows `window` milliseconds: of the newest rows, or around the middle of a stretch that stands, but not beyond `edge`. */
  resize(window: number, edge: number): void {
    const shown = this.#shown;
    if (isStanding(shown)) {
      const to = Math.min(edge, Math.round((shown.from + shown.to + window) / 2));
      this.show({ from: to - window, to });
    } else this.follow(window);
  }

  /** Shows what was shown before the last step; false if there was none. */
  back(): boolean {
    const before = this.#before.pop();
    if (before === undefined) return false;
    this.#shown = before;
    this.#changed(true);
    return true;
  }

  /** The stretch that is shown while the right edge of moving charts is at `edge`. */
  stretch(edge: number): Stretch {
    const shown = this.#shown;
    return isStanding(shown) ? shown : { from: edge - shown.window, to: edge };
  }

  /** Moves by `share` of the length, into the past for a positive one, but not beyond `edge`. */
  pan(share: number, edge: number, isStep = true): void {
    const { from, to } = this.stretch(edge);
    const by = Math.max((to - from) * share, to - edge);
    this.show({ from: from - by, to: to - by }, isStep);
  }

  /** Makes the stretch `factor` times as long around the moment at `place`, from 0 at the left to 1 at the right. */
  zoom(factor: number, place: number, edge: number, isStep = true): void {
    const { from, to } = this.stretch(edge);
    const length = Math.max(SHORTEST, Math.min(LONGEST, (to - from) * factor));
    const begin = from + (to - from - length) * place;
    const end = Math.min(edge, begin + length);
    const shown = this.#shown;
    // Charts that follow the newest rows go on with them.
    if (!isStanding(shown) && end >= edge - length * 0.02) this.show({ window: length }, isStep);
    else this.show({ from: end - length, to: end }, isStep);
  }

  /** Shows a stretch that was chosen in a chart; too short a one is no choice. */
  choose({ from, to }: Stretch, edge: number): void {
    const end = Math.min(to, edge);
    if (end - from >= SHORTEST) this.show({ from, to: end });
  }
}
