// Reads the rows of a CSV file as `dapberry pull` or the address `/NAME.csv` writes them, and explains what is wrong with any other.

import { secondsOfInstant } from '../../dap/model/instant.ts';
import { type NumberColumn, newColumn } from '../../dap/protocol.ts';
import { textOfField } from '../formats/csv-rows.ts';
import type { FileRows } from '../history/disk/same-rows.ts';
import { type FileColumn, isStorable, type StoredType } from '../history/parquet/file-columns.ts';
import { GROUP_ROWS } from '../history/parquet/file-writer.ts';
import { fieldsOf } from '../pull/file-end.ts';
import { type CsvLine, csvLines } from './csv-lines.ts';
import type { ImportFile } from './import-files.ts';

export const TIME = 'time';

/** Times of CSV files in other units than seconds since 1970 are mostly outside of these years. */
const PLAUSIBLE = [Date.UTC(1980) / 1000, Date.UTC(2100) / 1000] as const;

const NUMBER = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Infinity)$/;

/** A time that names its zone. */
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;

/** What `/NAME.csv` writes behind the name of a column. */
const UNITS = / \((.*)\)$/;

export interface CsvOptions {
  /** The type of a column in the history; undefined for one that it has not. */
  readonly typeOf: (name: string) => StoredType | undefined;
  readonly onRemark: (sentence: string) => void;
}

/** The rows in the order of the file. A column gets the type that it has in the history if the values fit, else Float64. */
export async function* csvRows(
  file: ImportFile,
  options: CsvOptions,
): AsyncGenerator<FileRows, void, undefined> {
  let table: CsvTable | undefined;
  for await (const lines of csvLines(file)) {
    for (const line of lines) {
      if (table === undefined) table = new CsvTable(file.path, line, options);
      else if (!line.isEnded) {
        options.onRemark(
          `${file.path}:${line.number}: left out: the end of the line is missing, so that its last number may be cut`,
        );
      } else if (table.add(line)) yield table.take();
    }
  }
  if (table === undefined)
    throw new Error(`${file.path}: expected a line with the names of columns, found none`);
  const rows = table.take();
  if (rows.batch.length > 0) yield rows;
}

/** Collects the numbers of rows by columns. */
class CsvTable {
  readonly #path: string;
  readonly #head: string;
  /** As in the header line. */
  readonly #names: readonly string[];
  /** The indices of the columns in the file, the time first. */
  readonly #order: readonly number[];
  readonly #columns: readonly FileColumn[];
  #values: number[][];
  /** Columns with a value of more digits than a Float32 has. */
  #long = new Set<number>();

  constructor(path: string, head: CsvLine, { typeOf }: CsvOptions) {
    this.#path = path;
    this.#head = head.text;
    const fields = fieldsOf(head.text)?.map(textOfField) ?? [];
    const written = fields.map(field => field.replace(UNITS, ''));
    const units = fields.map(field => UNITS.exec(field)?.[1]);
    const [, sequence = ''] = /^(.*?\.)/.exec(written[0] ?? '') ?? [];
    const isOfOne = written.every(name => name.startsWith(sequence));
    this.#names = isOfOne ? written.map(name => name.slice(sequence.length)) : written;
    const time = this.#names.indexOf(TIME);
    if (time < 0 || new Set(this.#names).size < this.#names.length || this.#names.includes('')) {
      throw new Error(
        `${path}:${head.number}: expected the names of columns, one of them time, such as sensor.time,sensor.temperature or time,temperature, found ${shown(head.text)}`,
      );
    }
    this.#order = [time, ...this.#names.keys()].filter((column, index) => index === 0 || column !== time);
    this.#columns = this.#order.map((column, index) => {
      const name = this.#names[column]!;
      if (index === 0) return { name, type: 'Float64' };
      const quantity = units[column];
      return { name, type: typeOf(name) ?? 'Float64', ...(quantity === undefined ? {} : { quantity }) };
    });
    this.#values = this.#order.map(() => []);
  }

  /** Adds a row. True once there are enough for a batch. */
  add({ number, text }: CsvLine): boolean {
    // Another header line stands where files were joined.
    if (text === this.#head) return false;
    const fields = text.includes('"') ? (fieldsOf(text) ?? []) : text.split(',');
    if (fields.length !== this.#names.length) {
      throw new Error(
        `${this.#path}:${number}: expected ${this.#names.length} values, found ${fields.length}: ${shown(text)}`,
      );
    }
    for (const [index, column] of this.#order.entries()) {
      const field = fields[column]!.trim();
      const value = index === 0 ? this.#timeOf(field, number) : numberOf(field);
      if (value === undefined) {
        throw new Error(
          `${this.#path}:${number}: expected a number as ${this.#names[column]}, found ${shown(field)}`,
        );
      }
      if (index > 0 && field.length > 9 && digitsOf(field) > 9) this.#long.add(index);
      this.#values[index]!.push(value);
    }
    return this.#values[0]!.length === GROUP_ROWS;
  }

  take(): FileRows {
    const length = this.#values[0]!.length;
    const typed = this.#columns.map((column, index) =>
      columnOf(column, this.#values[index]!, this.#long.has(index)),
    );
    this.#values = this.#order.map(() => []);
    this.#long = new Set();
    return {
      batch: { length, columns: typed.map(({ values }) => values) },
      columns: this.#columns.map((column, index) => ({ ...column, type: typed[index]!.type })),
    };
  }

  /** @throws one sentence for a field that is no plausible time */
  #timeOf(field: string, line: number): number {
    const unread = (): never => {
      throw new Error(
        `${this.#path}:${line}: expected a time in seconds since 1970 or with its zone (2026-11-28T12:00:00Z), in whole microseconds, found ${shown(field)}`,
      );
    };
    const time = INSTANT.test(field) ? secondsOfInstant(field, unread) : (numberOf(field) ?? Number.NaN);
    return time >= PLAUSIBLE[0] && time < PLAUSIBLE[1] && isStorable(time) ? time : unread();
  }
}

/** Undefined for a text that is no number. */
function numberOf(field: string): number | undefined {
  if (field === '' || field === 'NaN') return Number.NaN;
  return NUMBER.test(field) ? Number(field) : undefined;
}

/** The values in the wanted type if it holds each of them, else as Float64. */
function columnOf(
  { type, name }: FileColumn,
  numbers: readonly number[],
  isLong: boolean,
): { readonly type: StoredType; readonly values: NumberColumn } {
  const values = newColumn({ type, name }, numbers.length) as NumberColumn;
  values.set(numbers);
  // The shortest decimal of a Float32, with nine digits at the most, is another number as a Float64.
  const fits = (held: number, value: number) =>
    Object.is(held, value) || held === value || (type === 'Float32' && !isLong && Number.isFinite(held));
  if (numbers.every((value, row) => fits(values[row]!, value))) return { type, values };
  return { type: 'Float64', values: Float64Array.from(numbers) };
}

function digitsOf(field: string): number {
  return field.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '').length;
}

function shown(text: string): string {
  return text.length > 80 ? `${JSON.stringify(text.slice(0, 80))} and more` : JSON.stringify(text);
}
