// Finds the rows of a stretch of time that no row will join any more, and refuses a stretch whose rows are not all there.

import { instantText } from '../../dap/model/instant.ts';
import { findPosition } from '../store/find-position.ts';
import type { RowStore } from '../store/row-store.ts';
import { StretchReader } from '../store/stretch-reader.ts';
import type { UnfixedReason, UnfixedSpan } from '../store/unfixed-span.ts';

/** The time from `from` to before `to`, in seconds since 1970. */
export interface TimeStretch {
  readonly from: number;
  readonly to: number;
}

/** Rows by their numbers in a stretch: `start`, `start + stride` and so on, `count` of them. */
export interface StretchRange {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

/** The rows of a stretch of time, whose number does not change. */
export class Stretch implements TimeStretch {
  readonly from: number;
  readonly to: number;
  /** The position of the first row in the store. */
  readonly first: number;
  /** The number of rows. */
  readonly count: number;
  readonly #source: Pick<StretchSource, 'store' | 'onLoadFailure'>;

  constructor(
    source: Pick<StretchSource, 'store' | 'onLoadFailure'>,
    { from, to }: TimeStretch,
    first: number,
    count: number,
  ) {
    this.from = from;
    this.to = to;
    this.first = first;
    this.count = count;
    this.#source = source;
  }

  /**
   * A reader of rows of the stretch, by default of all; `piecesOf` makes an async sequence of it.
   * @param columns the indices of the columns in the dataset's layout
   * @throws RangeError for rows that the stretch does not have
   */
  read(columns: readonly number[], range: Partial<StretchRange> = {}): StretchReader {
    const { start = 0, stride = 1, count = Math.ceil((this.count - start) / stride) } = range;
    if (start < 0 || (count > 0 && start + (count - 1) * stride >= this.count))
      throw new RangeError(
        `expected rows from 0 to ${this.count - 1}, found ${start}:${stride}, ${count} rows`,
      );
    const { store, onLoadFailure } = this.#source;
    return new StretchReader(store, columns, { first: this.first + start, stride, count }, onLoadFailure);
  }
}

/** The message for rows whose load fails. */
export const CANNOT_BE_READ = 'the rows of the stretch cannot be read now; the log of the server says why';

/** `running`: the stretch is not over. `on-demand`: the dataset keeps no row. */
export type StretchProblem = UnfixedReason | 'running' | 'on-demand';

/** The refusal of a stretch. */
export class StretchError extends Error {
  override readonly name = 'StretchError';
  readonly problem: StretchProblem;
  /** The latest part of the stretch that can be read now; undefined if there is none. */
  readonly part: TimeStretch | undefined;

  constructor(problem: StretchProblem, message: string, part?: TimeStretch) {
    super(message);
    this.problem = problem;
    this.part = part;
  }
}

/** The rows that a stretch is read from. */
export interface StretchSource {
  readonly store: RowStore;
  /** Seconds since 1970: no row to come has a time before this. */
  readonly earliest: number;
  /** Receives the error of rows that cannot be loaded. */
  readonly onLoadFailure?: (error: unknown) => void;
}

/**
 * The rows of a stretch.
 * @throws {StretchError} where the stretch still runs, or has lost rows
 */
export async function findStretch(source: StretchSource, time: TimeStretch): Promise<Stretch> {
  check(source, time);
  const [first, end] = await positionsOf(source, time);
  // Rows may have been lost meanwhile.
  check(source, time);
  return new Stretch(source, time, first, Math.max(0, end - first));
}

async function positionsOf(
  { store, onLoadFailure }: StretchSource,
  { from, to }: TimeStretch,
): Promise<readonly [first: number, end: number]> {
  try {
    return [await findPosition(store, from), await findPosition(store, to)];
  } catch (error) {
    onLoadFailure?.(error);
    throw new StretchError('away', CANNOT_BE_READ);
  }
}

/** The latest part of a stretch that can be read now, in whole seconds; undefined if there is none. */
export function readablePart(source: StretchSource, { from, to }: TimeStretch): TimeStretch | undefined {
  const until = fixedUntil(source);
  let low = from;
  let high = to > until ? Math.floor(until) : to;
  for (const span of source.store.unfixed) {
    if (!meets(span, { from: low, to: high })) continue;
    if (span.to === Number.POSITIVE_INFINITY) high = Math.floor(span.from);
    // A memory goes on to forget its oldest rows while a client reads the address.
    else if (span.from === Number.NEGATIVE_INFINITY)
      low = Math.floor(span.to + Math.min(FORGET_MARGIN, FORGET_SHARE * (high - span.to))) + 1;
    else low = Math.floor(span.to) + 1;
  }
  return low < high ? { from: low, to: high } : undefined;
}

/** The time before the oldest row that a client gets to ask for the rows: a minute, or a twentieth of a short memory. */
const FORGET_MARGIN = 60;
const FORGET_SHARE = 0.05;

/** No row will have a time before this any more. */
function fixedUntil({ store, earliest }: StretchSource): number {
  if (store.closed) return Number.POSITIVE_INFINITY;
  // The newest row of a stopped source may be on a disk, and its clock may have been set back since: only a row of this start counts.
  const newest = store.view(store.end - 1, 1);
  const time = newest.length === 0 ? Number.NEGATIVE_INFINITY : (newest.columns[0] as Float64Array)[0]!;
  return Math.max(earliest, time);
}

function check(source: StretchSource, time: TimeStretch): void {
  const until = fixedUntil(source);
  const text = `${instantText(time.from)} to ${instantText(time.to)}`;
  if (time.to > until) {
    const known = until === Number.NEGATIVE_INFINITY ? 'no row yet' : instantText(until);
    throw new StretchError(
      'running',
      `the stretch from ${text} is not over: expected an end before the newest row (${known})`,
      readablePart(source, time),
    );
  }
  const span = source.store.unfixed.findLast(found => meets(found, time));
  if (span !== undefined)
    throw new StretchError(
      span.reason,
      `the stretch from ${text} has lost rows: ${lossText(span)}`,
      readablePart(source, time),
    );
}

function meets(span: UnfixedSpan, { from, to }: TimeStretch): boolean {
  return span.to >= from && span.from < to;
}

function lossText({ from, to, reason }: UnfixedSpan): string {
  const since = from === Number.NEGATIVE_INFINITY ? '' : ` from ${instantText(from)}`;
  const until = to === Number.POSITIVE_INFINITY ? '' : ` until ${instantText(to)}`;
  switch (reason) {
    case 'gone':
      return `the rows${since}${until} are not there any more`;
    case 'away':
      return `the rows${since}${until} are in a history whose folder is not there now`;
    case 'clock':
      return `the clock was wrong, or may be wrong, and the times of rows${since}${until} may change`;
  }
}
