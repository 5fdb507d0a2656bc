// Tells what a changed configuration changes in a running server.

import type { Config } from '../../config/config.ts';
import { datasetChanges } from '../../run/dataset-changes.ts';

/** Whether a running server has anything to do. */
export function hasChanges(before: Config, next: Config): boolean {
  return Object.values(datasetChanges(before, next)).some(names => names.length > 0);
}

/** What a reload of a running server will do, a line each. */
export function changeLines(before: Config, next: Config): readonly string[] {
  const { added, changed, removed, described } = datasetChanges(before, next);
  const line = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
  const lines = [
    ...line('datasets added', added),
    ...line('datasets that start again, and end their streams', changed),
    ...line('datasets removed', removed),
    ...line('datasets described otherwise, whose rows go on', described),
  ];
  return lines.length === 0 ? ['the datasets stay the same'] : lines;
}
