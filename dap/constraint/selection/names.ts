// Which column a name in a constraint means, and which names there are.

import { nearest } from '../../model/nearest.ts';
import type { Sequence } from '../../model/variable.ts';

/** Names that an error lists. */
const LISTED = 20;

/** The whole Sequence, or the number of one of its columns. */
export type NameTarget = 'sequence' | number;

/** `sensor` is the Sequence, `sensor.time` and `time` one of its columns; undefined for any other dotted name. */
export function find(path: string, sequence: Sequence): NameTarget | undefined {
  if (path === sequence.name) return 'sequence';
  const column = sequence.fields.findIndex(
    field => path === `${sequence.name}.${field.name}` || path === field.name,
  );
  return column < 0 ? undefined : column;
}

/** True where two dotted names can mean the same column, one of them without its Sequence. */
export function meansSame(path: string, other: string): boolean {
  return path === other || other.endsWith(`.${path}`) || path.endsWith(`.${other}`);
}

/** What an error says is expected in place of `path`: the names that there are, and the one that comes nearest. */
export function namesInstead(path: string, sequence: Sequence, what: 'any' | 'column'): string {
  const columns = sequence.fields.map(field => `${sequence.name}.${field.name}`);
  const names = what === 'any' ? [sequence.name, ...columns] : columns;
  const listed = names.slice(0, LISTED).join(', ');
  const more = names.length > LISTED ? `, ... (${names.length} in all)` : '';
  const near = nearest(path, [...names, ...sequence.fields.map(field => field.name)]);
  return `one of ${listed}${more}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}
