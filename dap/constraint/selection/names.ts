// Which column a name in a constraint means, and which names there are.

import type { Sequence } from '../../model/variable.ts';

/** Names that an error lists. */
const LISTED = 20;
/** Longer ones are not compared with the names that there are. */
const LONGEST_COMPARED = 64;

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

/** The one of `names` that the fewest changed characters lead to, if those are at most a third of it. */
export function nearest(wrong: string, names: readonly string[]): string | undefined {
  if (wrong.length > LONGEST_COMPARED) return undefined;
  let best: { name: string; changes: number } | undefined;
  for (const name of names) {
    if (name.length > LONGEST_COMPARED) continue;
    const changes = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (changes <= Math.ceil(name.length / 3) && (best === undefined || changes < best.changes)) {
      best = { name, changes };
    }
  }
  return best?.name;
}

/** Characters to insert, delete or replace on the way from `from` to `to` (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
