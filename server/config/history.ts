// Decides which history a dataset has, from the keys of the whole file, its own keys and the command line.

import { AGE_BESIDE_HISTORY, DEFAULT_BOUNDS } from '../store/memory-store.ts';
import type { StoreBounds } from '../store/row-store.ts';
import type { HistoryConfig } from './config.ts';
import { DEFAULT_HISTORY, type WrittenDatasetHistory, type WrittenHistory } from './schema/history-schema.ts';
import type { WrittenDataset } from './schema/schema.ts';

export interface HistoryPlaces {
  /** The folder of the command line; false if it asks for no history. */
  readonly named: string | false | undefined;
  /** The folder if neither the command line nor the texts name one. */
  readonly usual: string | undefined;
}

/** The history of a dataset; undefined if it has none; `no-folder` if the texts ask for one and no folder is known. */
export function historyOf(
  common: WrittenHistory,
  own: WrittenDatasetHistory,
  { named, usual }: HistoryPlaces,
): HistoryConfig | 'no-folder' | undefined {
  if (named === false || isOff(own)) return undefined;
  // Off for all, except for a dataset with a history of its own, or by the command line.
  if (isOff(common) && own === undefined && named === undefined) return undefined;
  const shared = typeof common === 'object' ? common : DEFAULT_HISTORY;
  const keys = typeof own === 'object' ? own : {};
  const path = named ?? keys.path ?? shared.path ?? usual;
  if (path === undefined) return own === undefined && isUnwritten(common) ? undefined : 'no-folder';
  const { flush = shared.flush, keep = shared.keep, size = shared.size } = keys;
  return { path, flush, keep, size };
}

function isOff(written: WrittenHistory | WrittenDatasetHistory): boolean {
  return written === 'off' || written === false;
}

/** Whether the keys are those of a file that has none. */
function isUnwritten(common: WrittenHistory): boolean {
  if (typeof common !== 'object') return isOff(common);
  const { flush, keep, size } = DEFAULT_HISTORY;
  return common.flush === flush && common.keep === keep && common.size === size;
}

/** The bounds on the rows in memory, which need not be those of a day if a history has the rows from before. */
export function memoryBounds({ rows, bytes, age }: WrittenDataset['log'], hasHistory: boolean): StoreBounds {
  return { rows, bytes, age: age ?? (hasHistory ? AGE_BESIDE_HISTORY : DEFAULT_BOUNDS.age) };
}
