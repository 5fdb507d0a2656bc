// Reads the rows of a CSV file as `dapberry pull` writes them, and explains what is wrong with any other file.

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

const NUMBER = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|Infinity)$/i;

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
    const written = fieldsOf(head.text)?.map(textOfField) ?? [];
    const [, sequence = ''] = /^(.*?\.)/.exec(written[0] ?? '') ?? [];
    const isOfOne = written.every(name => name.startsWith(sequence));
    this.#names = isOfOne ? written.map(name => name.slice(sequence.length)) : written;
    const time = this.#names.indexOf(TIME);
    if (time < 0 || new Set(this.#names).size < this.#names.length || this.#names.includes('')) {
      throw new Error(
        `${path}:${head.number}: expected the names of columns as dapberry pull writes them, such as sensor.time,sensor.temperature, found ${shown(head.text)}`,
      );
    }
    this.#order = [time, ...this.#names.keys()].filter((column, index) => index === 0 || column !== time);
    this.#columns = this.#order.map((column, index) => {
      const name = this.#names[column]!;
      return { name, type: (index === 0 ? undefined : typeOf(name)) ?? 'Float64' };
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
      const value =
        field === '' || field === 'NaN' ? Number.NaN : NUMBER.test(field) ? Number(field) : undefined;
      if (value === undefined) {
        throw new Error(
          `${this.#path}:${number}: expected a number as ${this.#names[column]}, found ${shown(field)}`,
        );
      }
      if (index === 0) this.#checkTime(value, field, number);
      else if (field.length > 9 && digitsOf(field) > 9) this.#long.add(index);
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
      columns: this.#columns.map(({ name }, index) => ({ name, type: typed[index]!.type })),
    };
  }

  #checkTime(time: number, field: string, line: number): void {
    if (time >= PLAUSIBLE[0] && time < PLAUSIBLE[1] && isStorable(time)) return;
    throw new Error(
      `${this.#path}:${line}: expected a time in seconds since 1970, in whole microseconds, found ${shown(field)}`,
    );
  }
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
