import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError, Decoder, decodeAll } from '../../../dap/decode/index.ts';
import { END_OF_SEQUENCE, encodeHeader, encodeValue, rowEncoder } from '../../../dap/encode/index.ts';
import { DapError } from '../../../dap/model/error.ts';
import type { Batch, Value } from '../../../dap/model/value.ts';
import type { DapDataset } from '../../../dap/model/variable.ts';
import { batchOf, datasetWithValues, flatSequence } from './arbitrary.ts';
import { inPieces } from './pieces.ts';

function encoded({ dataset, values }: { dataset: DapDataset; values: readonly Value[] }): Uint8Array {
  const parts = dataset.variables.map((variable, i) => encodeValue(variable, values[i]!));
  return new Uint8Array(Buffer.concat([encodeHeader(dataset), ...parts]));
}

describe('every encoded response', () => {
  it('decodes to the same dataset and values', () => {
    fc.assert(
      fc.property(datasetWithValues, given => {
        expect(decodeAll(encoded(given))).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('decodes to the same wherever it is cut into pieces', () => {
    fc.assert(
      fc.property(datasetWithValues, fc.infiniteStream(fc.integer({ min: 1, max: 50 })), (given, sizes) => {
        expect(inPieces(encoded(given), () => sizes.next().value as number)).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('decodes to the same one byte at a time, with empty pieces in between', () => {
    fc.assert(
      fc.property(datasetWithValues, given => {
        const bytes = encoded(given);
        const decoder = new Decoder();
        const parts = [...bytes].flatMap(byte => [
          ...decoder.push(Uint8Array.of(byte)),
          ...decoder.push(new Uint8Array(0)),
        ]);
        parts.push(...decoder.finish());
        expect(parts).toEqual(new Decoder().push(bytes).flatMap(part => rowByRow(part)));
      }),
    );

    function rowByRow(part: ReturnType<Decoder['push']>[number]): (typeof part)[] {
      if (part.kind !== 'rows') return [part];
      return Array.from({ length: part.batch.length }, (_, row) => ({
        ...part,
        batch: {
          length: 1,
          columns: part.batch.columns.map(column => column.slice(row, row + 1)),
        },
      }));
    }
  });

  it('is no whole response when its end is missing, wherever it is cut off', () => {
    fc.assert(
      fc.property(
        datasetWithValues,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (given, at) => {
          const bytes = encoded(given);
          // The line feed after `Data:` is all that a dataset without variables can miss and still be whole.
          const whole = given.dataset.variables.length === 0 ? bytes.length - 1 : bytes.length;
          const decoder = new Decoder();
          decoder.push(bytes.subarray(0, Math.floor(at * whole)));
          expect(() => decoder.finish()).toThrow(DecodeError);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('decodes damaged bytes, or reports an error', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(datasetWithValues, damage, (given, changes) => {
        const bytes = encoded(given);
        for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
        try {
          decodeAll(bytes);
        } catch (error) {
          expect(error instanceof DecodeError || error instanceof DapError, String(error)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the rows before the damage, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 100 }), (rows, size) => {
        const sequence = { type: 'Sequence', name: 's', fields: [{ type: 'Float64', name: 't' }] } as const;
        const batch = { length: rows, columns: [Float64Array.from({ length: rows }, (_, i) => i)] };
        const head = encodeHeader({ name: 'd', variables: [sequence] });
        const bytes = Buffer.concat([head, rowEncoder(sequence)(batch), Buffer.from('<html>')]);
        const decoder = new Decoder();
        let found = 0;
        const read = () => {
          for (let at = 0; at < bytes.length; at += size) {
            for (const part of decoder.push(bytes.subarray(at, at + size))) {
              if (part.kind === 'rows') found += part.batch.length;
            }
          }
          decoder.finish();
        };
        expect(read).toThrow(/expected a start-of-row .* found 3C 68 74 6D \("<htm"\)/);
        expect(found).toBe(rows);
      }),
    );
  });
});

describe('rows that are encoded batch by batch', () => {
  it('are the bytes of all of them encoded at once', () => {
    const sequenceWithRows = fc
      .oneof(
        flatSequence,
        datasetWithValues.map(({ dataset }) => ({
          type: 'Sequence' as const,
          name: 's',
          fields: dataset.variables,
        })),
      )
      .chain(sequence => fc.tuple(fc.constant(sequence), batchOf(sequence)));
    fc.assert(
      fc.property(sequenceWithRows, fc.nat(), ([sequence, batch], cut) => {
        const at = cut % (batch.length + 1);
        const encode = rowEncoder(sequence);
        const pieces = [encode(batch, 0, at), encode(batch, at), END_OF_SEQUENCE];
        expect(new Uint8Array(Buffer.concat(pieces))).toEqual(encodeValue(sequence, batch));
      }),
      { numRuns: 300 },
    );
  });

  it('take the fast way and the general way to the same bytes', () => {
    fc.assert(
      fc.property(
        flatSequence.chain(sequence => fc.tuple(fc.constant(sequence), batchOf(sequence))),
        ([sequence, batch]) => {
          const wrapped = { type: 'Structure' as const, name: 'w', fields: sequence.fields };
          const general = { ...sequence, fields: [wrapped] };
          const rows: Value[] = Array.from({ length: batch.length }, (_, row) =>
            batch.columns.map(column => column[row]!),
          );
          const wrappedBatch: Batch = { length: batch.length, columns: [rows] };
          expect(rowEncoder(sequence)(batch)).toEqual(rowEncoder(general)(wrappedBatch));
        },
      ),
    );
  });
});
