import { describe, expect, it } from 'vitest';
import { encodeHeader, encodeValue } from '../../../dap/encode/index.ts';
import type { Value } from '../../../dap/model/value.ts';
import type { ArrayVariable, AtomicType, Variable } from '../../../dap/model/variable.ts';

/** Bytes in groups of four, as hexadecimal. */
function hex(bytes: Uint8Array): string {
  return (
    Buffer.from(bytes)
      .toString('hex')
      .toUpperCase()
      .match(/.{1,8}/g) ?? []
  ).join(' ');
}

function array(type: AtomicType, ...sizes: number[]): ArrayVariable {
  return {
    type: 'Array',
    name: 'a',
    element: { type, name: 'a' },
    dimensions: sizes.map(size => ({ size })),
  };
}

describe('the header', () => {
  it('is the DDS and the line `Data:`, with line feeds alone', () => {
    const dataset = {
      name: 'roberrypi',
      variables: [
        {
          type: 'Sequence',
          name: 'sensor',
          fields: [
            { type: 'Float64', name: 'time' },
            { type: 'Float64', name: 'voltage' },
          ],
        },
      ],
    } as const;
    expect(new TextDecoder().decode(encodeHeader(dataset))).toBe(
      'Dataset {\n    Sequence {\n        Float64 time;\n        Float64 voltage;\n    } sensor;\n} roberrypi;\nData:\n',
    );
  });
});

describe('a value', () => {
  it.each<[AtomicType, Value, string]>([
    ['Byte', 255, '000000FF'],
    ['Int16', -2, 'FFFFFFFE'],
    ['UInt16', 65520, '0000FFF0'],
    ['Int32', -2, 'FFFFFFFE'],
    ['UInt32', 4294967295, 'FFFFFFFF'],
    ['Float32', 0.1, '3DCCCCCD'],
    ['Float64', 1369890699, '41D469B7 E2C00000'],
    ['Float64', Number.NaN, '7FF80000 00000000'],
    ['String', '', '00000000'],
    ['String', 'pi', '00000002 70690000'],
    ['String', 'µC°', '00000005 C2B543C2 B0000000'],
    ['Url', 'http', '00000004 68747470'],
  ])('%s %s is %s', (type, value, bytes) => {
    expect(hex(encodeValue({ type, name: 'x' }, value))).toBe(bytes);
  });

  it.each<[string, Variable, Value, string]>([
    [
      'numbers: its length twice, each number as if it were alone',
      array('Int16', 3),
      Int16Array.of(1, -1, 2),
      '00000003 00000003 00000001 FFFFFFFF 00000002',
    ],
    [
      'numbers in several dimensions: the product, the last index running fastest',
      array('Float64', 2, 1),
      Float64Array.of(1, 2),
      '00000002 00000002 3FF00000 00000000 40000000 00000000',
    ],
    [
      'bytes: packed and padded',
      array('Byte', 5),
      Uint8Array.of(1, 2, 3, 4, 5),
      '00000005 00000005 01020304 05000000',
    ],
    ['strings: its length once', array('String', 2), ['a', ''], '00000002 00000001 61000000 00000000'],
    ['nothing: its length twice all the same', array('Int32', 0), new Int32Array(0), '00000000 00000000'],
    [
      'Structures: its length once',
      {
        type: 'Array',
        name: 's',
        element: {
          type: 'Structure',
          name: 's',
          fields: [
            { type: 'Byte', name: 'b' },
            { type: 'String', name: 't' },
          ],
        },
        dimensions: [{ size: 2 }],
      },
      [
        [1, 'x'],
        [2, ''],
      ],
      '00000002 00000001 00000001 78000000 00000002 00000000',
    ],
  ])('an array of %s', (_, variable, value, bytes) => {
    expect(hex(encodeValue(variable, value))).toBe(bytes);
  });

  it('of a Grid is its array, then its maps', () => {
    const map = array('Int32', 2);
    const grid: Variable = { type: 'Grid', name: 'g', array: array('Float32', 2), maps: [map] };
    expect(hex(encodeValue(grid, [Float32Array.of(1, 2), Int32Array.of(10, 20)]))).toBe(
      '00000002 00000002 3F800000 40000000 00000002 00000002 0000000A 00000014',
    );
  });

  it('may be plain numbers where there is no typed array', () => {
    expect(hex(encodeValue(array('UInt16', 2), [1, 65535]))).toBe('00000002 00000002 00000001 0000FFFF');
    expect(hex(encodeValue(array('Byte', 2), Float64Array.of(1, 255)))).toBe('00000002 00000002 01FF0000');
  });
});

describe('a value that does not fit is refused with its name and place', () => {
  const structure: Variable = {
    type: 'Structure',
    name: 'st',
    fields: [
      { type: 'Int16', name: 'i' },
      { type: 'String', name: 's' },
    ],
  };
  const sequence: Variable = { type: 'Sequence', name: 'sensor', fields: [{ type: 'UInt32', name: 'n' }] };

  it.each<[Variable, Value, string]>([
    [structure, [32768, 'x'], 'st.i: expected a whole number from -32768 to 32767 (Int16), found 32768'],
    [structure, [1.5, 'x'], 'st.i: expected a whole number from -32768 to 32767 (Int16), found 1.5'],
    [structure, [Number.NaN, 'x'], 'st.i: expected a whole number from -32768 to 32767 (Int16), found NaN'],
    [structure, [1, 2], 'st.s: expected text (String), found 2'],
    [structure, [1], 'st: expected a list of 2 values, found a list of 1'],
    [structure, 7, 'st: expected a list of 2 values, found 7'],
    [
      { type: 'Float64', name: 'f' },
      'a sentence that is far too long to be printed whole',
      'f: expected a number (Float64), found "a sentence that is far too long to be pr..."',
    ],
    [array('Float32', 2, 2), Float32Array.of(1, 2, 3), 'a: expected 4 values, found Float32Array of 3'],
    [array('Float32', 1), 'x', 'a: expected 1 values, found "x"'],
    [array('Byte', 2), [1, 256], 'a[1]: expected a whole number from 0 to 255 (Byte), found 256'],
    [array('String', 2), ['x', 1], 'a[1]: expected text (String), found 1'],
    [sequence, 1, 'sensor: expected a batch of rows, found 1'],
    [sequence, { length: 1, columns: [] }, 'sensor: expected 1 columns, found 0'],
    [sequence, { length: 2, columns: [Uint32Array.of(1)] }, 'sensor.n: expected 2 values, found 1'],
    [
      sequence,
      { length: 2, columns: [Float64Array.of(1, -1)] },
      'sensor.n[1]: expected a whole number from 0 to 4294967295 (UInt32), found -1',
    ],
  ])('%#: %o', (variable, value, message) => {
    expect(() => encodeValue(variable, value)).toThrow(new TypeError(message));
  });
});
