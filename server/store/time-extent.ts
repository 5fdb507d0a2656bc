// Finds the stretches of time that rows cover, and the gaps between them.

/** The times of the first and of the last row of a stretch without a gap, in seconds since 1970. */
export interface TimeSpan {
  readonly firstTime: number;
  readonly lastTime: number;
}

/** A stretch of time without a row: between the rows at these times, in seconds since 1970. */
export interface TimeGap {
  readonly from: number;
  readonly to: number;
}

/** The times of the oldest and of the newest row, and the gaps between. */
export interface TimeExtent extends TimeSpan {
  /** The newest gaps, the oldest of them first. */
  readonly gaps: readonly TimeGap[];
  /** The number of older gaps, which are left out; undefined for none. */
  readonly olderGaps?: number;
}

/** A gap is more than a day; by how much allows for the time that one row a day may be late. */
const LEAST_GAP = 86_400 + 60;

/** The gaps that an extent lists at the most. */
const MOST_GAPS = 100;

/**
 * The spans of the rows `from` to `to - 1`, whose times increase. It looks at a few rows a day alone, however many there are.
 * @param timeOf gives the time of a row
 */
export function spansOf(timeOf: (row: number) => number, from: number, to: number): readonly TimeSpan[] {
  const spans: TimeSpan[] = [];
  let first = from;
  for (let row = from; row < to; ) {
    const next = firstAfter(timeOf, timeOf(row) + LEAST_GAP, row + 1, to);
    if (next < to && next - 1 > row) {
      row = next - 1;
      continue;
    }
    spans.push({ firstTime: timeOf(first), lastTime: timeOf(next - 1) });
    first = next;
    row = next;
  }
  return spans;
}

/** Spans in the order of their times, without those that overlap or have no gap between them. */
export function joinedSpans(spans: readonly TimeSpan[]): readonly TimeSpan[] {
  const joined: TimeSpan[] = [];
  for (const span of [...spans].sort((one, other) => one.firstTime - other.firstTime)) {
    const last = joined.at(-1);
    if (last === undefined || span.firstTime - last.lastTime > LEAST_GAP) joined.push(span);
    else if (span.lastTime > last.lastTime)
      joined[joined.length - 1] = { firstTime: last.firstTime, lastTime: span.lastTime };
  }
  return joined;
}

/** Undefined without rows. */
export function extentOf(spans: readonly TimeSpan[]): TimeExtent | undefined {
  const joined = joinedSpans(spans);
  const [first, ...later] = joined;
  if (first === undefined) return undefined;
  const gaps = later.map(({ firstTime }, index) => ({ from: joined[index]!.lastTime, to: firstTime }));
  const left = Math.max(0, gaps.length - MOST_GAPS);
  return {
    firstTime: first.firstTime,
    lastTime: joined.at(-1)!.lastTime,
    gaps: gaps.slice(left),
    ...(left === 0 ? {} : { olderGaps: left }),
  };
}

/** The first row from `low` on whose time is after `time`; `high` if none is. */
function firstAfter(timeOf: (row: number) => number, time: number, low: number, high: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (timeOf(middle) > time) to = middle;
    else from = middle + 1;
  }
  return from;
}
