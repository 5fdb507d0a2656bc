// Reads arrays from bytes that come in pieces of any size (DAP2 draft, section 7.3.2).

import type { NumberColumn, Value } from '../model/value.ts';
import { newColumn, xdrSize } from '../model/value.ts';
import type { NumberType } from '../model/variable.ts';
import type { Input } from './input.ts';
import { getNumbers } from './numbers.ts';
import type { ValueReader } from './value-reader.ts';

/** Reads the words before an array, `times` of them, each of which is its number of elements. */
class LengthReader {
  readonly #length: number;
  readonly #times: number;
  readonly #path: string;
  #read = 0;

  constructor(length: number, times: number, path: string) {
    this.#length = length;
    this.#times = times;
    this.#path = path;
  }

  /** True once all words are read. Throws a `DecodeError` if a word differs from the DDS. */
  read(input: Input): boolean {
    while (this.#read < this.#times) {
      const at = input.take(4);
      if (at < 0) return false;
      const found = input.view.getUint32(at);
      if (found !== this.#length) {
        throw input.unexpected(`the length ${this.#length} of the array ${this.#path}`, at, `${found}`);
      }
      this.#read += 1;
    }
    return true;
  }

  reset(): void {
    this.#read = 0;
  }
}

/** Reads an array of numbers: its length twice, then four or eight bytes a number; bytes are packed and padded to four. */
export class NumberArrayReader implements ValueReader {
  readonly #type: NumberType;
  readonly #length: number;
  readonly #lengths: LengthReader;
  #values: NumberColumn;
  #filled = 0;

  constructor(type: NumberType, length: number, path: string) {
    this.#type = type;
    this.#length = length;
    this.#lengths = new LengthReader(length, 2, path);
    this.#values = this.#newValues(0);
  }

  read(input: Input): NumberColumn | undefined {
    if (!this.#lengths.read(input)) return undefined;
    if (!(this.#type === 'Byte' ? this.#readPacked(input) : this.#readNumbers(input))) return undefined;
    const values = this.#values;
    this.#values = this.#newValues(0);
    this.#filled = 0;
    this.#lengths.reset();
    return values;
  }

  #readNumbers(input: Input): boolean {
    const size = xdrSize(this.#type);
    const count = Math.min(this.#length - this.#filled, Math.floor(input.available / size));
    this.#makeRoom(count);
    const at = input.take(count * size);
    getNumbers(this.#type, input.view, at, size, this.#values, this.#filled, this.#filled + count);
    this.#filled += count;
    return this.#filled === this.#length;
  }

  #readPacked(input: Input): boolean {
    const count = Math.min(this.#length - this.#filled, input.available);
    this.#makeRoom(count);
    this.#values.set(input.bytesAt(input.take(count), count), this.#filled);
    this.#filled += count;
    return this.#filled === this.#length && input.take(-this.#length & 3) >= 0;
  }

  /** Allocates for the bytes that have come, not for the length that the DDS claims. */
  #makeRoom(count: number): void {
    const needed = this.#filled + count;
    if (needed <= this.#values.length) return;
    const grown = this.#newValues(Math.min(this.#length, Math.max(needed, 2 * this.#values.length)));
    grown.set(this.#values);
    this.#values = grown;
  }

  #newValues(length: number): NumberColumn {
    return newColumn({ type: this.#type, name: '' }, length) as NumberColumn;
  }
}

/** Reads an array of any other element: its length once, then the elements. */
export class ListReader implements ValueReader {
  readonly #element: ValueReader;
  readonly #length: number;
  readonly #lengths: LengthReader;
  #values: Value[] = [];

  constructor(element: ValueReader, length: number, path: string) {
    this.#element = element;
    this.#length = length;
    this.#lengths = new LengthReader(length, 1, path);
  }

  read(input: Input): Value[] | undefined {
    if (!this.#lengths.read(input)) return undefined;
    while (this.#values.length < this.#length) {
      const value = this.#element.read(input);
      if (value === undefined) return undefined;
      this.#values.push(value);
    }
    const values = this.#values;
    this.#values = [];
    this.#lengths.reset();
    return values;
  }
}
