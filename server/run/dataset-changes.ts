// Says which datasets another configuration adds, opens again, removes or only describes otherwise.

import { isDeepStrictEqual } from 'node:util';
import type { Config, DatasetConfig } from '../config/config.ts';

/** The names of datasets. */
export interface DatasetChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly described: readonly string[];
}

/** What a reload from `before` to `next` changes, if every dataset can be opened. */
export function datasetChanges(before: Config, next: Config): DatasetChanges {
  const isSameWorld = hasSameSimulation(before, next);
  const known = new Map(before.datasets.map(config => [config.info.name, config]));
  const wanted = new Set(next.datasets.map(({ info }) => info.name));
  const stays = (config: DatasetConfig) => {
    const old = known.get(config.info.name);
    return old !== undefined && isSameWorld && hasSameRows(old, config);
  };
  const namesOf = (configs: readonly DatasetConfig[]) => configs.map(({ info }) => info.name);
  return {
    added: namesOf(next.datasets.filter(({ info }) => !known.has(info.name))),
    changed: namesOf(next.datasets.filter(config => known.has(config.info.name) && !stays(config))),
    removed: [...known.keys()].filter(name => !wanted.has(name)),
    described: namesOf(
      next.datasets.filter(
        config => stays(config) && !isDeepStrictEqual(known.get(config.info.name)?.info, config.info),
      ),
    ),
  };
}

/** Whether simulated sensors give the same values. */
export function hasSameSimulation(one: Config, other: Config): boolean {
  return one.seed === other.seed && one.simulate === other.simulate;
}

/** Whether two configurations give the same rows; the words about them, and where they are published, may differ. */
export function hasSameRows(
  { info: _info, publish: _sinks, ...one }: DatasetConfig,
  { info: _other, publish: _others, ...other }: DatasetConfig,
): boolean {
  return isDeepStrictEqual(one, other);
}
