// Declares the tables of attributes that the DAS describes (DAP2 draft, section 7.2.1), and reads single attributes.

import type { AtomicType } from './variable.ts';

/** One attribute: a type and at least one value. Numbers are numbers, other values strings. */
export interface Attribute {
  readonly type: AtomicType | 'Alias';
  readonly values: readonly (number | string)[];
}

/** A table of attributes: each name has an attribute or a nested table. The order is that of the DAS. */
export type AttributeTable = Map<string, Attribute | AttributeTable>;

/** The attribute's first value as text; undefined without such an attribute. */
export function attributeText(table: AttributeTable | undefined, name: string): string | undefined {
  const found = table?.get(name);
  return found === undefined || found instanceof Map ? undefined : String(found.values[0] ?? '');
}

/** The table at a path of names below `table`; undefined without such a table. */
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

/** The attributes of a column: servers nest them in tables, and some servers write the two names with a dot instead. */
export function columnAttributes(
  attributes: AttributeTable,
  sequence: string,
  column: string,
): AttributeTable | undefined {
  return attributeTable(attributes, sequence, column) ?? attributeTable(attributes, `${sequence}.${column}`);
}

/** A number of an attribute, with the attribute's type. */
export interface ListedNumber {
  readonly type: Attribute['type'];
  readonly value: number;
}

/** The longest text, in characters, that is read as a list of numbers: real lists are short. */
const LONGEST_NUMBERS = 1000;

/** A number, also in NetCDF's notation (CDL), which marks the type by letters: `-999.9f`, `255ub`. */
const NUMBER =
  /^([+-]?(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?))(?:f|d|u?[bsl]|ull?|ll)?$/i;

/**
 * The numbers of an attribute; a text counts as numbers if it is a list of them, separated by blanks, commas or semicolons. Empty
 * without such an attribute, and for any other text.
 */
export function listedNumbers(table: AttributeTable | undefined, name: string): ListedNumber[] {
  const found = table?.get(name);
  if (found === undefined || found instanceof Map) return [];
  const { type, values } = found;
  return values.flatMap(value =>
    (typeof value === 'number' ? [value] : numbersIn(value)).map(number => ({ type, value: number })),
  );
}

function numbersIn(text: string): number[] {
  if (text.length > LONGEST_NUMBERS) return [];
  const numbers = text
    .trim()
    .split(/[\s,;]+/)
    .filter(word => word !== '')
    .map(word => numberOf(NUMBER.exec(word)?.[1]));
  return numbers.includes(undefined) ? [] : (numbers as number[]);
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
