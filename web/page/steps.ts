// Moves the time that the charts show, as buttons, keys and gestures ask for.

import { isStanding, lengthOf, type Timeline } from '../past/timeline.ts';
import type { Plots } from './plots.ts';

/** The share of the charts that one step of a button or a key moves by. */
export const STEP = 0.25;

export class Steps {
  readonly #timeline: Timeline;
  readonly #plots: Plots;
  readonly #changed: () => void;

  /** `changed` is called when the charts were paused, or resumed, without a change of the timeline. */
  constructor(timeline: Timeline, plots: Plots, changed: () => void) {
    this.#timeline = timeline;
    this.#plots = plots;
    this.#changed = changed;
  }

  /** Charts that are paused stand from now on: the time that they show is not that of moving ones. */
  stand(): void {
    const { pausedEdge, mayLookBack } = this.#plots;
    if (pausedEdge !== undefined && mayLookBack) this.#timeline.show(this.#timeline.stretch(pausedEdge));
  }

  /** Moves by a share of the time that is shown, into the past for a positive one. */
  pan(share: number, isFirst = true): void {
    this.stand();
    if (this.#plots.mayLookBack) this.#timeline.pan(share, this.#plots.edge, isFirst);
  }

  /** Shows `factor` times the time around `place`, from 0 at the left to 1 at the right. */
  zoom(factor: number, place: number, isFirst = true): void {
    this.stand();
    if (this.#plots.mayLookBack) this.#timeline.zoom(factor, place, this.#plots.edge, isFirst);
  }

  /** Shows the time between two places of a chart, from 0 to 1. */
  choose(from: number, to: number): void {
    this.stand();
    if (!this.#plots.mayLookBack) return;
    const { edge } = this.#plots;
    const stretch = this.#timeline.stretch(edge);
    const length = stretch.to - stretch.from;
    this.#timeline.choose({ from: stretch.from + from * length, to: stretch.from + to * length }, edge);
  }

  /** Shows a stretch of the same length around a moment. */
  goTo(moment: number, isFirst: boolean): void {
    if (!this.#plots.mayLookBack) return;
    const half = lengthOf(this.#timeline.shown) / 2;
    const to = Math.min(this.#plots.edge, moment + half);
    this.#timeline.show({ from: to - 2 * half, to }, isFirst);
  }

  /** Goes back to what was shown before the last step. */
  back(): void {
    this.#timeline.back();
  }

  /** Follows the newest rows again. */
  follow(): void {
    this.#plots.pause(false);
    this.#timeline.follow(lengthOf(this.#timeline.shown));
  }

  pauseOrGoOn(): void {
    const plots = this.#plots;
    if (isStanding(this.#timeline.shown)) this.follow();
    else if (!plots.isLive) this.#timeline.show(this.#timeline.stretch(plots.edge));
    else plots.pause(!plots.isPaused);
    this.#changed();
  }
}
