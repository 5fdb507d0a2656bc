// Counts the rows of a plan whose window of time is over, by their positions, or by running the plan.

import { setImmediate as turn } from 'node:timers/promises';
import { type Batch, type NumberColumn, type Plan, RowReader, timesOnly } from '../../dap/protocol.ts';
import type { Dataset } from './dataset.ts';
import { stretchWithin, timeOf } from './fixed-window.ts';
import { CANNOT_BE_READ, StretchError } from './stretch.ts';

export interface RowCount {
  readonly rows: number;
  /** The least and the greatest time of the rows, in seconds since 1970; undefined without a row. */
  readonly first?: number;
  readonly last?: number;
}

/** The name of the column of times. */
const TIME = 'time';

const NO_ROWS: RowCount = { rows: 0 };

/** Rows that are looked at together. */
const MOST = 65_536;

/** Milliseconds for which rows are counted before the event loop turns. */
const LONGEST_RUN = 4;

/** Attempts to count rows of which some are forgotten meanwhile; the event loop does not turn for the last one. */
const ATTEMPTS = 3;

/** The longest wait for a reading that began within the window, in milliseconds, and the time between two looks. */
const LONGEST_WAIT = 2000;
const WAIT = 20;

/**
 * The number of rows that `dataset.open(plan)` gives from now on, if no row of the window is forgotten before.
 * @param plan with an upper bound on time that is not in the future
 * @throws {StretchError} if the source breaks, or rows cannot be read
 */
export async function countRows(dataset: Dataset, plan: Plan): Promise<RowCount> {
  if (new RowReader(plan).done) return NO_ROWS;
  await windowIsOver(dataset, plan.time.high);
  for (let attempt = 1; ; attempt += 1) {
    const counted =
      (plan.isWindow ? await countByPositions(dataset, plan) : undefined) ??
      (await countByReading(dataset, timesOnly(plan), attempt < ATTEMPTS));
    if (counted !== undefined) return counted;
  }
}

/** Waits for the rows of a window that has just ended, where readings on a schedule may still be on their way. */
async function windowIsOver(dataset: Dataset, end: number): Promise<void> {
  if (dataset.delivery.kind !== 'scheduled') return;
  const latest = performance.now() + LONGEST_WAIT;
  while (performance.now() < latest) {
    const stretch = dataset.stretch({ from: end, to: end });
    const problem = await stretch.then(
      () => undefined,
      (error: unknown) => (error instanceof StretchError ? error.problem : undefined),
    );
    if (problem !== 'running') return;
    await new Promise(resolve => setTimeout(resolve, WAIT));
  }
}

/** Undefined where positions do not tell, since rows are lost or their times may change. */
async function countByPositions(
  dataset: Dataset,
  { time, rows: range }: Plan,
): Promise<RowCount | undefined> {
  const { store, lastTime } = dataset.status();
  const oldest = store?.extent?.firstTime;
  if (oldest === undefined || lastTime === undefined) return undefined;
  // The newest row has no later row by which a stretch behind it would be over.
  const withNewest = time.highInclusive && time.high === lastTime;
  const within = stretchWithin(withNewest ? { ...time, highInclusive: false } : time);
  const from = Math.max(oldest, within.from);
  const { to } = within;
  if (from > to) return undefined;
  try {
    const stretch = await dataset.stretch({ from, to });
    const total = stretch.count + (withNewest ? 1 : 0);
    const { start, stride, stop } = range ?? { start: 0, stride: 1, stop: Number.POSITIVE_INFINITY };
    const end = Math.min(stop, total - 1);
    if (end < start) return NO_ROWS;
    const rows = Math.floor((end - start) / stride) + 1;
    const timeAt = async (row: number) => (row < stretch.count ? await timeOf(stretch, row) : lastTime);
    const counted = { rows, first: await timeAt(start), last: await timeAt(start + (rows - 1) * stride) };
    return isThere(dataset, from, oldest) ? counted : undefined;
  } catch (error) {
    if (error instanceof StretchError) return undefined;
    throw error;
  }
}

/** Whether the rows from a time on are still there, of which the oldest row was at `oldest`. */
function isThere(dataset: Dataset, from: number, oldest: number): boolean {
  const now = dataset.status().store?.extent?.firstTime ?? Number.POSITIVE_INFINITY;
  return now <= Math.max(from, oldest);
}

/** Undefined where rows were forgotten meanwhile. */
async function countByReading(dataset: Dataset, plan: Plan, mayTurn: boolean): Promise<RowCount | undefined> {
  const reader = new RowReader(plan);
  const tally = new Tally(plan);
  const cursor = dataset.open(plan);
  let begin: number | undefined;
  let begun = performance.now();
  try {
    while (!reader.done) {
      const taken = cursor.next(MOST);
      if (taken === undefined) {
        if (cursor.ended && cursor.failed) throw new StretchError('away', CANNOT_BE_READ);
        // Rows that are made later are not rows of this window.
        if (cursor.ended || cursor.earliest !== undefined) break;
        await new Promise<void>(resolve => cursor.wait(resolve));
        continue;
      }
      if ('summaries' in taken) {
        tally.add(reader.nextSummaries(taken.summaries).batch);
      } else {
        begin ??= taken.position;
        tally.add(reader.next(taken.batch).batch);
      }
      if (!mayTurn || performance.now() - begun < LONGEST_RUN) continue;
      await turn();
      begun = performance.now();
    }
    tally.add(reader.end());
    return begin !== undefined && cursor.first > begin ? undefined : tally.count;
  } finally {
    cursor.close();
  }
}

/** The number of rows, and their least and greatest time. */
class Tally {
  readonly #time: number;
  #rows = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor({ sequence }: Plan) {
    this.#time = sequence.fields.findIndex(({ name }) => name === TIME);
  }

  get count(): RowCount {
    if (this.#first > this.#last) return { rows: this.#rows };
    return { rows: this.#rows, first: this.#first, last: this.#last };
  }

  add({ length, columns }: Batch): void {
    this.#rows += length;
    const times = columns[this.#time] as NumberColumn | undefined;
    if (times === undefined) return;
    // The rows of some functions are not in the order of their times.
    for (let row = 0; row < length; row += 1) {
      this.#first = Math.min(this.#first, times[row]!);
      this.#last = Math.max(this.#last, times[row]!);
    }
  }
}
