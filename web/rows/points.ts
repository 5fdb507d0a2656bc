// The points of one channel: at most two for each column of pixels, for as long as the chart shows them, with gaps.

/** A gap is kept as a point of no value. */
const GAP = Number.NaN;

/** The times of the first and the last row that have no value. */
interface Missing {
  readonly from: number;
  readonly to: number;
}

/** Stale points at the front are cut off once they are this many and half of all. */
const TRIM = 256;

/** Later points, breaks among them, that are kept for a column of pixels on average. */
const MOST_LATER = 4;

/** A time in milliseconds and a value; NaN where the line is broken. */
type Point = readonly [time: number, value: number];

/**
 * Points of one channel in the order of time. Those that share a column of pixels are reduced to the least and the
 * greatest, in the order in which they came, so a spike of one row is still seen at a thousand rows a second. Times are
 * milliseconds; a point whose value is NaN says that the line is broken there.
 */
export class Points {
  /** Milliseconds that a column of pixels covers. */
  readonly column: number;
  /** Milliseconds for which points are kept, counted back from the newest. */
  span: number;
  #times: number[] = [];
  #values: number[] = [];
  /** Index of the first point that is still wanted. */
  #first = 0;
  /** How many points were cut off, so that a reader's cursor stays true. */
  #dropped = 0;
  #open: OpenColumn | undefined;
  #broken = false;
  /** The rows without a value behind the newest point, where their times are known. */
  #missing: Missing | undefined;
  /** The same of each break that is kept, by the number of its point. */
  readonly #gaps = new Map<number, Missing>();
  #changes = 0;
  /** Points from before the clock was set back that are later than the newest one, in the order of time; NaN for a break. */
  #later: Point[] = [];

  constructor(column: number, span: number) {
    this.column = column;
    this.span = span;
  }

  /** The number of the oldest point that is kept; points are numbered from the first one that ever came. */
  get begin(): number {
    return this.#dropped + this.#first;
  }

  /** One more than the number of the newest point. */
  get end(): number {
    return this.#dropped + this.#times.length;
  }

  /** True where nothing may be joined to the newest point any more. */
  get broken(): boolean {
    return this.#broken && this.#open === undefined;
  }

  /** Counts what has changed, so that a reader knows that there is something new. */
  get changes(): number {
    return this.#changes;
  }

  /** The points that are not numbered yet: those of the newest column, which may become others. */
  get unsettled(): readonly Point[] {
    return inOrder(this.#open);
  }

  time(number: number): number {
    return this.#times[number - this.#dropped]!;
  }

  /** NaN where the line is broken. */
  value(number: number): number {
    return this.#values[number - this.#dropped]!;
  }

  /** Takes a value, NaN for none; times never go back. Numbered once its column is complete: see `settle`. */
  push(time: number, value: number): void {
    if (!Number.isFinite(value)) {
      this.break(time, time);
      return;
    }
    this.#changes++;
    const column = Math.floor(time / this.column);
    if (this.#open !== undefined && this.#open.column !== column) this.#close();
    if (this.#open === undefined) {
      if (this.#broken && this.#times.length > this.#first) this.#storeGap(time);
      this.#open = { column, leastAt: time, least: value, greatestAt: time, greatest: value, last: time };
    } else {
      const open = this.#open;
      if (value < open.least) [open.least, open.leastAt] = [value, time];
      if (value > open.greatest) [open.greatest, open.greatestAt] = [value, time];
      open.last = time;
    }
    this.#broken = false;
    this.#missing = undefined;
    this.#forget(time - this.span);
  }

  /**
   * The points before `time`, at which the clock goes on that was set back. Those from `time` on are kept aside: see
   * `passLater`.
   */
  turnedBack(time: number): Points {
    const copy = this.resample(this.column, this.span, time);
    const own: Point[] = [];
    for (let number = this.begin; number < this.end; number++) {
      own.push([this.time(number), this.value(number)]);
    }
    own.push(...inOrder(this.#open));
    const [newest = time] = own.at(-1) ?? [];
    const later = copy.#later;
    dropUpTo(later, newest);
    if (later.length > 0) later.unshift([newest, GAP]);
    later.unshift(...own.filter(([at]) => at >= time));
    copy.#boundLater();
    copy.break();
    return copy;
  }

  /**
   * The clock has come to `time`. Of the points that were kept aside it passes those up to there: over a `jump` they take their
   * place between the rows before and after it, as a piece of their own; else rows of the same times have taken it.
   */
  passLater(time: number, jump: boolean): void {
    const passed = dropUpTo(this.#later, time);
    if (passed.length === 0 || !jump) return;
    this.break();
    for (const [at, value] of passed) this.push(at, value);
    this.break();
  }

  /**
   * Says that the line to the next point is to be broken. A break within one column of pixels is not seen.
   * @param from the time of the first row that has no value, where there is one; `to` that of the last
   */
  break(from?: number, to = from): void {
    this.#broken = true;
    this.#changes++;
    if (from !== undefined && to !== undefined) this.#missing = { from: this.#missing?.from ?? from, to };
  }

  /** Numbers the points of the newest column too if that is complete at `time`. */
  settle(time: number): void {
    if (this.#open !== undefined && (this.#open.column + 1) * this.column <= time) this.#close();
  }

  /** The least and the greatest value from `from` to `to`; undefined where there is none. */
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
    if (open !== undefined && open.last >= from && Math.min(open.leastAt, open.greatestAt) <= to) {
      include(open.least);
      include(open.greatest);
    }
    return min <= max ? { min, max } : undefined;
  }

  /** The point nearest to `time` and no further away than `reach`; undefined where there is none. */
  nearest(time: number, reach: number): { time: number; value: number } | undefined {
    let found: { time: number; value: number } | undefined;
    const consider = (at: number, value: number): void => {
      const nearer = Math.abs(at - time) < Math.abs((found?.time ?? Number.POSITIVE_INFINITY) - time);
      if (nearer && Math.abs(at - time) <= reach && !Number.isNaN(value)) found = { time: at, value };
    };
    const after = this.#firstAfter(time);
    for (let number = Math.max(this.begin, after - 2); number < Math.min(this.end, after + 2); number++) {
      consider(this.time(number), this.value(number));
    }
    if (this.#open !== undefined) {
      consider(this.#open.leastAt, this.#open.least);
      consider(this.#open.greatestAt, this.#open.greatest);
    }
    return found;
  }

  /** What was read at `time`: the point nearest to it, unless a row without a value is nearer. */
  read(time: number, reach: number): { time: number; value: number } | undefined {
    const found = this.nearest(time, reach);
    if (found === undefined) return undefined;
    const distance = Math.abs(found.time - time);
    const after = this.#firstAfter(time);
    // A break is numbered beside the points that it lies between.
    return [this.#missing, ...[-2, -1, 0, 1].map(step => this.#gaps.get(after + step))].some(
      gap => gap !== undefined && Math.max(gap.from - time, time - gap.to, 0) < distance,
    )
      ? undefined
      : found;
  }

  /** The same points in other columns and for another span; none that is not earlier than `until`. */
  resample(column: number, span: number, until = Number.POSITIVE_INFINITY): Points {
    const copy = new Points(column, span);
    for (let number = this.begin; number < this.end && this.time(number) < until; number++) {
      const gap = this.#gaps.get(number);
      if (Number.isNaN(this.value(number))) copy.break(gap?.from, gap?.to);
      else copy.push(this.time(number), this.value(number));
    }
    for (const [time, value] of inOrder(this.#open)) {
      if (time < until) copy.push(time, value);
    }
    if (this.#broken) copy.break(this.#missing?.from, this.#missing?.to);
    copy.#later = [...this.#later];
    return copy;
  }

  /** Keeps of the later points those of one span: rows that come newest first would make them ever more. */
  #boundLater(): void {
    const later = this.#later;
    const [end = 0] = later.at(-1) ?? [];
    const most = (MOST_LATER * this.span) / this.column;
    if (later.length > most) later.splice(0, later.length - Math.ceil(most));
    while (later.length > 0 && later[0]![0] < end - this.span) later.shift();
  }

  #close(): void {
    for (const [time, value] of inOrder(this.#open)) this.#store(time, value);
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

  /** Drops what is older than `oldest`, but for the one point before it: the line enters the chart from there. */
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

/** The column of pixels that is still being filled. */
interface OpenColumn {
  readonly column: number;
  leastAt: number;
  least: number;
  greatestAt: number;
  greatest: number;
  last: number;
}

/** The one or two points that a column is reduced to. */
function inOrder(open: OpenColumn | undefined): Point[] {
  if (open === undefined) return [];
  const least = [open.leastAt, open.least] as const;
  const greatest = [open.greatestAt, open.greatest] as const;
  if (open.leastAt === open.greatestAt) return [least];
  return open.leastAt < open.greatestAt ? [least, greatest] : [greatest, least];
}

/** Takes the points up to `time` off the front of `points`, which are in the order of time, and returns them. */
function dropUpTo(points: Point[], time: number): Point[] {
  const count = points.findIndex(([at]) => at > time);
  return points.splice(0, count < 0 ? points.length : count);
}
