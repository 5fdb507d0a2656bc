// Reads named columns of numbers, and the times of their rows, from a recorded file of one of three formats.

import { extname } from 'node:path';
import { instantText } from '../../dap/model/instant.ts';
import { streamRegular } from '../host/regular-file.ts';
import { readDods } from './dods.ts';
import type { RowsSink } from './rows-sink.ts';
import { readTable } from './table.ts';

/** In bytes. The values stay in memory, 8 bytes each. */
const LARGEST_FILE = 256 * 1024 ** 2;

export interface Recording {
  readonly rows: number;
  /** Seconds since 1970 of each row, never decreasing; undefined without a column of times. */
  readonly times: Float64Array | undefined;
  /** The requested columns, in the requested order. */
  readonly columns: readonly Float64Array[];
}

/** The columns to read from a file. */
export interface RecordingRequest {
  /** The names of columns in the file. */
  readonly columns: readonly string[];
  /** The name of the column of times; undefined if times are not needed. */
  readonly time: string | undefined;
  /** Numbers that mark a missing value. */
  readonly missing?: readonly number[];
}

/** The year 3000 in seconds since 1970; later times are probably in another unit. */
const LAST_TIME = 32_503_680_000;

/** Smaller units of time, by how many make a second. */
const FINER_UNITS: readonly (readonly [perSecond: number, name: string])[] = [
  [1e3, 'milliseconds'],
  [1e6, 'microseconds'],
  [1e9, 'nanoseconds'],
];

/**
 * Reads a recording: a `.dods` of any DAP2 server, an `.asc` or `.ascii` of this one, or a `.csv`, `.tsv` or `.txt` with a line of names.
 * @throws one sentence with the file and the position in it
 */
export async function readRecording(file: string, wanted: RecordingRequest): Promise<Recording> {
  const bytes = streamRegular(file, LARGEST_FILE);
  try {
    const collector = new Collector(wanted);
    if (extname(file).toLowerCase() === '.dods') await readDods(file, bytes, collector);
    else await readTable(bytes, collector);
    return collector.finish();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'expected a recording, found no such file' : (error as Error).message;
    throw new Error(`${file}: ${reason}`, { cause: error });
  } finally {
    // After an error the generator has not ended by itself.
    await bytes.return();
  }
}

class Collector implements RowsSink {
  readonly wanted: readonly string[];
  readonly #hasTime: boolean;
  readonly #missing: ReadonlySet<number>;
  readonly #values: number[][];
  /** The position of the newest row, for messages. */
  #where: (() => string) | undefined;
  #begun = false;

  constructor({ time, columns, missing = [] }: RecordingRequest) {
    this.#hasTime = time !== undefined;
    this.wanted = [...(time === undefined ? [] : [time]), ...columns];
    // A Float32 column holds the nearest value that it can.
    this.#missing = new Set(missing.flatMap(value => [value, Math.fround(value)]));
    this.#values = this.wanted.map(() => []);
  }

  begin(names: readonly string[]): readonly number[] {
    this.#begun = true;
    return this.wanted.map((name, index) => {
      const place = names.indexOf(name);
      if (place < 0) {
        throw new Error(
          `expected a column ${JSON.stringify(name)}, found ${names.join(', ')}${this.#hint(name, index, names)}`,
        );
      }
      const again = names.indexOf(name, place + 1);
      if (again < 0) return place;
      throw new Error(
        `expected one column ${JSON.stringify(name)}, found it as column ${place + 1} and ${again + 1}`,
      );
    });
  }

  #hint(name: string, index: number, names: readonly string[]): string {
    const meant = names.find(other => other.toLowerCase() === name.toLowerCase());
    if (meant !== undefined) return `; did you mean ${JSON.stringify(meant)}?`;
    return this.#hasTime && index === 0 ? '; the option time names the column of times' : '';
  }

  row(values: ArrayLike<number>, where: () => string): void {
    if (this.#hasTime) this.#checkTime(values[0]!, where);
    for (const [index, column] of this.#values.entries()) {
      const value = values[index]!;
      const isTime = this.#hasTime && index === 0;
      column.push(!isTime && this.#missing.has(value) ? Number.NaN : value);
    }
    this.#where = where;
  }

  #checkTime(time: number, where: () => string): void {
    if (Number.isNaN(time)) {
      throw new Error(`${where()}: expected a time in the column ${this.wanted[0]}, found no value`);
    }
    if (!(Math.abs(time) < LAST_TIME)) {
      const unit = FINER_UNITS.find(([perSecond]) => Math.abs(time) / perSecond < LAST_TIME);
      const hint = unit === undefined ? '' : `; if these are ${unit[1]}, divide them by ${unit[0]}`;
      throw new Error(
        `${where()}: expected a time in seconds since 1970, before the year 3000, found ${time}${hint}`,
      );
    }
    const before = this.#values[0]!.at(-1);
    if (before === undefined || time >= before) return;
    throw new Error(
      `${where()}: expected a time that is not before that of ${this.#where?.()}, ${instantText(before)}; found ${instantText(time)}`,
    );
  }

  finish(): Recording {
    const rows = this.#values[0]?.length ?? 0;
    if (rows === 0) throw new Error(`expected rows, found ${this.#begun ? 'a line of names alone' : 'none'}`);
    const columns = this.#values.map(values => Float64Array.from(values));
    const times = this.#hasTime ? columns.shift() : undefined;
    return { rows, times, columns };
  }
}
