// Says what becomes of the histories of datasets that another configuration renames, swaps, removes or moves.

import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DatasetConfig } from '../config/config.ts';

/** A sentence for the journal about a dataset. */
export interface HistoryMove {
  readonly dataset: string;
  readonly text: string;
}

/** A history belongs to the name of its dataset: the server moves no file from one name to another. */
export function historyMoves(
  before: readonly DatasetConfig[],
  next: readonly DatasetConfig[],
): readonly HistoryMove[] {
  const names = new Set(next.map(({ info }) => info.name));
  const renamed = new Set<string>();
  const moves: HistoryMove[] = [];
  for (const config of next) {
    const { name } = config.info;
    const old = before.find(({ info }) => info.name === name);
    if (old?.history !== undefined && old.history.path !== config.history?.path)
      moves.push({ dataset: name, text: `the rows of ${name} until now stay in ${folderOf(old)}` });
    if (config.history === undefined || isDeepStrictEqual(old?.source, config.source)) continue;
    const from = before.find(
      other => isDeepStrictEqual(other.source, config.source) && !hasSameSource(other, next),
    );
    if (from?.history === undefined) continue;
    const other = from.info.name;
    renamed.add(other);
    const begins = `${name} has the sensors that ${other} had`;
    const text = names.has(other)
      ? `${begins}; each name keeps its past rows. If the names were wrong, stop the server and swap the folders ${folderOf(config)} and ${folderOf(from)}`
      : `${begins}; its past rows stay in ${folderOf(from)}. To serve them under the new name, stop the server and rename that folder to ${folderOf(config)}`;
    moves.push({ dataset: name, text });
  }
  for (const config of before) {
    const { name } = config.info;
    if (config.history === undefined || names.has(name) || renamed.has(name)) continue;
    moves.push({ dataset: name, text: `the past rows of ${name} stay in ${folderOf(config)}` });
  }
  return moves;
}

/** Whether another configuration gives a dataset the sensors that it has: a copy of it takes nothing away. */
function hasSameSource({ info, source }: DatasetConfig, next: readonly DatasetConfig[]): boolean {
  return next.some(other => other.info.name === info.name && isDeepStrictEqual(other.source, source));
}

function folderOf({ info, history }: DatasetConfig): string {
  return join(history?.path ?? '', info.name);
}
