// Plans how much of a disk a history takes: bytes a day, and how many days its limits keep.

import { dirname } from 'node:path';
import { columnsOf } from '../../device/index.ts';
import { type DatasetConfig, sensorsOf } from '../config/config.ts';
import type { Machine } from '../machine/machine.ts';
import type { HistorySurvey } from './history-survey.ts';
import { estimatedDay } from './stored-size.ts';

export interface HistoryPlan {
  /** Bytes that the dataset's files have now. */
  readonly present: number;
  /** Bytes of a whole day. */
  readonly dayBytes: number;
  /** Whether `dayBytes` is the mean of whole days on the disk; else it is an estimate. */
  readonly isMeasured: boolean;
  /** Days that the limits keep, and the limit that is reached first. */
  readonly days: number;
  readonly limit: 'keep' | 'size';
  /** Bytes of the files when that limit is reached. */
  readonly full: number;
}

const DAY = 86_400;

/** Stands for a source whose columns and interval are not known before it is open. */
const UNKNOWN_SOURCE = { kind: '', columns: 5, derived: 0, every: 1 };

/** Of a dataset with a history and an interval. */
export function historyPlan(
  dataset: DatasetConfig,
  history: NonNullable<DatasetConfig['history']>,
  { datasets }: HistorySurvey,
): HistoryPlan {
  const { info, source } = dataset;
  const stored = datasets.find(({ name }) => name === info.name);
  const interval = source.delivery.kind === 'scheduled' ? source.delivery.interval : 1;
  const sensors =
    source.kind === 'sensors'
      ? sensorsOf(dataset).map(setup => ({
          kind: setup.driver === undefined ? setup.kind.name : '',
          columns: columnsOf(setup).length,
          derived: setup.derived.length,
          every: setup.sampling.every ?? interval,
        }))
      : [UNKNOWN_SOURCE];
  const dayBytes = stored?.dayBytes ?? estimatedDay(sensors, interval);
  const byAge = history.keep / DAY;
  const bySize = history.size / dayBytes;
  const limit = byAge <= bySize ? 'keep' : 'size';
  return {
    present: stored?.bytes ?? 0,
    dayBytes,
    isMeasured: stored?.dayBytes !== undefined,
    days: Math.min(byAge, bySize),
    limit,
    full: limit === 'keep' ? byAge * dayBytes : history.size,
  };
}

/** Days for which the file system of a folder has room; undefined if the limits are reached before, or the room is unknown. */
export async function daysUntilFull(
  { freeSpace }: Pick<Machine, 'freeSpace'>,
  folder: string,
  plans: readonly HistoryPlan[],
): Promise<number | undefined> {
  const free = await freeSpace(folder);
  if (free === undefined) return undefined;
  const growing = plans
    .map(({ full, present, dayBytes }) => ({ left: Math.max(0, full - present), dayBytes }))
    .filter(({ left }) => left > 0)
    .sort((one, other) => one.left / one.dayBytes - other.left / other.dayBytes);
  if (sum(growing.map(({ left }) => left)) <= free) return undefined;
  // A dataset at its limit takes no more: its oldest days make room for the new ones.
  let taken = 0;
  for (const [index, { left, dayBytes }] of growing.entries()) {
    const days = (free - taken) / sum(growing.slice(index).map(other => other.dayBytes));
    if (days * dayBytes <= left) return days;
    taken += left;
  }
  return undefined;
}

/** The folder, or the nearest one above it that exists. */
export async function nearestFolder(machine: Pick<Machine, 'fileInfo'>, folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await machine.fileInfo(at)) !== undefined || at === dirname(at)) return at;
  }
}

/** The sentence about a file that stands where a history's folder, or a folder above, should be. */
export function inTheWay(place: string): string {
  return `expected a folder at ${place}, found a file`;
}

export const MOVE_AWAY = 'move it away, or set history.path';

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
