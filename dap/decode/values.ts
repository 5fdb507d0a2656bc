// Makes a reader for a variable of any type (DAP2 draft, section 7.3).

import { isNumberType, rowLayout } from '../model/layout.ts';
import type { Batch, Value } from '../model/value.ts';
import { xdrSize } from '../model/value.ts';
import type { ArrayVariable, NumberType, Sequence, Variable } from '../model/variable.ts';
import { ListReader, NumberArrayReader } from './arrays.ts';
import { DecodeError } from './error.ts';
import { FlatRowsReader } from './flat.ts';
import type { Input } from './input.ts';
import type { Budget } from './limits.ts';
import { getNumber } from './numbers.ts';
import type { RowsReader } from './rows.ts';
import { AnyRowsReader, emptyBatch } from './rows.ts';
import { decodeText } from './text.ts';
import type { ValueReader } from './value-reader.ts';

/** A reader for the rows of a top-level Sequence. Throws a `DecodeError` if the DDS exceeds the limits. */
export function rowsReaderOf(sequence: Sequence, budget: Budget): RowsReader {
  const layout = rowLayout(sequence);
  if (layout !== undefined) return new FlatRowsReader(sequence, layout, end => budget.begin(end));
  checkTakeBytes(sequence.fields, sequence.name);
  const fields = sequence.fields.map(field => readerOf(field, budget, `${sequence.name}.${field.name}`));
  const onRow = (end: number) => {
    budget.reach(end);
    budget.begin(end);
  };
  return new AnyRowsReader(sequence, fields, onRow, sequence.name);
}

/**
 * A reader for `variable`. Only the DDS decides how deep it nests, not the data. Throws a `DecodeError` if the DDS exceeds the
 * limits. `path` is the dotted name of the variable, for errors.
 */
export function readerOf(variable: Variable, budget: Budget, path: string): ValueReader {
  const within = (field: Variable): ValueReader => readerOf(field, budget, `${path}.${field.name}`);
  switch (variable.type) {
    case 'String':
    case 'Url':
      return new TextReader(budget, path);
    case 'Structure':
      return new FieldsReader(variable.fields.map(within));
    case 'Grid':
      return new FieldsReader([variable.array, ...variable.maps].map(within));
    case 'Sequence':
      checkTakeBytes(variable.fields, path);
      return new NestedRowsReader(variable, variable.fields.map(within), budget, path);
    case 'Array':
      return arrayReader(variable, budget, path);
    default:
      return new NumberReader(variable.type);
  }
}

class NumberReader implements ValueReader {
  readonly #type: NumberType;
  readonly #size: number;

  constructor(type: NumberType) {
    this.#type = type;
    this.#size = xdrSize(type);
  }

  read(input: Input): number | undefined {
    const at = input.take(this.#size);
    return at < 0 ? undefined : getNumber(this.#type, input.view, at);
  }
}

class TextReader implements ValueReader {
  readonly #budget: Budget;
  readonly #path: string;
  #length = -1;

  constructor(budget: Budget, path: string) {
    this.#budget = budget;
    this.#path = path;
  }

  read(input: Input): string | undefined {
    if (this.#length < 0) {
      const at = input.take(4);
      if (at < 0) return undefined;
      const length = input.view.getUint32(at);
      const limit = this.#budget.limits.stringBytes;
      if (length > limit) {
        throw input.unexpected(`a string of at most ${limit} bytes in ${this.#path}`, at, `${length}`);
      }
      this.#length = length;
    }
    const at = input.take(Math.ceil(this.#length / 4) * 4);
    if (at < 0) return undefined;
    const text = decodeText(input.bytesAt(at, this.#length));
    this.#length = -1;
    return text;
  }
}

/** Reads a Structure or a Grid: its fields one after another. */
class FieldsReader implements ValueReader {
  readonly #fields: readonly ValueReader[];
  #values: Value[] = [];

  constructor(fields: readonly ValueReader[]) {
    this.#fields = fields;
  }

  read(input: Input): Value[] | undefined {
    while (this.#values.length < this.#fields.length) {
      const value = this.#fields[this.#values.length]!.read(input);
      if (value === undefined) return undefined;
      this.#values.push(value);
    }
    const values = this.#values;
    this.#values = [];
    return values;
  }
}

/** Reads a Sequence inside another variable: all its rows are one value. */
class NestedRowsReader implements ValueReader {
  readonly #rows: AnyRowsReader;
  /** Shared by all values without rows: each takes only four bytes, and the DDS may declare any number of columns. */
  readonly #empty: Batch;

  constructor(sequence: Sequence, fields: readonly ValueReader[], budget: Budget, path: string) {
    this.#empty = emptyBatch(sequence);
    this.#rows = new AnyRowsReader(sequence, fields, end => budget.countNestedRow(end), path);
  }

  read(input: Input): Batch | undefined {
    return this.#rows.read(input) ? (this.#rows.take() ?? this.#empty) : undefined;
  }
}

function arrayReader(array: ArrayVariable, budget: Budget, path: string): ValueReader {
  const { element } = array;
  const length = array.dimensions.reduce((product, dimension) => product * dimension.size, 1);
  const limit = budget.limits.arrayElements;
  if (length > limit) throw new DecodeError(0, `at most ${limit} elements in ${path}`, `${length}`);
  if (isNumberType(element.type)) return new NumberArrayReader(element.type, length, path);
  checkTakeBytes([element], path);
  return new ListReader(readerOf(element, budget, path), length, path);
}

/**
 * Refuses Structures without fields inside repeated variables: a short response could claim any number of values that take no
 * bytes. Throws a `DecodeError`.
 */
function checkTakeBytes(variables: readonly Variable[], path: string): void {
  for (const variable of variables) {
    if (variable.type !== 'Structure') continue;
    if (variable.fields.length === 0) {
      throw new DecodeError(0, `a field in the Structures of ${path}`, 'none');
    }
    checkTakeBytes(variable.fields, path);
  }
}
