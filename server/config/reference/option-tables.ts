// Writes the options of kinds and derivations as tables in which no option is described twice: later ones refer to earlier ones.

import type { JsonSchema } from '../schema/expected.ts';
import { type KeyText, keyTexts, textTable } from './key-table.ts';

/** What follows the seconds in the expectation of a length of time. */
const AS_DURATION = / seconds, as a number or a text such as .*$/;

/** The paragraph that every length of time refers to. */
export const DURATIONS =
  '**Durations** are a number of seconds, or a text such as `500 ms`, `10 s`, `1 min`, `2 h` or `1 d`.';

export class OptionTables {
  /** By a row's cells, the name of the kind that has it first. */
  readonly #firsts = new Map<string, string>();
  readonly #shared: ReadonlyMap<string, string>;

  /** @param shared options that are described elsewhere, by key: what is written instead of them, `the options of ...` */
  constructor(shared: ReadonlyMap<string, string> = new Map()) {
    this.#shared = shared;
  }

  /**
   * The blocks of Markdown that describe the options of a kind: references to the options described already, and a table of the others.
   * @param usesShared whether the kind has the shared options, which are then left out
   */
  blocks(name: string, schema: JsonSchema, usesShared = false): readonly string[] {
    const references = new Map<string, string[]>();
    const own: KeyText[] = [];
    const refer = (to: string, key: string) =>
      references.set(to, [...(references.get(to) ?? []), `\`${key}\``]);
    for (const text of keyTexts(schema)) {
      const cells = JSON.stringify(text);
      const shared = usesShared ? this.#shared.get(text.key) : undefined;
      const first = this.#firsts.get(cells);
      if (shared !== undefined) refer(shared, text.key);
      else if (first !== undefined) refer(`[\`${first}\`](#${first})`, text.key);
      else {
        this.#firsts.set(cells, name);
        own.push({ ...text, expected: text.expected.replace(AS_DURATION, ' s, a duration') });
      }
    }
    const sentences = [...references].map(([to, keys]) => `${listed(keys)} as for ${to}.`);
    return [
      ...(sentences.length === 0 ? [] : [`Options: ${sentences.join(' ')}`]),
      ...(own.length === 0 ? [] : [textTable(own)]),
    ];
  }
}

/** `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
