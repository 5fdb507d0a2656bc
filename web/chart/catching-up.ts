// Decides which pictures are left out while the rows of the past come in: each takes time that the rows need.

/** Milliseconds between pictures while rows of the past come in, in times of what one picture took. */
const SHARE = 4;

/** Rows that end further than this share of the window before the right edge are rows of the past. */
const BEHIND = 0.02;

export class CatchingUp {
  #rows = 0;
  #endedAt = Number.NEGATIVE_INFINITY;
  #took = 0;

  /**
   * Whether the picture at `time` is left out: `count` rows have come, of which the newest ends `behind` milliseconds before the right
   * edge of `window`. The first picture, and the one after rows have stopped coming, are never left out.
   */
  leavesOut(time: number, count: number, behind: number, window: number): boolean {
    const isComing = count > this.#rows && this.#rows > 0 && behind > BEHIND * window;
    if (isComing && time - this.#endedAt < SHARE * this.#took) return true;
    this.#rows = count;
    return false;
  }

  /** Notes the time that a picture took, and its end. */
  drawn(begin: number, end: number): void {
    this.#took = end - begin;
    this.#endedAt = end;
  }
}
