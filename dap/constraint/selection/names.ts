// Finds the column that a name in a constraint means; for an unknown name, lists the valid ones for the error message.

import { nearest } from '../../model/nearest.ts';
import type { Sequence } from '../../model/variable.ts';

/** The most names that an error lists. */
const LISTED = 20;

/** The target of a name: the whole Sequence, or the index of one of its columns. */
export type NameTarget = 'sequence' | number;

/** The target of `path`: `sensor` is the Sequence, `sensor.time` and `time` are a column; undefined for any other name. */
export function find(path: string, sequence: Sequence): NameTarget | undefined {
  if (path === sequence.name) return 'sequence';
  const column = sequence.fields.findIndex(
    field => path === `${sequence.name}.${field.name}` || path === field.name,
  );
  return column < 0 ? undefined : column;
}

/** True if two dotted names can mean the same column: one of them may lack its Sequence. */
export function meansSame(path: string, other: string): boolean {
  return path === other || other.endsWith(`.${path}`) || path.endsWith(`.${other}`);
}

/** The text of `expected` in place of `path`: the valid names, and the nearest of them. */
export function namesInstead(path: string, sequence: Sequence, what: 'any' | 'column'): string {
  const columns = sequence.fields.map(field => `${sequence.name}.${field.name}`);
  const names = what === 'any' ? [sequence.name, ...columns] : columns;
  const listed = names.slice(0, LISTED).join(', ');
  const more = names.length > LISTED ? `, ... (${names.length} in all)` : '';
  const near = nearest(path, [...names, ...sequence.fields.map(field => field.name)]);
  return `one of ${listed}${more}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}
