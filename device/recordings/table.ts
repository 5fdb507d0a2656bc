// How is a table of text read, with a line of names and a line for each row? As CSV, which the text of a DAP2 Sequence is too.

import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { RowsSink } from './recording.ts';

/** The line under the structure, before the names, in `.asc`. */
const RULE = /^-{5,}$/;

/** Lines of a structure; in Hyrax's text it is this one alone. */
const STRUCTURE = /^Dataset\b/;

/** What stands for a value that is not there, in small letters. */
const MISSING = new Set(['', 'nan', 'na', 'n/a', 'null', 'none', '-']);

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Gives the rows of a table whose fields stand between commas, semicolons or tabs. */
export async function readTable(bytes: AsyncIterable<Uint8Array>, sink: RowsSink): Promise<void> {
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
  let names: readonly string[] = [];
  let places: readonly number[] | undefined;
  let inStructure = false;
  for await (const { record, info } of Readable.from(bytes).compose(parser) as AsyncIterable<Line>) {
    const [first = ''] = record;
    if (places === undefined) {
      if (STRUCTURE.test(first)) inStructure = first.includes('{');
      else if (RULE.test(first)) inStructure = false;
      else if (!inStructure) {
        names = record.map(nameOf);
        places = sink.begin(names);
      }
      continue;
    }
    const where = () => `line ${info.lines}`;
    if (record.length !== names.length) {
      throw new Error(`${where()}: expected ${names.length} fields, found ${record.length}`);
    }
    sink.row(
      places.map(place => numberOf(record[place]!, () => `${where()}, column ${names[place]}`)),
      where,
    );
  }
}

/** `sensor.temperature` is `temperature`, as in the other sorts of recordings. */
function nameOf(text: string): string {
  return /^[A-Za-z_]\w*\.[A-Za-z_]\w*$/.test(text) ? text.slice(text.indexOf('.') + 1) : text;
}

/** A number, NaN for a value that is not there, or the seconds since 1970 of an ISO 8601 time. */
function numberOf(text: string, where: () => string): number {
  if (MISSING.has(text.toLowerCase())) return Number.NaN;
  const number = Number(text);
  if (!Number.isNaN(number)) return number;
  const milliseconds = /^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(text) ? Date.parse(inUtc(text)) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  throw new Error(`${where()}: expected a number or a time, found ${JSON.stringify(text.slice(0, 60))}`);
}

/** A time without a zone is one of UTC: a recording means the same wherever it is read. */
function inUtc(text: string): string {
  const time = text.replace(' ', 'T');
  return /T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(time) || !time.includes('T') ? time : `${time}Z`;
}
