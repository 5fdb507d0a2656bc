// Writes the value of any variable as XDR (DAP2 draft, section 7.3).

import { printDds } from '../model/dds.ts';
import { END_OF_INSTANCES, isNumberType, rowLayout, START_OF_INSTANCE } from '../model/layout.ts';
import type { Batch, Column, NumberColumn, Value } from '../model/value.ts';
import { xdrSize } from '../model/value.ts';
import type { ArrayVariable, DapDataset, Sequence, Variable } from '../model/variable.ts';
import { putFlatRows } from './flat.ts';
import { checkedNumber, describeValue, numberColumn, putNumber, putNumbers } from './numbers.ts';
import { XdrWriter } from './writer.ts';

/** The beginning of a data response: the DDS and the line `Data:`, with LF line ends, which every client reads. */
export function encodeHeader(dataset: DapDataset): Uint8Array {
  return new TextEncoder().encode(`${printDds(dataset)}Data:\n`);
}

/** The XDR of any variable; the end mark follows the rows of a Sequence. Throws a `TypeError` that names a value that does not fit. */
export function encodeValue(variable: Variable, value: Value): Uint8Array {
  const out = new XdrWriter(64);
  writeValue(out, variable, value, variable.name);
  return out.finish();
}

/** Writes the value; `path` is the dotted name of the variable, for errors. */
function writeValue(out: XdrWriter, variable: Variable, value: Value | undefined, path: string): void {
  switch (variable.type) {
    case 'String':
    case 'Url':
      if (typeof value !== 'string') throw mismatch(path, `text (${variable.type})`, value);
      out.text(value);
      break;
    case 'Structure':
      writeFields(out, variable.fields, value, path);
      break;
    case 'Grid':
      writeFields(out, [variable.array, ...variable.maps], value, path);
      break;
    case 'Sequence': {
      if (!isBatch(value)) throw mismatch(path, 'a batch of rows', value);
      rowWriter(variable, path)(out, value, 0, value.length);
      out.uint32(END_OF_INSTANCES);
      break;
    }
    case 'Array':
      writeArray(out, variable, value, path);
      break;
    default: {
      const number = checkedNumber(variable.type, value, path);
      const at = out.reserve(xdrSize(variable.type));
      putNumber(variable.type, out.view, at, number);
    }
  }
}

type WriteRows = (out: XdrWriter, batch: Batch, from: number, to: number) => void;

/** A function that writes the rows `from` to `to - 1` of a batch, each with the mark before it, without the end mark. */
export function rowWriter(sequence: Sequence, path: string): WriteRows {
  const { fields } = sequence;
  const names = fields.map(field => `${path}.${field.name}`);
  const layout = rowLayout(sequence);
  if (layout === undefined) {
    return (out, batch, from, to) => {
      checkBatch(sequence, batch, from, to, path);
      for (let row = from; row < to; row++) {
        out.uint32(START_OF_INSTANCE);
        for (const [i, field] of fields.entries()) writeValue(out, field, batch.columns[i]![row], names[i]!);
      }
    };
  }
  return (out, batch, from, to) => {
    checkBatch(sequence, batch, from, to, path);
    const columns = layout.columns.map(({ type }, i) =>
      numberColumn(type, batch.columns[i]!, from, to, names[i]!),
    );
    const at = out.reserve((to - from) * layout.stride);
    putFlatRows(out.view, at, layout, columns, from, to);
  };
}

function checkBatch(sequence: Sequence, batch: Batch, from: number, to: number, path: string): void {
  const { fields } = sequence;
  if (batch.columns.length !== fields.length) {
    throw new TypeError(`${path}: expected ${fields.length} columns, found ${batch.columns.length}`);
  }
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= batch.length)) {
    throw new RangeError(`${path}: expected rows from 0 to ${batch.length}, found ${from} to ${to}`);
  }
  for (const [i, column] of batch.columns.entries()) {
    if (column.length < batch.length) {
      throw new TypeError(
        `${path}.${fields[i]!.name}: expected ${batch.length} values, found ${column.length}`,
      );
    }
  }
}

function writeFields(
  out: XdrWriter,
  fields: readonly Variable[],
  value: Value | undefined,
  path: string,
): void {
  if (!Array.isArray(value) || value.length !== fields.length) {
    throw mismatch(path, `a list of ${fields.length} values`, value);
  }
  for (const [i, field] of fields.entries()) writeValue(out, field, value[i], `${path}.${field.name}`);
}

/** Writes an array: its length twice before numbers, as libdap has always done, once before any other element. */
function writeArray(out: XdrWriter, array: ArrayVariable, value: Value | undefined, path: string): void {
  const { element } = array;
  const length = array.dimensions.reduce((product, dimension) => product * dimension.size, 1);
  if (!isColumn(value) || value.length !== length) throw mismatch(path, `${length} values`, value);
  out.uint32(length);
  if (!isNumberType(element.type)) {
    for (let i = 0; i < length; i++) writeValue(out, element, value[i], `${path}[${i}]`);
    return;
  }
  out.uint32(length);
  const column = numberColumn(element.type, value, 0, length, path);
  if (column instanceof Uint8Array) {
    out.packed(column);
  } else {
    const size = xdrSize(element.type);
    const at = out.reserve(length * size);
    putNumbers(element.type, out.view, at, size, column, 0, length);
  }
}

function isBatch(value: Value | undefined): value is Batch {
  return typeof value === 'object' && 'columns' in value;
}

function isColumn(value: Value | undefined): value is Column {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in (value as NumberColumn));
}

function mismatch(path: string, expected: string, found: unknown): TypeError {
  return new TypeError(`${path}: expected ${expected}, found ${describeValue(found)}`);
}
