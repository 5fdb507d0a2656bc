// How is a recorded data response read? By the decoder of DAP2, also where the stream was cut off, as an endless one is.

import { Decoder } from '../../dap/decode/decoder.ts';
import type { Sequence } from '../../dap/model/variable.ts';
import { fillValue } from '../columns.ts';
import type { RowsSink } from './recording.ts';

/** Gives the rows of the first Sequence. Bytes of a row that is not whole are left. */
export async function readDods(bytes: AsyncIterable<Uint8Array>, sink: RowsSink): Promise<void> {
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
      const columns = places.map(place => numbersOf(sequence!, place, part.batch.columns[place]));
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

/** The numbers of a column; NaN where it holds what this project writes into whole-number columns for want of a value. */
function numbersOf({ fields }: Sequence, place: number, column: unknown): (row: number) => number {
  const { name, type } = fields[place]!;
  if (!ArrayBuffer.isView(column)) throw new Error(`expected numbers in the column ${name}, found ${type}`);
  const numbers = column as Float64Array;
  if (type !== 'Int32' && type !== 'UInt32') return row => numbers[row]!;
  const fill = fillValue(type);
  return row => (numbers[row] === fill ? Number.NaN : numbers[row]!);
}
