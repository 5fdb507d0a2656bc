// Chooses the encoding of the values of a column in a row group that takes the fewest bytes.

import type { SchemaElement } from 'hyparquet';
import { CODEC, COMPRESS, type Parquet } from './parquet.ts';

/** The numbers of a column as the pages of a file hold them. */
export type PhysicalValues = Float64Array | Float32Array | Int32Array | BigInt64Array;

export type ColumnEncoding = (typeof FLOAT_ENCODINGS)[number] | 'DELTA_BINARY_PACKED';

/**
 * Sensors give numbers in steps. Few different numbers are smallest as a dictionary; steps that are no power of two, whose bytes all
 * change, as they are; numbers with long mantissas or many steps byte by byte. Which is best depends on the noise.
 */
const FLOAT_ENCODINGS = ['RLE_DICTIONARY', 'PLAIN', 'BYTE_STREAM_SPLIT'] as const;

/** With this many values for each different one, or more, a dictionary is smallest, or nearly so, without a trial. */
const DICTIONARY_RATIO = 16;

/** @param element the column in the schema of the file, by its physical type */
export function encodingOf(parquet: Parquet, element: SchemaElement, values: PhysicalValues): ColumnEncoding {
  // Of whole numbers, the differences are smallest; DuckDB reads BYTE_STREAM_SPLIT for floating-point numbers alone.
  if (values instanceof Int32Array || values instanceof BigInt64Array) return 'DELTA_BINARY_PACKED';
  // The writer's dictionary makes one entry of 0 and -0.
  const isDictionaryExact = !values.some(value => Object.is(value, -0));
  if (isDictionaryExact && hasFewValues(values)) return 'RLE_DICTIONARY';
  let best: ColumnEncoding = 'BYTE_STREAM_SPLIT';
  let fewest = Number.POSITIVE_INFINITY;
  for (const encoding of FLOAT_ENCODINGS) {
    if (encoding === 'RLE_DICTIONARY' && !isDictionaryExact) continue;
    const bytes = bytesOf(parquet, element, values, encoding);
    if (bytes < fewest) [fewest, best] = [bytes, encoding];
  }
  return best;
}

function hasFewValues(values: Float64Array | Float32Array): boolean {
  const most = values.length / DICTIONARY_RATIO;
  const different = new Set<number>();
  for (const value of values) {
    different.add(value);
    if (different.size > most) return false;
  }
  return true;
}

/** The bytes that the column takes with an encoding. */
function bytesOf(
  { writer }: Parquet,
  element: SchemaElement,
  data: PhysicalValues,
  encoding: ColumnEncoding,
): number {
  const bytes = new writer.ByteWriter();
  const trial = new writer.ParquetWriter({
    writer: bytes,
    schema: [{ name: 'schema', num_children: 1 }, element],
    codec: CODEC,
    compressors: COMPRESS,
  });
  const columnData = [{ name: element.name, data, encoding, statistics: false }];
  trial.write({ rowGroupSize: data.length, columnData });
  return bytes.offset;
}
