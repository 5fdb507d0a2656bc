// Finds the summaries that stand for stored rows: those of days whose files are still the ones that were summarised.

import { partOfSummaries, type TimeBounds } from '../../../dap/protocol.ts';
import type { PositionedSummaries } from '../../store/row-store.ts';
import type { StoredFile } from '../disk/stored-file.ts';
import type { DayOfFiles } from './finished-days.ts';
import { isMadeFrom, type SummarisedDay } from './summary-facts.ts';
import type { SummaryFile } from './summary-file.ts';

/** The bounds of a run. */
export interface RunBounds {
  /** The first row is at this position or behind it, and the last one before `before`. */
  readonly position: number;
  readonly before: number;
  /** All times of each stretch lie within it. */
  readonly time: TimeBounds;
}

/**
 * The first stretches within the bounds that stand side by side, without a row between them that is not summarised; undefined if there
 * are none.
 * @param days the days of the store in their order
 */
export function firstRun(
  { facts, rows }: SummaryFile,
  days: readonly DayOfFiles[],
  { position, before, time }: RunBounds,
): PositionedSummaries | undefined {
  const places = new Map(days.map(({ day }, place) => [day, place]));
  const positions: number[] = [];
  let [from, end, lastPlace, offset] = [-1, 0, -1, 0];
  search: for (const summarised of facts.days) {
    const first = offset;
    offset += summarised.stretches;
    const place = places.get(summarised.day) ?? -1;
    const isNext = from < 0 || place === lastPlace + 1;
    const counts = rows.rows.subarray(first, offset);
    const isUsable = isOf(summarised, counts, days[place]);
    if (from >= 0 && !(isNext && isUsable)) break;
    if (!isUsable) continue;
    lastPlace = place;
    const walk = new PositionWalk(days[place]!.files);
    for (const [index, count] of counts.entries()) {
      const { begin, end: next } = walk.pass(count);
      const at = rows.times[first + index]!;
      const isWithin =
        begin >= position && next <= before && startsWithin(at, time) && at + facts.step <= time.high;
      if (!isWithin && from >= 0) break search;
      if (!isWithin) continue;
      if (from < 0) from = first + index;
      positions.push(begin);
      end = next;
    }
  }
  if (from < 0) return undefined;
  const summaries = partOfSummaries(rows, from, from + positions.length);
  return { positions: Float64Array.of(...positions, end), summaries };
}

/** Whether the rows of a day in the store are those that were summarised. */
function isOf(summarised: SummarisedDay, counts: Int32Array, day: DayOfFiles | undefined): boolean {
  if (day === undefined || !day.isFinished || !isMadeFrom(summarised, day.files)) return false;
  const total = day.files.reduce((sum, { rows }) => sum + rows, 0);
  return counts.reduce((sum, count) => sum + count, 0) === total;
}

function startsWithin(begin: number, { low, lowInclusive }: TimeBounds): boolean {
  return begin > low || (begin === low && lowInclusive);
}

/** Walks along the positions of a day's rows, among which some may be missing between two files. */
class PositionWalk {
  readonly #files: readonly StoredFile[];
  #file = 0;
  #row = 0;

  constructor(files: readonly StoredFile[]) {
    this.#files = files;
  }

  /** Passes the next `count` rows: the position of the first one, and the position after the last one. */
  pass(count: number): { readonly begin: number; readonly end: number } {
    const begin = this.#at();
    for (let left = count - 1; left > 0; ) {
      const step = Math.min(left, this.#files[this.#file]!.rows - 1 - this.#row);
      this.#row += step;
      left -= step;
      if (left > 0) {
        this.#next();
        left -= 1;
      }
    }
    const end = this.#at() + 1;
    this.#next();
    return { begin, end };
  }

  #at(): number {
    return (this.#files[this.#file]?.firstPosition ?? Number.NaN) + this.#row;
  }

  /** Goes to the next row, which may be in the next file. */
  #next(): void {
    this.#row += 1;
    if (this.#row < this.#files[this.#file]!.rows) return;
    this.#file += 1;
    this.#row = 0;
  }
}
