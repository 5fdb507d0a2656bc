// Finds the spans of time whose rows a history lacks, by the gaps in the positions of its rows, or may still correct.

import { spanBetween, type UnfixedSpan } from '../store/unfixed-span.ts';
import type { DiskRows } from './disk/disk-rows.ts';
import type { HistoryClock } from './history-clock.ts';
import type { MemoryTail } from './memory-tail.ts';
import { joinedRuns, type PositionRun } from './position-run.ts';

/** @param disk undefined while the folder of the history is not there */
export function unfixedSpans(
  disk: Pick<DiskRows, 'runs' | 'deleted' | 'hadRowsBefore'> | undefined,
  tail: Pick<MemoryTail, 'memory' | 'unstored' | 'storedEnd'>,
  clock: Pick<HistoryClock, 'unsureSince'>,
): readonly UnfixedSpan[] {
  const runs = withMemory([...(disk?.runs ?? []), ...tail.unstored.positionRuns], tail);
  const spans = [oldestLost(runs[0], disk)];
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1];
    if (before === undefined) continue;
    if (run.firstTime <= before.lastTime)
      spans.push({ from: run.firstTime, to: before.lastTime, reason: 'clock' });
    else if (run.first > before.end) spans.push(spanBetween(before.lastTime, run.firstTime, 'gone'));
  }
  spans.push(unsureTimes(tail, clock));
  return spans.filter(span => span !== undefined);
}

/** The runs, with the rows of memory behind them, which may overlap those that are stored. */
function withMemory(
  runs: readonly PositionRun[],
  { memory }: Pick<MemoryTail, 'memory'>,
): readonly PositionRun[] {
  const first = Math.max(memory.first, runs.at(-1)?.end ?? memory.first);
  const { end, lastTime } = memory;
  if (first >= end || lastTime === undefined) return joinedRuns(runs);
  const firstTime = (memory.view(first, 1).columns[0] as Float64Array)[0]!;
  const own = { first, end, firstTime, lastTime };
  const before = runs.at(-1);
  // Rows of a clock that was set back stay a run of their own.
  return before !== undefined && firstTime <= before.lastTime
    ? [...joinedRuns(runs), own]
    : joinedRuns([...runs, own]);
}

function oldestLost(
  oldest: PositionRun | undefined,
  disk: Pick<DiskRows, 'deleted' | 'hadRowsBefore'> | undefined,
): UnfixedSpan | undefined {
  const from = Number.NEGATIVE_INFINITY;
  if (disk === undefined) {
    const until = spanBetween(from, oldest?.firstTime ?? Number.POSITIVE_INFINITY, 'away');
    return until;
  }
  const { deleted } = disk;
  if (oldest === undefined)
    return deleted === undefined ? undefined : { from, to: deleted.lastTime, reason: 'gone' };
  if (deleted?.end === oldest.first) return { from, to: deleted.lastTime, reason: 'gone' };
  return disk.hadRowsBefore(oldest.first) ? spanBetween(from, oldest.firstTime, 'gone') : undefined;
}

/** Rows that are not stored yet get their corrected times when they are. */
function unsureTimes(
  { memory, unstored, storedEnd }: Pick<MemoryTail, 'memory' | 'unstored' | 'storedEnd'>,
  clock: Pick<HistoryClock, 'unsureSince'>,
): UnfixedSpan | undefined {
  const inMemory = memory.view(Math.max(storedEnd, memory.first), 1).columns[0] as Float64Array;
  const first = unstored.firstTime ?? inMemory[0];
  if (first === undefined) return undefined;
  const unsure = clock.unsureSince(first);
  return unsure && { ...unsure, reason: 'clock' };
}
