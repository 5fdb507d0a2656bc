// Encodes the header of a netCDF classic file ("File Format Specifications" of the NetCDF Users Guide), and its fixed variables.

import { HeaderBytes } from './bytes.ts';
import {
  NC_BYTES,
  type NcAttribute,
  type NcFile,
  type NcFixedVariable,
  type NcRecordVariable,
  type NcType,
} from './file.ts';

const [NC_DIMENSION, NC_VARIABLE, NC_ATTRIBUTE] = [0x0a, 0x0b, 0x0c];
const TYPE_CODES: Readonly<Record<NcType, number>> = {
  byte: 1,
  char: 2,
  short: 3,
  int: 4,
  float: 5,
  double: 6,
};

/** The records that a classic file can count: a signed word of four bytes. */
export const MOST_RECORDS = 2 ** 31 - 1;

/** The longest file of the first version: some readers keep offsets in a signed word of four bytes. */
const LONGEST_OF_VERSION_1 = 2 ** 31 - 1;

const utf8 = new TextEncoder();

/** The place of each variable in a record. */
export interface RecordLayout {
  /** Bytes from one record to the next. */
  readonly stride: number;
  readonly offsets: readonly number[];
}

/** A value takes a multiple of 4 bytes in a record; that of a variable without others only its own bytes. */
export function recordLayout(types: readonly NcType[]): RecordLayout {
  const [first, ...others] = types;
  if (first !== undefined && others.length === 0) return { stride: NC_BYTES[first], offsets: [0] };
  const offsets: number[] = [];
  let stride = 0;
  for (const type of types) {
    offsets.push(stride);
    stride += padded(NC_BYTES[type]);
  }
  return { stride, offsets };
}

export interface EncodedHead {
  /** Everything before the first record. */
  readonly bytes: Uint8Array;
  /** The length of the whole file. */
  readonly fileBytes: number;
}

/**
 * The bytes before the first record: CDF-1, or CDF-2 (offsets of 64 bits) for a file of 2 GiB and more.
 * @throws RangeError for more records than the format counts
 */
export function encodeHead(file: NcFile, records: number): EncodedHead {
  if (records > MOST_RECORDS) {
    throw new RangeError(`expected at most ${MOST_RECORDS} rows in a netCDF file, found ${records}`);
  }
  const small = encodeVersion(file, records, 1);
  return small.fileBytes <= LONGEST_OF_VERSION_1 ? small : encodeVersion(file, records, 2);
}

function encodeVersion(file: NcFile, records: number, version: 1 | 2): EncodedHead {
  // The offsets of the variables are part of the header whose length they depend on; their number of bytes is known.
  const { length } = encodeHeader(file, records, version, 0);
  const header = encodeHeader(file, records, version, length);
  for (const { value } of file.fixed) {
    if (value.type === 'char') header.raw(utf8.encode(value.text));
    else header.number(value.type, value.number);
    header.pad();
  }
  const bytes = header.finish();
  const { stride } = recordLayout(file.variables.map(({ type }) => type));
  return { bytes, fileBytes: bytes.length + records * stride };
}

/** @param begin the offset of the first fixed variable */
function encodeHeader(file: NcFile, records: number, version: 1 | 2, begin: number): HeaderBytes {
  const { dimension, attributes, fixed, variables } = file;
  const out = new HeaderBytes();
  out.raw(utf8.encode('CDF'));
  out.raw(Uint8Array.of(version));
  out.uint32(records);
  const texts = fixed.flatMap(({ value }) => (value.type === 'char' ? [value] : []));
  putCount(out, NC_DIMENSION, 1 + texts.length);
  out.text(dimension);
  // The length of the record dimension.
  out.uint32(0);
  for (const { dimension: name, text } of texts) {
    out.text(name);
    out.uint32(utf8.encode(text).length);
  }
  putAttributes(out, attributes);
  putCount(out, NC_VARIABLE, fixed.length + variables.length);
  let offset = begin;
  const putOffset = (at: number) => (version === 1 ? out.uint32(at) : out.uint64(at));
  for (const variable of fixed) {
    const { value } = variable;
    const bytes = padded(bytesOf(variable));
    putVariable(out, variable, value.type, value.type === 'char' ? [1 + texts.indexOf(value)] : []);
    out.uint32(bytes);
    putOffset(offset);
    offset += bytes;
  }
  const { offsets } = recordLayout(variables.map(({ type }) => type));
  for (const [index, variable] of variables.entries()) {
    putVariable(out, variable, variable.type, [0]);
    out.uint32(padded(NC_BYTES[variable.type]));
    putOffset(offset + offsets[index]!);
  }
  return out;
}

/** The name, dimensions, attributes and type of a variable; its size and its offset follow. */
function putVariable(
  out: HeaderBytes,
  { name, attributes }: NcFixedVariable | NcRecordVariable,
  type: NcType,
  dimensions: readonly number[],
): void {
  out.text(name);
  out.uint32(dimensions.length);
  for (const dimension of dimensions) out.uint32(dimension);
  putAttributes(out, attributes);
  out.uint32(TYPE_CODES[type]);
}

function putAttributes(out: HeaderBytes, attributes: readonly NcAttribute[]): void {
  putCount(out, NC_ATTRIBUTE, attributes.length);
  for (const attribute of attributes) {
    out.text(attribute.name);
    out.uint32(TYPE_CODES[attribute.type]);
    if (attribute.type === 'char') {
      out.text(attribute.text);
      continue;
    }
    out.uint32(attribute.values.length);
    for (const value of attribute.values) out.number(attribute.type, value);
    out.pad();
  }
}

/** The tag and the length of a list; a list without entries has no tag. */
function putCount(out: HeaderBytes, tag: number, count: number): void {
  out.uint32(count === 0 ? 0 : tag);
  out.uint32(count);
}

function bytesOf({ value }: NcFixedVariable): number {
  return value.type === 'char' ? utf8.encode(value.text).length : NC_BYTES[value.type];
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
