// Tests the message with rows: each row comes back bit for bit, and a foreign, later or damaged message is refused.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATOMIC_TYPES, newColumn } from '../../../dap/index.ts';
import { isNumberType, RANGES } from '../../../dap/model/layout.ts';
import { HEADER_BYTES, MessageError, RowCodec, readHeader } from '../../../server/nats/row-message.ts';
import type { SequenceLayout } from '../../../server/source/row-source.ts';
import { batchOf, LAYOUT } from '../scripted-source.ts';

const ID = '00c0ffee00c0ffee';
const codec = new RowCodec(ID, LAYOUT);
const rows = batchOf([
  [1_764_000_000.25, Number.NaN, -7, 0.5],
  [1_764_000_001.25, 1e-300, 7, Number.POSITIVE_INFINITY],
]);

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MessageError) return error.reason;
    throw error;
  }
  return 'read';
}

/** A layout of numbers of any types, and rows of it. */
const layoutsWithRows = fc
  .record({
    types: fc.array(fc.constantFrom(...ATOMIC_TYPES.filter(isNumberType)), { maxLength: 6 }),
    length: fc.nat(20),
  })
  .chain(({ types, length }) => {
    const layout: SequenceLayout = {
      name: 'sensor',
      columns: [
        { type: 'Float64', name: 'time', attributes: new Map() },
        ...types.map((type, index) => ({ type, name: `c${index}`, attributes: new Map() })),
      ],
    };
    const columns = layout.columns.map(({ type }) => {
      const [least, greatest] = isNumberType(type) ? RANGES[type] : [0, 0];
      const number =
        type === 'Float64'
          ? fc.double()
          : type === 'Float32'
            ? fc.float()
            : fc.integer({ min: least, max: greatest });
      return fc.array(number, { minLength: length, maxLength: length });
    });
    return fc.tuple(...columns).map(values => ({ layout, length, values: values as number[][] }));
  });

describe('a message with rows', () => {
  it('gives back each row bit for bit', () => {
    fc.assert(
      fc.property(layoutsWithRows, fc.double(), ({ layout, length, values }, previous) => {
        const own = new RowCodec(ID, layout);
        const columns = layout.columns.map((column, index) => {
          const filled = newColumn(column, length) as Float64Array;
          filled.set(values[index]!);
          return filled;
        });
        const read = own.decode(own.encode({ length, columns }, previous));
        expect(read.batch).toEqual({ length, columns });
        expect(read.previous).toBe(previous);
      }),
    );
  });

  it('is read at any place of a larger memory', () => {
    const message = codec.encode(rows, 5);
    const memory = new Uint8Array(message.length + 3);
    memory.set(message, 3);
    expect(codec.decode(memory.subarray(3)).batch).toEqual(rows);
  });

  it('has the bytes that docs/fleet.md documents', () => {
    const text = Buffer.from(codec.encode(batchOf([[1.5, 2, -1, 0.5]]), Number.NaN)).toString('hex');
    expect(text.replace(/(.{8})/g, '$1 ').trim()).toBe(
      '44415042 01010020 00c0ffee 00c0ffee 7ff80000 00000000 00000001 8ba7a51c ' +
        '5a000000 3ff80000 00000000 40000000 00000000 ffffffff 3f000000',
    );
  });

  it('is cut to fit a limit of bytes', () => {
    const most = codec.rowsIn(1000);
    const fitting = (length: number) => HEADER_BYTES + length * codec.stride;
    expect(fitting(most)).toBeLessThanOrEqual(1000);
    expect(fitting(most + 1)).toBeGreaterThan(1000);
    expect(codec.rowsIn(1)).toBe(1);
  });

  it('of a later version is refused as such, whatever follows', () => {
    const later = codec.encode(rows, 5);
    later[4] = 2;
    expect(reasonOf(() => codec.decode(later))).toBe('version');
    expect(reasonOf(() => codec.decode(later.subarray(0, 9)))).toBe('version');
    const otherKind = codec.encode(rows, 5);
    otherKind[5] = 9;
    expect(reasonOf(() => codec.decode(otherKind))).toBe('version');
  });

  it('may have a longer header, whose further fields are skipped', () => {
    const message = codec.encode(rows, 5);
    const longer = new Uint8Array(message.length + 8);
    longer.set(message.subarray(0, HEADER_BYTES));
    longer[7] = HEADER_BYTES + 8;
    longer.set(message.subarray(HEADER_BYTES), HEADER_BYTES + 8);
    expect(codec.decode(longer).batch).toEqual(rows);
  });

  it('of another layout is refused', () => {
    const other = new RowCodec('00000000000000aa', LAYOUT).encode(rows, 5);
    expect(readHeader(other)).toMatchObject({ layout: '00000000000000aa', rows: 2 });
    expect(reasonOf(() => codec.decode(other))).toBe('layout');
  });

  it('is refused if any byte of the rows differs, or if it is cut off', () => {
    const message = codec.encode(rows, 5);
    fc.assert(
      fc.property(
        fc.integer({ min: HEADER_BYTES, max: message.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, bits) => {
          const damaged = message.slice();
          damaged[at]! ^= bits;
          expect(reasonOf(() => codec.decode(damaged))).toBe('damaged');
        },
      ),
    );
    for (let length = 0; length < message.length; length += 1)
      expect(reasonOf(() => codec.decode(message.subarray(0, length)))).not.toBe('read');
  });

  it('gives a MessageError for any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        expect(reasonOf(() => codec.decode(bytes))).not.toBe('read');
      }),
    );
  });
});
