// Reads and writes the DAS, the text of a dataset's attributes (DAP2 draft, section 7.2.1).

import type { Attribute, AttributeTable } from './attributes.ts';
import { decodeName, encodeName } from './names.ts';
import { atomicTypeOf, MAX_DEPTH, quote, TextScanner } from './text-scanner.ts';

const INDENT = '    ';

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^0x[\da-f]+$/i;

/** The whole numbers that fit the bits of each type, signed or unsigned: servers send `Byte -1` and `Int16 65535`. */
const WHOLE_NUMBERS = new Map<Attribute['type'], { readonly from: number; readonly to: number }>([
  ['Byte', { from: -(2 ** 7), to: 2 ** 8 - 1 }],
  ['Int16', { from: -(2 ** 15), to: 2 ** 16 - 1 }],
  ['UInt16', { from: -(2 ** 15), to: 2 ** 16 - 1 }],
  ['Int32', { from: -(2 ** 31), to: 2 ** 32 - 1 }],
  ['UInt32', { from: -(2 ** 31), to: 2 ** 32 - 1 }],
]);

/**
 * Reads a DAS. Types may be in upper or lower case; percent-escapes in names are decoded; CRLF, blank lines, `#` comments and
 * surplus semicolons are skipped. Braces nest at most 100 deep.
 *
 * No attribute is dropped, and an unusual attribute does not affect the others:
 * - A value of a numeric type is a number if it has no quotes and is a number of that type (an integer must be whole and fit the
 *   bits of the type, signed or unsigned). Any other value is kept as text under the declared type: `Int16 n lots;` has the value
 *   `'lots'`.
 * - A type that DAP2 does not know is read as String, with unchanged values: `Int64 n 5;` has the value `'5'`.
 * - An attribute without a value has one empty value.
 * - Tables of the same name are merged. Values of the same name and type are joined; of another type, the last attribute counts.
 * @throws {DapSyntaxError} for a text that is not a DAS, also for an unescaped quote inside a string
 */
export function parseDas(text: string): AttributeTable {
  const scanner = new TextScanner('DAS', text);
  const attributes: AttributeTable = new Map();
  parseTables(scanner, attributes, parseTable);
  return attributes;
}

/** Reads a table with its braces into `table`. */
type ParseTable = (scanner: TextScanner, table: AttributeTable) => void;

/** Reads a complete DAS into `attributes`; `parse` reads each table. */
export function parseTables(scanner: TextScanner, attributes: AttributeTable, parse: ParseTable): void {
  do {
    scanner.expectKeyword('Attributes');
    parse(scanner, attributes);
    while (scanner.accept(';'));
  } while (!scanner.isAtEnd());
}

function parseTable(scanner: TextScanner, table: AttributeTable): void {
  scanner.open();
  while (!scanner.close()) parseStatement(scanner, table, parseTable);
}

/** Reads an attribute, a table by `parse`, or a surplus semicolon into `table`. Returns the name of an attribute. */
export function parseStatement(
  scanner: TextScanner,
  table: AttributeTable,
  parse: ParseTable,
): string | undefined {
  if (scanner.accept(';')) return undefined;
  const word = scanner.word('an attribute, a table or "}"');
  if (!scanner.isAt('{')) return parseAttribute(scanner, word, table);
  parse(scanner, tableInside(table, decodeName(word)));
  return undefined;
}

function tableInside(table: AttributeTable, name: string): AttributeTable {
  const known = table.get(name);
  if (known instanceof Map) return known;
  const inside: AttributeTable = new Map();
  table.set(name, inside);
  return inside;
}

function parseAttribute(scanner: TextScanner, typeWord: string, table: AttributeTable): string {
  const type = typeWord.toLowerCase() === 'alias' ? 'Alias' : (atomicTypeOf(typeWord) ?? 'String');
  const name = scanner.name('the name of an attribute');
  const known = table.get(name);
  // Values are added to the list of an earlier call: a copy for each value would take quadratic time.
  const joins = known !== undefined && !(known instanceof Map) && known.type === type;
  const values = joins ? (known.values as (number | string)[]) : [];
  if (scanner.isAt(';')) {
    values.push('');
  } else {
    do values.push(parseValue(scanner, type));
    while (scanner.accept(','));
  }
  scanner.expect(';');
  if (!joins) table.set(name, { type, values });
  return name;
}

function parseValue(scanner: TextScanner, type: Attribute['type']): number | string {
  if (scanner.isAt('"')) return scanner.string();
  const text = scanner.bareValue();
  if (type === 'Alias') return decodeName(text);
  return type === 'String' || type === 'Url' ? text : (parseNumber(text, type) ?? text);
}

/** The number of a numeric type that `text` spells, including `NaN` and `Inf` in any case; undefined for any other text. */
function parseNumber(text: string, type: Attribute['type']): number | undefined {
  const number = spelledNumber(text);
  return number !== undefined && isNumberOf(number, type) ? number : undefined;
}

function spelledNumber(text: string): number | undefined {
  if (/^[+-]?nan\.?$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (!DECIMAL.test(text) && !HEXADECIMAL.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

function isNumberOf(number: number, type: Attribute['type']): boolean {
  const whole = WHOLE_NUMBERS.get(type);
  if (whole === undefined) return type === 'Float32' || type === 'Float64';
  return Number.isInteger(number) && number >= whole.from && number <= whole.to;
}

/**
 * Writes a DAS in the layout of libdap, with LF line ends, and numbers as the shortest decimals that read back as the same double.
 * `parseDas` reads an equal table back.
 * @throws {RangeError} for an empty name, an attribute without values, a number outside its attribute's type, and more than 100
 * levels of braces
 */
export function printDas(attributes: AttributeTable): string {
  const lines = ['Attributes {'];
  printTable(attributes, 1, lines);
  lines.push('}', '');
  return lines.join('\n');
}

function printTable(table: AttributeTable, depth: number, lines: string[]): void {
  if (depth > MAX_DEPTH) throw new RangeError(`expected at most ${MAX_DEPTH} levels of tables, found more`);
  const indent = INDENT.repeat(depth);
  for (const [name, entry] of table) {
    if (entry instanceof Map) {
      lines.push(`${indent}${encodeName(name)} {`);
      printTable(entry, depth + 1, lines);
      lines.push(`${indent}}`);
    } else {
      lines.push(`${indent}${entry.type} ${encodeName(name)} ${printValues(name, entry)};`);
    }
  }
}

function printValues(name: string, { type, values }: Attribute): string {
  if (values.length === 0)
    throw new RangeError(`attribute "${name}": expected at least one value, found none`);
  return values
    .map(value => {
      if (typeof value === 'string') return printText(value, type);
      if (isNumberOf(value, type)) return printNumber(value);
      throw new RangeError(`attribute "${name}": expected values of type ${type}, found the number ${value}`);
    })
    .join(', ');
}

function printNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return String(value).replace('Infinity', 'Inf');
}

/** A text, without quotes where netCDF's library requires that: it rejects the whole DAS otherwise. */
function printText(text: string, type: Attribute['type']): string {
  if (type === 'Alias' && text !== '') return encodeName(text);
  const bare = type !== 'String' && /^[\w\-+/.*][\w\-+/.*:#%]*$/.test(text);
  return bare && parseNumber(text, type) === undefined ? text : quote(text);
}
