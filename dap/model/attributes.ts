// What attributes a DAP2 dataset carries: the tables that the DAS describes (DAP2 draft, section 7.2.1).

import type { AtomicType } from './variable.ts';

/** One attribute: a type and one value or more. Numbers are kept as numbers, the rest as strings. */
export interface Attribute {
  readonly type: AtomicType | 'Alias';
  readonly values: readonly (number | string)[];
}

/** A table of attributes: each name leads to an attribute or to a table inside. The order is the DAS's order. */
export type AttributeTable = Map<string, Attribute | AttributeTable>;

/** The attribute's first value as text; undefined where there is no such attribute. */
export function attributeText(table: AttributeTable | undefined, name: string): string | undefined {
  const found = table?.get(name);
  return found === undefined || found instanceof Map ? undefined : String(found.values[0] ?? '');
}

/** The table at a path of names below `table`; undefined where there is none. */
export function attributeTable(
  table: AttributeTable | undefined,
  ...path: readonly string[]
): AttributeTable | undefined {
  let at = table;
  for (const name of path) {
    const found: Attribute | AttributeTable | undefined = at?.get(name);
    at = found instanceof Map ? found : undefined;
  }
  return at;
}
