// Keeps the points of a line that are later than its newest point, since the server's clock was set back.

import { GAP, type Point } from './point.ts';

/** The most points kept for one pixel on average, breaks among them. */
const MOST_PER_PIXEL = 4;

/** Points in the order of time, with breaks between the stretches from before each time that the clock was set back. */
export class LaterPoints {
  readonly #points: Point[];

  constructor(points: readonly Point[] = []) {
    this.#points = [...points];
  }

  copy(): LaterPoints {
    return new LaterPoints(this.#points);
  }

  /**
   * Adds the points of `line` from `time` on, at which the clock continues; the kept points of the times of `line` give way to
   * it. Keeps one `span` of points, of pixels of `msPerPixel`: rows that come newest first would add up without end.
   */
  add(line: readonly Point[], time: number, msPerPixel: number, span: number): void {
    const points = this.#points;
    const [newest = time] = line.at(-1) ?? [];
    this.takeUpTo(newest);
    if (points.length > 0) points.unshift([newest, GAP]);
    points.unshift(...line.filter(([at]) => at >= time));
    const [end = 0] = points.at(-1) ?? [];
    const most = (MOST_PER_PIXEL * span) / msPerPixel;
    if (points.length > most) points.splice(0, points.length - Math.ceil(most));
    while (points.length > 0 && points[0]![0] < end - span) points.shift();
  }

  /** Removes the points up to `time`, and returns them. */
  takeUpTo(time: number): Point[] {
    const count = this.#points.findIndex(([at]) => at > time);
    return this.#points.splice(0, count < 0 ? this.#points.length : count);
  }
}
