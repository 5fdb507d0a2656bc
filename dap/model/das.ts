// The DAS, which tells the attributes of a dataset: text to attribute tables and back (DAP2 draft, section 7.2.1).

import type { Attribute, AttributeTable } from './attributes.ts';
import { atomicTypeOf, decodeName, encodeName, MAX_DEPTH, quote, TextScanner } from './text-scanner.ts';

const INDENT = '    ';

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const HEXADECIMAL = /^0x[\da-f]+$/i;

/** What whole numbers fit each type's bits, signed or unsigned: servers send `Byte -1` and `Int16 65535`. */
const WHOLE_NUMBERS = new Map<Attribute['type'], { readonly from: number; readonly to: number }>([
  ['Byte', { from: -(2 ** 7), to: 2 ** 8 - 1 }],
  ['Int16', { from: -(2 ** 15), to: 2 ** 16 - 1 }],
  ['UInt16', { from: -(2 ** 15), to: 2 ** 16 - 1 }],
  ['Int32', { from: -(2 ** 31), to: 2 ** 32 - 1 }],
  ['UInt32', { from: -(2 ** 31), to: 2 ** 32 - 1 }],
]);

/**
 * Reads a DAS. Types count in any case; names come with their percent-escapes decoded; CRLF, blank lines, `#` comments
 * and stray semicolons are skipped. Braces nest at most 100 deep.
 *
 * Nothing that a server says is dropped, and one odd attribute does not cost the others:
 * - A value of a numeric type is a number if it has no quotes and is a number of that type (for the integers: whole,
 *   and fitting the type's bits either signed or unsigned). Anything else is kept as the text that the server sent,
 *   under the type that it declared: `Int16 n lots;` has the value `'lots'`.
 * - A type that DAP2 does not know is read as String, its values as they stand: `Int64 n 5;` has the value `'5'`.
 * - An attribute without a value has one that is empty.
 * - Tables of the same name become one; values of the same name and type join; of another type, the later stands.
 * @throws {DapSyntaxError} for anything else than a DAS, a quote inside a string that is not escaped among it
 */
export function parseDas(text: string): AttributeTable {
  const scanner = new TextScanner('DAS', text);
  const attributes: AttributeTable = new Map();
  parseTables(scanner, attributes, parseTable);
  return attributes;
}

/** Reads the braces of a table and what is between them into `table`. */
type ParseTable = (scanner: TextScanner, table: AttributeTable) => void;

/** Reads all of a DAS. */
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

/** Reads an attribute, a table by `parse`, or a stray semicolon. The name of an attribute, which is in `table` then. */
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
  // The list is the one that an earlier call made: copying it each time would take quadratic time.
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

/** The number of a numeric type that `text` spells, `NaN` and `Inf` in any case among them; undefined for none. */
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
 * Writes a DAS in the layout that libdap gives it, LF after each line; numbers as the shortest decimals that read back
 * as the same double. `parseDas` reads an equal table back.
 * @throws {RangeError} for what a DAS cannot carry: an empty name, an attribute without values, a number that is none
 * of its attribute's type, braces that would nest more than 100 deep
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

/** Without quotes where it must be so for netCDF's library, which gives up the whole DAS otherwise. */
function printText(text: string, type: Attribute['type']): string {
  if (type === 'Alias' && text !== '') return encodeName(text);
  const bare = type !== 'String' && /^[\w\-+/.*][\w\-+/.*:#%]*$/.test(text);
  return bare && parseNumber(text, type) === undefined ? text : quote(text);
}
