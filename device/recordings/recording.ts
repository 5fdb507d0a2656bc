// What is a recording? Columns of numbers by their names, and the time of each row, taken from a file of one of three sorts.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { readDods } from './dods.ts';
import { readTable } from './table.ts';

/** Bytes. What is read stays in memory, 8 bytes a value. */
const LARGEST_FILE = 256 * 1024 ** 2;

export interface Recording {
  readonly rows: number;
  /** Seconds since 1970 of each row, growing; undefined where nobody asked for it. */
  readonly times: Float64Array | undefined;
  /** As many as were asked for, in that order. */
  readonly columns: readonly Float64Array[];
}

/** What is wanted of a file. */
export interface Wanted {
  /** Names of columns, as the file has them. */
  readonly columns: readonly string[];
  /** The column of times; undefined where they do not matter. */
  readonly time: string | undefined;
}

/** Takes rows of numbers as a file gives them. */
export interface RowsSink {
  /**
   * The names of the file's columns have become known.
   * @returns the places of the wanted ones among them, that of the time first where it is wanted
   */
  begin(names: readonly string[]): readonly number[];
  /** One row: the values at those places. `where` is for messages. */
  row(values: ArrayLike<number>, where: () => string): void;
}

/**
 * Reads a recording: a `.dods` of any DAP2 server, an `.asc` or `.ascii` of this one, or a `.csv`, `.tsv` or `.txt` with a line of names.
 * @throws one sentence with the file and the place in it
 */
export async function readRecording(file: string, wanted: Wanted): Promise<Recording> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_FILE) throw new Error(`expected ${LARGEST_FILE} bytes at most, found ${size}`);
    const collector = new Collector(wanted);
    const bytes = createReadStream(file);
    if (extname(file).toLowerCase() === '.dods') await readDods(file, bytes, collector);
    else await readTable(bytes, collector);
    return collector.finish();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'expected a recording, found no such file' : (error as Error).message;
    throw new Error(`${file}: ${reason}`, { cause: error });
  }
}

class Collector implements RowsSink {
  readonly #wanted: Wanted;
  #names: readonly string[] = [];
  #values: number[][] = [];
  #begun = false;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  begin(names: readonly string[]): readonly number[] {
    this.#begun = true;
    const { time, columns } = this.#wanted;
    this.#names = [...(time === undefined ? [] : [time]), ...columns];
    this.#values = this.#names.map(() => []);
    return this.#names.map(name => {
      const place = names.indexOf(name);
      if (place >= 0) return place;
      throw new Error(`expected a column ${JSON.stringify(name)}, found ${names.join(', ')}`);
    });
  }

  row(values: ArrayLike<number>, where: () => string): void {
    if (this.#wanted.time !== undefined) {
      const time = values[0]!;
      const before = this.#values[0]!.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (!(time >= before)) {
        throw new Error(`${where()}: expected a time that is not before ${before}, found ${time}`);
      }
    }
    for (const [index, column] of this.#values.entries()) column.push(values[index]!);
  }

  finish(): Recording {
    const rows = this.#values[0]?.length ?? 0;
    if (rows === 0) throw new Error(`expected rows, found ${this.#begun ? 'a line of names alone' : 'none'}`);
    const columns = this.#values.map(values => Float64Array.from(values));
    const times = this.#wanted.time === undefined ? undefined : columns.shift();
    return { rows, times, columns };
  }
}
