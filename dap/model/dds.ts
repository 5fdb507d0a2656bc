// Reads and writes the DDS, the text of a dataset's variables (DAP2 draft, section 7.2.2).

import { decodeName, encodeName } from './names.ts';
import { atomicTypeOf, MAX_DEPTH, type ScanLimits, TextScanner } from './text-scanner.ts';
import type { ArrayVariable, DapDataset, Dimension, Variable } from './variable.ts';

const INDENT = '    ';
const LARGEST_SIZE = 2 ** 31 - 1;
const SIZE = `a size from 0 to ${LARGEST_SIZE}`;

/** The limits on a DDS. */
export interface DdsLimits extends ScanLimits {
  /** Variables and dimensions in all, including nested ones. */
  readonly variables: number;
}

/** Scans a DDS, and counts its variables and dimensions. */
class DdsScanner extends TextScanner {
  readonly #most: number;
  #count = 0;

  constructor(text: string, { variables = Number.POSITIVE_INFINITY, ...limits }: Partial<DdsLimits>) {
    super('DDS', text, limits);
    this.#most = variables;
  }

  count(): void {
    this.#count += 1;
    if (this.#count > this.#most) throw this.error(`at most ${this.#most} variables and dimensions`);
  }
}

/**
 * Reads a DDS. Keywords may be in upper or lower case; percent-escapes in names are decoded; CRLF, blank lines and `#` comments are
 * skipped. Braces nest at most 100 deep, or less by `limits`.
 * @throws {DapSyntaxError} for a text that is not one DDS, and for a DDS beyond the limits
 */
export function parseDds(text: string, limits: Partial<DdsLimits> = {}): DapDataset {
  const scanner = new DdsScanner(text, limits);
  scanner.expectKeyword('Dataset');
  const variables = parseBlock(scanner);
  const name = scanner.name('the name of the dataset');
  scanner.expect(';');
  scanner.expectEnd();
  return { name, variables };
}

function parseBlock(scanner: DdsScanner): Variable[] {
  scanner.open();
  const variables: Variable[] = [];
  while (!scanner.close()) variables.push(parseDeclaration(scanner));
  return variables;
}

function parseDeclaration(scanner: DdsScanner): Variable {
  scanner.count();
  const start = scanner.position;
  const keyword = scanner.word('a type or "}"');
  switch (keyword.toLowerCase()) {
    case 'structure': {
      const fields = parseBlock(scanner);
      return parseDeclarator(scanner, name => ({ type: 'Structure', name, fields }));
    }
    case 'sequence': {
      const fields = parseBlock(scanner);
      return parseDeclarator(scanner, name => ({ type: 'Sequence', name, fields }));
    }
    case 'grid': {
      const parts = parseGridParts(scanner);
      return parseDeclarator(scanner, name => ({ type: 'Grid', name, ...parts }));
    }
    default: {
      const type = atomicTypeOf(keyword);
      if (type === undefined)
        throw scanner.error('a type (Float64, ..., Structure, Sequence or Grid)', start);
      return parseDeclarator(scanner, name => ({ type, name }));
    }
  }
}

/** Reads the text after a type: the name, any dimensions, and the semicolon. */
function parseDeclarator(
  scanner: DdsScanner,
  elementOf: (name: string) => ArrayVariable['element'],
): Variable {
  const name = scanner.name('a name');
  const element = elementOf(name);
  const dimensions: Dimension[] = [];
  while (scanner.accept('[')) {
    scanner.count();
    dimensions.push(parseDimension(scanner));
    scanner.expect(']');
  }
  scanner.expect(';');
  return dimensions.length === 0 ? element : { type: 'Array', name, element, dimensions };
}

function parseDimension(scanner: DdsScanner): Dimension {
  if (scanner.accept('=')) return { size: parseSize(scanner) };
  const start = scanner.position;
  const word = scanner.word(SIZE);
  if (scanner.accept('=')) return { name: decodeName(word), size: parseSize(scanner) };
  return { size: sizeOf(word, start, scanner) };
}

function parseSize(scanner: DdsScanner): number {
  const start = scanner.position;
  return sizeOf(scanner.word(SIZE), start, scanner);
}

function sizeOf(word: string, start: number, scanner: DdsScanner): number {
  const size = Number(word);
  if (!/^\d+$/.test(word) || size > LARGEST_SIZE) throw scanner.error(SIZE, start);
  return size;
}

function parseGridParts(scanner: DdsScanner): { array: ArrayVariable; maps: ArrayVariable[] } {
  scanner.open();
  scanner.expectKeyword('Array');
  scanner.expect(':');
  const array = parseArray(scanner);
  scanner.expectKeyword('Maps');
  scanner.expect(':');
  const maps: ArrayVariable[] = [];
  while (!scanner.close()) maps.push(parseArray(scanner));
  return { array, maps };
}

function parseArray(scanner: DdsScanner): ArrayVariable {
  const start = scanner.position;
  const variable = parseDeclaration(scanner);
  if (variable.type !== 'Array') throw scanner.error('a variable with dimensions', start);
  return variable;
}

/**
 * Writes a DDS in the layout of libdap, with LF line ends. `parseDds` reads an equal dataset back.
 * @throws {RangeError} for an empty name, a size that is not a whole number from 0 to 2^31-1, and more than 100 levels of braces
 */
export function printDds(dataset: DapDataset): string {
  const lines = ['Dataset {'];
  for (const variable of dataset.variables) printVariable(variable, 1, lines);
  lines.push(`} ${encodeName(dataset.name)};`, '');
  return lines.join('\n');
}

function printVariable(variable: Variable, depth: number, lines: string[], dimensions = ''): void {
  const indent = INDENT.repeat(depth);
  const declarator = `${encodeName(variable.name)}${dimensions};`;
  switch (variable.type) {
    case 'Array':
      printVariable(variable.element, depth, lines, variable.dimensions.map(printDimension).join(''));
      break;
    case 'Structure':
    case 'Sequence':
      checkDepth(depth);
      lines.push(`${indent}${variable.type} {`);
      for (const field of variable.fields) printVariable(field, depth + 1, lines);
      lines.push(`${indent}} ${declarator}`);
      break;
    case 'Grid':
      checkDepth(depth);
      lines.push(`${indent}Grid {`, `${indent}  Array:`);
      printVariable(variable.array, depth + 1, lines);
      lines.push(`${indent}  Maps:`);
      for (const map of variable.maps) printVariable(map, depth + 1, lines);
      lines.push(`${indent}} ${declarator}`);
      break;
    default:
      lines.push(`${indent}${variable.type} ${declarator}`);
  }
}

function printDimension({ name, size }: Dimension): string {
  if (!Number.isInteger(size) || size < 0 || size > LARGEST_SIZE) {
    throw new RangeError(`expected ${SIZE}, found ${size}`);
  }
  return name === undefined ? `[${size}]` : `[${encodeName(name)} = ${size}]`;
}

function checkDepth(depth: number): void {
  if (depth >= MAX_DEPTH)
    throw new RangeError(`expected at most ${MAX_DEPTH} levels of variables, found more`);
}
