// Reads a recorded DAP2 data response, also one that was cut off, as every recorded endless stream is.

import { Decoder } from '../../dap/decode/decoder.ts';
import type { AttributeTable } from '../../dap/model/attributes.ts';
import type { Sequence } from '../../dap/model/variable.ts';
import { fillValue } from '../sampling/columns.ts';
import { attributesBeside, columnMeaning } from './attributes.ts';
import type { RowsSink } from './rows-sink.ts';

/**
 * Gives the rows of the first Sequence to `sink`, their values unpacked by the attributes beside `file`. An incomplete last row
 * is dropped.
 */
export async function readDods(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  sink: RowsSink,
): Promise<void> {
  const attributes = await attributesBeside(file);
  const decoder = new Decoder();
  let sequence: Sequence | undefined;
  let places: readonly number[] = [];
  let row = 0;
  for await (const piece of bytes) {
    for (const part of decoder.push(piece)) {
      if (part.kind !== 'rows') continue;
      if (sequence === undefined) {
        sequence = part.sequence;
        places = sink.begin(sequence.fields.map(({ name }) => name));
      }
      if (part.sequence !== sequence) continue;
      const columns = places.map(place => numbersOf(sequence!, place, part.batch.columns[place], attributes));
      for (let index = 0; index < part.batch.length; index++) {
        row++;
        sink.row(
          columns.map(numberAt => numberAt(index)),
          () => `row ${row}`,
        );
      }
    }
    if (decoder.failure !== undefined) throw decoder.failure;
  }
}

/** The values of a column, with NaN for a missing value and for this project's fill value. */
function numbersOf(
  sequence: Sequence,
  place: number,
  column: unknown,
  attributes: AttributeTable | undefined,
): (row: number) => number {
  const { name, type } = sequence.fields[place]!;
  const meaning = columnMeaning(sequence, place, attributes);
  if (meaning === undefined || !ArrayBuffer.isView(column)) {
    throw new Error(`expected numbers in the column ${name}, found ${type}`);
  }
  const numbers = column as Float64Array;
  if (type !== 'Int32' && type !== 'UInt32') return row => meaning.valueOf(numbers[row]!);
  const fill = fillValue(type);
  return row => (numbers[row] === fill ? Number.NaN : meaning.valueOf(numbers[row]!));
}
