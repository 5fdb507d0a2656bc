// Describes the keys of a mapping in words: what is expected, the default, and the meaning.

import { hexByte } from '../../../device/index.ts';
import { expectationOf, isHexadecimal, type JsonSchema } from '../schema/expected.ts';

/** A key of a mapping, in words. */
export interface KeyText {
  readonly key: string;
  readonly expected: string;
  /** The default; `required` for a key that must be there, empty for one without a default. */
  readonly usual: string;
  readonly meaning: string;
}

/** The keys of a mapping, in words. */
export function keyTexts({ properties = {}, required = [] }: JsonSchema): readonly KeyText[] {
  return Object.entries(properties).map(([key, schema]) => {
    if (typeof schema !== 'object') throw new Error(`${key}: expected a schema, found ${schema}`);
    const usual = required.includes(key) ? 'required' : defaultText(schema);
    return { key, expected: expectationOf(schema), usual, meaning: schema.description ?? '' };
  });
}

/** The keys of a mapping, as a table of Markdown. */
export function keyTable(schema: JsonSchema): string {
  return textTable(keyTexts(schema));
}

export function textTable(texts: readonly KeyText[]): string {
  const rows = texts.map(({ key, expected, usual, meaning }) => [`\`${key}\``, expected, usual, meaning]);
  return table(['key', 'expected', 'default', 'means'], rows);
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function defaultText(schema: JsonSchema): string {
  const value: unknown = schema.default;
  if (value === undefined || (typeof value === 'object' && !Array.isArray(value))) return '';
  if (typeof value === 'number' && isHexadecimal(schema)) return hexByte(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
