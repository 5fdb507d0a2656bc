// Reduces the rows of one pixel of the time axis to the least and the greatest value while rows still come.

import type { Point } from './point.ts';

export class OpenPixel {
  /** The number of the pixel, counted from the time 0. */
  readonly number: number;
  #least: Point;
  #greatest: Point;
  #last: number;

  constructor(number: number, time: number, value: number) {
    this.number = number;
    this.#least = [time, value];
    this.#greatest = this.#least;
    this.#last = time;
  }

  add(time: number, value: number): void {
    if (value < this.#least[1]) this.#least = [time, value];
    if (value > this.#greatest[1]) this.#greatest = [time, value];
    this.#last = time;
  }

  /** The time of the last row. */
  get last(): number {
    return this.#last;
  }

  /** The one or two points that the rows are reduced to, in the order of time. */
  get points(): readonly Point[] {
    const [least, greatest] = [this.#least, this.#greatest];
    if (least[0] === greatest[0]) return [least];
    return least[0] < greatest[0] ? [least, greatest] : [greatest, least];
  }
}
