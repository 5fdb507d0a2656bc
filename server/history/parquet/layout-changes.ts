// Says how the columns of a dataset differ from those of its stored rows.

import { isSameQuantity } from './column-meaning.ts';
import type { FileColumn } from './file-columns.ts';

/** What becomes of the stored rows: a sentence for the journal; undefined if the columns are the same. Their order does not matter. */
export function layoutChanges(stored: readonly FileColumn[], now: readonly FileColumn[]): string | undefined {
  const before = new Map(stored.map(column => [column.name, column]));
  const names = new Set(now.map(({ name }) => name));
  const changes: string[] = [];
  for (const column of now) {
    const { name, type } = column;
    const old = before.get(name);
    if (old === undefined) changes.push(`${name} is new, and missing in them`);
    else if (!isSameQuantity(old, column))
      changes.push(
        `${name} was in ${old.quantity || 'no unit'}, is in ${column.quantity || 'no unit'}, and is missing in them`,
      );
    else if (old.type !== type) changes.push(`${name} was ${old.type}, is ${type}, and is converted`);
  }
  for (const { name } of stored)
    if (!names.has(name)) changes.push(`${name} stays in the files and is not served`);
  return changes.length === 0
    ? undefined
    : `the newest stored rows have other columns: ${changes.join('; ')}`;
}
