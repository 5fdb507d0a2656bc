// Reduces the rows of one column to the points of its line: two for each pixel of the time axis, or three, with gaps.

import { LaterPoints } from './later-points.ts';
import { OpenPixel } from './open-pixel.ts';
import { GAP, type Point } from './point.ts';

/** The times of the first and the last row without a value. */
interface MissingRows {
  readonly from: number;
  readonly to: number;
}

/** Points that are too old are cut off once they are this many and half of all. */
const TRIM = 256;

/**
 * Points in the order of time. Those that share a pixel are reduced to the least and the greatest, in the order in which they
 * came, so that a spike of one row is seen at a thousand rows a second. Times are milliseconds; a point whose value is NaN marks
 * a break of the line.
 */
export class LinePoints {
  /** Milliseconds that one pixel covers. */
  readonly msPerPixel: number;
  /** Milliseconds for which points are kept, counted back from the newest. */
  span: number;
  /** True if a value holds until the next row: the last one of a pixel is kept as well. */
  readonly #holds: boolean;
  #times: number[] = [];
  #values: number[] = [];
  /** Index of the first point that is not too old. */
  #first = 0;
  /** The number of points that were cut off, so that the numbers of the others stay valid. */
  #dropped = 0;
  #open: OpenPixel | undefined;
  #isBroken = false;
  /** The rows without a value after the newest point, if their times are known. */
  #missing: MissingRows | undefined;
  /** The same for each break that is kept, by the number of its point. */
  readonly #gaps = new Map<number, MissingRows>();
  #changes = 0;
  #later = new LaterPoints();

  constructor(msPerPixel: number, span: number, holds = false) {
    this.msPerPixel = msPerPixel;
    this.span = span;
    this.#holds = holds;
  }

  /** The number of the oldest point that is kept; points are numbered from the first one that ever came. */
  get begin(): number {
    return this.#dropped + this.#first;
  }

  /** One more than the number of the newest point. */
  get end(): number {
    return this.#dropped + this.#times.length;
  }

  /** True if the next point must not be joined to the newest one. */
  get isBroken(): boolean {
    return this.#isBroken && this.#open === undefined;
  }

  /** Counts the changes, so that a reader notices new ones. */
  get changes(): number {
    return this.#changes;
  }

  /** The points that have no number yet: those of the newest pixel, which later rows may replace. */
  get unsettled(): readonly Point[] {
    return this.#open?.points ?? [];
  }

  time(number: number): number {
    return this.#times[number - this.#dropped]!;
  }

  /** NaN at a break of the line. */
  value(number: number): number {
    return this.#values[number - this.#dropped]!;
  }

  /** Adds a value, NaN for a missing one; times never go back. It is numbered once its pixel is complete: see `settle`. */
  push(time: number, value: number): void {
    if (!Number.isFinite(value)) {
      this.break(time, time);
      return;
    }
    this.#changes++;
    const pixel = Math.floor(time / this.msPerPixel);
    if (this.#open !== undefined && this.#open.number !== pixel) this.#close();
    if (this.#open === undefined) {
      if (this.#isBroken && this.#times.length > this.#first) this.#storeGap(time);
      this.#open = new OpenPixel(pixel, time, value, this.#holds);
    } else this.#open.add(time, value);
    this.#isBroken = false;
    this.#missing = undefined;
    this.#forget(time - this.span);
  }

  /**
   * The points before `time`, at which a clock continues that was set back. The points from `time` on are kept for
   * `passLater`.
   */
  turnedBack(time: number): LinePoints {
    const copy = this.resample(this.msPerPixel, this.span, time);
    const line: Point[] = [];
    for (let number = this.begin; number < this.end; number++) {
      line.push([this.time(number), this.value(number)]);
    }
    line.push(...this.unsettled);
    copy.#later.add(line, time, this.msPerPixel, this.span);
    copy.break();
    return copy;
  }

  /**
   * The clock has come to `time`. If it jumped there, the kept points up to `time` are added, as a piece of their own; otherwise
   * rows of the same times have replaced them.
   */
  passLater(time: number, isJump: boolean): void {
    const passed = this.#later.takeUpTo(time);
    if (passed.length === 0 || !isJump) return;
    this.break();
    for (const [at, value] of passed) this.push(at, value);
    this.break();
  }

  /**
   * Breaks the line before the next point. A break within one pixel is not seen.
   * @param from the time of the first row without a value, if there is one; `to` that of the last
   */
  break(from?: number, to = from): void {
    this.#isBroken = true;
    this.#changes++;
    if (from !== undefined && to !== undefined) this.#missing = { from: this.#missing?.from ?? from, to };
  }

  /** Numbers the points of the newest pixel too if it is complete at `time`. */
  settle(time: number): void {
    if (this.#open !== undefined && (this.#open.number + 1) * this.msPerPixel <= time) this.#close();
  }

  /** The least and the greatest value from `from` to `to`; undefined if there is none. */
  extent(from: number, to: number): { min: number; max: number } | undefined {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    const include = (value: number): void => {
      if (value < min) min = value;
      if (value > max) max = value;
    };
    for (let number = Math.max(this.begin, this.#firstAfter(from) - 1); number < this.end; number++) {
      if (this.time(number) > to) break;
      include(this.value(number));
    }
    const open = this.#open;
    if (open !== undefined && open.last >= from && open.points[0]![0] <= to) {
      for (const [, value] of open.points) include(value);
    }
    return min <= max ? { min, max } : undefined;
  }

  /** The point nearest to `time` and no further away than `reach`; undefined if there is none. */
  nearest(time: number, reach: number): { time: number; value: number } | undefined {
    let found: { time: number; value: number } | undefined;
    const consider = (at: number, value: number): void => {
      const isNearer = Math.abs(at - time) < Math.abs((found?.time ?? Number.POSITIVE_INFINITY) - time);
      if (isNearer && Math.abs(at - time) <= reach && !Number.isNaN(value)) found = { time: at, value };
    };
    const after = this.#firstAfter(time);
    for (let number = Math.max(this.begin, after - 2); number < Math.min(this.end, after + 2); number++) {
      consider(this.time(number), this.value(number));
    }
    for (const [at, value] of this.unsettled) consider(at, value);
    return found;
  }

  /** The time of the point next to `time`: later for a positive `direction`, earlier for a negative one; undefined if there is none. */
  beside(time: number, direction: number): number | undefined {
    const isPoint = (number: number) => !Number.isNaN(this.value(number));
    const after = this.#firstAfter(time);
    if (direction > 0) {
      for (let number = after; number < this.end; number++) if (isPoint(number)) return this.time(number);
      return this.unsettled.find(([at]) => at > time)?.[0];
    }
    const unsettled = this.unsettled.findLast(([at]) => at < time);
    if (unsettled !== undefined) return unsettled[0];
    for (let number = after - 1; number >= this.begin; number--) {
      if (this.time(number) < time && isPoint(number)) return this.time(number);
    }
    return undefined;
  }

  /** The value at `time`: that of the nearest point, unless a row without a value is nearer. */
  read(time: number, reach: number): { time: number; value: number } | undefined {
    const found = this.nearest(time, reach);
    if (found === undefined) return undefined;
    const distance = Math.abs(found.time - time);
    const after = this.#firstAfter(time);
    // A break has its number among those of the points around it.
    return [this.#missing, ...[-2, -1, 0, 1].map(step => this.#gaps.get(after + step))].some(
      gap => gap !== undefined && Math.max(gap.from - time, time - gap.to, 0) < distance,
    )
      ? undefined
      : found;
  }

  /** The points earlier than `until`, for other pixels and another span. */
  resample(msPerPixel: number, span: number, until = Number.POSITIVE_INFINITY): LinePoints {
    const copy = new LinePoints(msPerPixel, span, this.#holds);
    for (let number = this.begin; number < this.end && this.time(number) < until; number++) {
      const gap = this.#gaps.get(number);
      if (Number.isNaN(this.value(number))) copy.break(gap?.from, gap?.to);
      else copy.push(this.time(number), this.value(number));
    }
    for (const [time, value] of this.unsettled) {
      if (time < until) copy.push(time, value);
    }
    if (this.#isBroken) copy.break(this.#missing?.from, this.#missing?.to);
    copy.#later = this.#later.copy();
    return copy;
  }

  #close(): void {
    for (const [time, value] of this.unsettled) this.#store(time, value);
    this.#open = undefined;
  }

  #storeGap(time: number): void {
    if (this.#missing !== undefined) this.#gaps.set(this.end, this.#missing);
    this.#store(time, GAP);
  }

  #store(time: number, value: number): void {
    this.#times.push(time);
    this.#values.push(value);
  }

  /** Drops points older than `oldest`, except the newest of them: the line enters the chart from there. */
  #forget(oldest: number): void {
    while (this.#first + 1 < this.#times.length && this.#times[this.#first + 1]! < oldest) {
      this.#gaps.delete(this.begin);
      this.#first++;
    }
    if (this.#first < TRIM || this.#first * 2 < this.#times.length) return;
    this.#times = this.#times.slice(this.#first);
    this.#values = this.#values.slice(this.#first);
    this.#dropped += this.#first;
    this.#first = 0;
  }

  /** The number of the first point later than `time`. */
  #firstAfter(time: number): number {
    let low = this.#first;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! > time) high = middle;
      else low = middle + 1;
    }
    return this.#dropped + low;
  }
}
