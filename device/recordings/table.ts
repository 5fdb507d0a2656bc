// Reads a text table with a line of names and a line per row: CSV, and the text of a DAP2 Sequence.

import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { Decimals, type Delimiter } from './decimals.ts';
import { utf8Text } from './encoding.ts';
import type { RowsSink } from './rows-sink.ts';

/** The line between the structure and the names in `.asc`. */
const RULE = /^-{5,}$/;

/** The first line of the structure; in the text of Hyrax it is the only one. */
const STRUCTURE = /^Dataset\s*[:{]/;

/** The characters within which the line of names has to end. */
const LONGEST_HEAD = 1024 ** 2;

const DELIMITERS: readonly Delimiter[] = [';', '\t', ','];

const NAMES_OF: Readonly<Record<Delimiter, string>> = { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab' };

const FORMAT = {
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  trim: true,
  record_delimiter: '\n',
} as const;

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Gives the rows of a table to `sink`. The line of names shows the delimiter: a comma, a semicolon or a tab. A last line without its
 * end is left out, since its last number may be cut.
 */
export async function readTable(bytes: AsyncIterable<Uint8Array>, sink: RowsSink): Promise<void> {
  const text = utf8Text(bytes);
  const head = await headOf(text);
  if (head === undefined) return;
  const { before, names: line } = head;
  const mark = /^"?sep=.?"?$/i.exec(line.trim());
  if (mark !== null) {
    throw new Error(
      `expected a line of names first, found ${mark[0]}, which is for Excel alone; remove that line`,
    );
  }
  const delimiter = delimiterOf(line, sink.wanted);
  const names = fieldsOf(line, delimiter);
  const places = sink.begin(names);
  const read = new Set(places);
  const decimals = new Decimals(delimiter, names);
  const parser = parse({ ...FORMAT, delimiter, info: true });
  const lines = new WholeLines(joined(head.rest, text));
  const rest = Readable.from(lines.read()).compose(parser) as AsyncIterable<Line>;
  let hasRows = false;
  try {
    for await (const { record, info } of rest) {
      const number = before + info.lines;
      hasRows = true;
      if (record.length !== names.length) throw new Error(raggedText(number, record, names, delimiter));
      for (const [place, field] of record.entries()) {
        if (!read.has(place)) decimals.note(field, place, number);
      }
      sink.row(
        places.map(place => decimals.read(record[place]!, place, number)),
        () => `line ${number}`,
      );
    }
  } catch (error) {
    if (!(error instanceof CsvError) || error.code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
    throw new Error('expected a closing quote before the end of the file, found none', { cause: error });
  }
  if (!hasRows && lines.rest !== '')
    throw new Error(
      `line ${before + 1}: expected a row and its line end, found the end of the file in the row`,
    );
  decimals.finish(places);
}

interface Head {
  /** The number of lines before those of `rest`. */
  readonly before: number;
  readonly names: string;
  /** The text after the line of names, as far as it was read. */
  readonly rest: string;
}

/** Reads up to the line of names; undefined if there is none. */
async function headOf(text: AsyncGenerator<string>): Promise<Head | undefined> {
  let read = '';
  let isEnded = false;
  while (!isEnded) {
    const next = await text.next();
    isEnded = next.done === true;
    read += next.done === true ? '' : next.value;
    const head = headIn(read, isEnded);
    if (head !== undefined) return head;
    if (read.length > LONGEST_HEAD) {
      throw new Error(`expected a line of names within the first ${LONGEST_HEAD} characters, found none`);
    }
  }
  return undefined;
}

function headIn(text: string, isWhole: boolean): Head | undefined {
  const lines = text.split('\n');
  // The last line may be incomplete.
  const whole = isWhole ? lines : lines.slice(0, -1);
  let isInStructure = false;
  for (const [index, line] of whole.entries()) {
    const start = line.trim();
    if (STRUCTURE.test(start)) isInStructure = start.includes('{');
    else if (RULE.test(start)) isInStructure = false;
    else if (!isInStructure && start !== '') {
      const end = endOfRecord(whole, index);
      if (end === undefined && !isWhole) return undefined;
      const after = (end ?? index) + 1;
      return {
        before: after,
        names: whole.slice(index, after).join('\n'),
        rest: lines.slice(after).join('\n'),
      };
    }
  }
  return undefined;
}

/** The line in which a record ends, since a quoted name may contain line breaks; undefined if it is not there yet. */
function endOfRecord(lines: readonly string[], first: number): number | undefined {
  if (!/(?:^|[,;\t])\s*"/.test(lines[first]!)) return first;
  let quotes = 0;
  for (let index = first; index < lines.length; index++) {
    quotes += lines[index]!.split('"').length - 1;
    if (quotes % 2 === 0) return index;
  }
  return undefined;
}

/** The lines of a text that have their ends, in pieces. */
class WholeLines {
  readonly #text: AsyncIterable<string>;
  /** What has come behind the last line end. */
  #rest = '';

  constructor(text: AsyncIterable<string>) {
    this.#text = text;
  }

  get rest(): string {
    return this.#rest;
  }

  async *read(): AsyncGenerator<string> {
    for await (const piece of this.#text) {
      const end = piece.lastIndexOf('\n') + 1;
      if (end > 0) yield this.#rest + piece.slice(0, end);
      this.#rest = (end > 0 ? '' : this.#rest) + piece.slice(end);
    }
  }
}

async function* joined(first: string, others: AsyncIterable<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  for await (const text of others) if (text !== '') yield text;
}

/** The delimiter that gives all requested names, else the delimiter that gives most names. */
function delimiterOf(line: string, wanted: readonly string[]): Delimiter {
  const counts = DELIMITERS.map(delimiter => {
    const names = fieldsOf(line, delimiter);
    return { delimiter, count: names.length, fits: wanted.every(name => names.includes(name)) };
  });
  const fitting = counts.filter(({ fits }) => fits);
  const [most] = (fitting.length > 0 ? fitting : counts).toSorted((a, b) => b.count - a.count);
  // A single column has no delimiter; a comma in a row is then an error.
  return most === undefined || most.count < 2 ? ',' : most.delimiter;
}

function fieldsOf(line: string, delimiter: Delimiter): readonly string[] {
  try {
    const [fields = []] = parseNow(line, { ...FORMAT, delimiter }) as string[][];
    return fields.map(nameOf);
  } catch {
    // The quotes fit another delimiter.
    return [line];
  }
}

/** `sensor.temperature` is `temperature`, as in the other formats of recordings. */
function nameOf(text: string): string {
  return /^[A-Za-z_]\w*\.[A-Za-z_]\w*$/.test(text) ? text.slice(text.indexOf('.') + 1) : text;
}

function raggedText(
  line: number,
  fields: readonly string[],
  names: readonly string[],
  delimiter: Delimiter,
): string {
  const text = `line ${line}: expected ${names.length} ${names.length === 1 ? 'field' : 'fields'}, found ${fields.length}`;
  const [only, ...others] = fields;
  const other = DELIMITERS.find(one => one !== delimiter && others.length === 0 && only?.includes(one));
  if (other !== undefined && names.length > 1) {
    return `${text}; between the names is ${NAMES_OF[delimiter]}, between these fields ${NAMES_OF[other]}`;
  }
  if (delimiter === ',' && fields.length > names.length) {
    return `${text}; a decimal comma needs a semicolon or a tab between the fields`;
  }
  return text;
}
