import { describe, expect, it } from 'vitest';
import { END_OF_SEQUENCE, encodeValue, rowEncoder } from '../../../dap/encode/index.ts';
import type { Batch } from '../../../dap/model/value.ts';
import type { Sequence } from '../../../dap/model/variable.ts';

function hex(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .toUpperCase()
      .match(/.{1,8}/g) ?? []
  ).join(' ');
}

const numbers: Sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: [
    { type: 'Float64', name: 'time' },
    { type: 'Byte', name: 'b' },
    { type: 'Int16', name: 'i' },
    { type: 'Float32', name: 'f' },
  ],
};
const batch: Batch = {
  length: 3,
  columns: [
    Float64Array.of(0, 1, 2),
    Uint8Array.of(1, 128, 255),
    Int16Array.of(1, -1, -32768),
    Float32Array.of(0, 0.5, 1),
  ],
};

describe('rows of numbers', () => {
  it('have the mark 5A before each, small integers in four bytes, and no end', () => {
    expect(hex(rowEncoder(numbers)(batch))).toBe(
      '5A000000 00000000 00000000 00000001 00000001 00000000 ' +
        '5A000000 3FF00000 00000000 00000080 FFFFFFFF 3F000000 ' +
        '5A000000 40000000 00000000 000000FF FFFF8000 3F800000',
    );
  });

  it('can be some of those of a batch', () => {
    const encode = rowEncoder(numbers);
    expect(encode(batch, 1)).toEqual(encode(batch).subarray(24));
    expect(encode(batch, 1, 2)).toEqual(encode(batch).subarray(24, 48));
    expect(encode(batch, 3)).toEqual(new Uint8Array(0));
  });

  it('can lie in columns longer than the batch', () => {
    const { columns } = batch;
    expect(rowEncoder(numbers)({ length: 1, columns })).toEqual(rowEncoder(numbers)(batch, 0, 1));
  });

  it('can lie in columns of other kinds, whose values are checked', () => {
    const encode = rowEncoder(numbers);
    const columns = batch.columns.map(column => [...(column as Float64Array)]);
    expect(encode({ length: 3, columns })).toEqual(encode(batch));
    columns[2]![1] = 40000;
    expect(() => encode({ length: 3, columns })).toThrow(
      'sensor.i[1]: expected a whole number from -32768 to 32767 (Int16), found 40000',
    );
    expect(encode({ length: 3, columns }, 2)).toEqual(encode(batch, 2));
  });

  it('are the same for few and for many rows', () => {
    const many = { length: 5000, columns: [Float64Array.from({ length: 5000 }, (_, i) => i)] };
    const sequence: Sequence = { ...numbers, fields: numbers.fields.slice(0, 1) };
    const encode = rowEncoder(sequence);
    const oneByOne = Array.from({ length: 5000 }, (_, i) => encode(many, i, i + 1));
    expect(Buffer.concat(oneByOne).equals(encode(many))).toBe(true);
  });

  it('are new bytes each time', () => {
    const encode = rowEncoder(numbers);
    const first = encode(batch);
    first.fill(0);
    expect(encode(batch)).not.toEqual(first);
  });
});

describe('memory that the caller gives', () => {
  it('takes the rows at its beginning, and ignores its old content', () => {
    const into = new Uint8Array(100).fill(0xff);
    const rows = rowEncoder(numbers)(batch, 1, 3, into);
    expect(rows).toEqual(rowEncoder(numbers)(batch, 1));
    expect([rows.buffer, rows.byteOffset]).toEqual([into.buffer, 0]);
    expect(into.subarray(rows.length)).toEqual(new Uint8Array(100 - rows.length).fill(0xff));
  });

  it('may be a part of more', () => {
    const all = new Uint8Array(200).fill(0xff);
    const rows = rowEncoder(numbers)(batch, 0, 3, all.subarray(50, 150));
    expect(rows).toEqual(rowEncoder(numbers)(batch));
    expect(all.subarray(50, 50 + rows.length)).toEqual(rows);
    expect([...all.subarray(0, 50), ...all.subarray(50 + rows.length)].every(byte => byte === 0xff)).toBe(
      true,
    );
  });

  it('is left alone where the rows do not fit into it', () => {
    const into = new Uint8Array(71);
    const rows = rowEncoder(numbers)(batch, 0, 3, into);
    expect(rows).toEqual(rowEncoder(numbers)(batch));
    expect(rows.buffer).not.toBe(into.buffer);
    expect(into).toEqual(new Uint8Array(71));
  });
});

describe('rows of anything', () => {
  const sequence: Sequence = {
    type: 'Sequence',
    name: 's',
    fields: [
      { type: 'String', name: 't' },
      {
        type: 'Array',
        name: 'a',
        element: { type: 'Byte', name: 'a' },
        dimensions: [{ size: 2 }],
      },
      { type: 'Sequence', name: 'q', fields: [{ type: 'Int32', name: 'i' }] },
    ],
  };
  const rows: Batch = {
    length: 2,
    columns: [
      ['x', ''],
      [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
      [
        { length: 1, columns: [Int32Array.of(-1)] },
        { length: 0, columns: [new Int32Array(0)] },
      ],
    ],
  };

  it('have the mark before each, and rows inside end with a mark of their own', () => {
    expect(hex(rowEncoder(sequence)(rows))).toBe(
      '5A000000 00000001 78000000 00000002 00000002 01020000 5A000000 FFFFFFFF A5000000 ' +
        '5A000000 00000000 00000002 00000002 03040000 A5000000',
    );
  });

  it('are the same in memory that the caller gives, padding included', () => {
    const into = new Uint8Array(500).fill(0xff);
    expect(rowEncoder(sequence)(rows, 0, 2, into)).toEqual(rowEncoder(sequence)(rows));
    expect(rowEncoder(sequence)(rows, 0, 2, new Uint8Array(10).fill(0xff))).toEqual(
      rowEncoder(sequence)(rows),
    );
  });

  it('and the end mark are the value of the whole Sequence', () => {
    const whole = Buffer.concat([rowEncoder(sequence)(rows), END_OF_SEQUENCE]);
    expect(hex(encodeValue(sequence, rows))).toBe(hex(whole));
    expect(hex(END_OF_SEQUENCE)).toBe('A5000000');
  });
});

describe('rows that are not there are refused', () => {
  it.each([
    [0, 4],
    [2, 1],
    [-1, 1],
    [0.5, 1],
    [0, Number.NaN],
    [0, 1e300],
    [-1e300, 1],
  ])('from %d to %d', (from, to) => {
    expect(() => rowEncoder(numbers)(batch, from, to)).toThrow(
      new RangeError(`sensor: expected rows from 0 to 3, found ${from} to ${to}`),
    );
  });
});
