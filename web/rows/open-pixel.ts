// Reduces the rows of one pixel of the time axis to the least and the greatest value while rows still come.

import type { Point } from './point.ts';

export class OpenPixel {
  /** The number of the pixel, counted from the time 0. */
  readonly number: number;
  #least: Point;
  #greatest: Point;
  #last: Point;
  readonly #holds: boolean;

  /** `holds`: the last value holds until the next row, and is kept as well. */
  constructor(number: number, time: number, value: number, holds = false) {
    this.number = number;
    this.#least = [time, value];
    this.#greatest = this.#least;
    this.#last = this.#least;
    this.#holds = holds;
  }

  add(time: number, value: number): void {
    if (value < this.#least[1]) this.#least = [time, value];
    if (value > this.#greatest[1]) this.#greatest = [time, value];
    this.#last = [time, value];
  }

  /** The time of the last row. */
  get last(): number {
    return this.#last[0];
  }

  /** The one or two points that the rows are reduced to, or three if the last one holds, in the order of time. */
  get points(): readonly Point[] {
    const [least, greatest] = [this.#least, this.#greatest];
    const points = least[0] < greatest[0] ? [least, greatest] : [greatest, least];
    if (least[0] === greatest[0]) points.pop();
    if (this.#holds && points.at(-1)![1] !== this.#last[1]) points.push(this.#last);
    return points;
  }
}
