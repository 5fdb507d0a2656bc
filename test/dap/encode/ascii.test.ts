import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiEncoder, asciiHeader, longestAsciiRow } from '../../../dap/encode/index.ts';
import type { Batch } from '../../../dap/model/value.ts';
import type { DapDataset, Sequence } from '../../../dap/model/variable.ts';

/** The rows as one text. */
function asciiRows(of: Sequence, batch: Batch): string {
  return new TextDecoder().decode(asciiEncoder(of)(batch));
}

const sequence: Sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: [
    { type: 'Float64', name: 'time' },
    { type: 'Float32', name: 'voltage' },
    { type: 'String', name: 'state' },
  ],
};

function column(type: 'Float32' | 'Float64', values: readonly number[]): string[] {
  const typed = type === 'Float32' ? Float32Array.from(values) : Float64Array.from(values);
  const of: Sequence = { type: 'Sequence', name: 's', fields: [{ type, name: 'x' }] };
  return asciiRows(of, { length: values.length, columns: [typed] })
    .split('\n')
    .slice(0, -1);
}

describe('the ASCII header', () => {
  it('is the DDS, 45 dashes and the names of the columns', () => {
    expect(asciiHeader({ name: 'roberrypi', variables: [sequence] })).toBe(
      `Dataset {
    Sequence {
        Float64 time;
        Float32 voltage;
        String state;
    } sensor;
} roberrypi;
---------------------------------------------
sensor.time, sensor.voltage, sensor.state
`,
    );
  });

  it('has the names as the DDS has them', () => {
    const named: DapDataset = {
      name: 'd',
      variables: [{ type: 'Sequence', name: 'a b', fields: [{ type: 'Byte', name: 'µ' }] }],
    };
    expect(asciiHeader(named)).toMatch(/\na%20b\.%C2%B5\n$/);
  });

  it.each<[string, DapDataset['variables'], string]>([
    ['without a variable', [], 'd: expected one Sequence to print as ASCII, found no variable'],
    [
      'with two',
      [sequence, { type: 'Int32', name: 'n' }],
      'd: expected one Sequence to print as ASCII, found Sequence sensor, Int32 n',
    ],
    [
      'with a Sequence of more than numbers and strings',
      [{ ...sequence, fields: [{ type: 'Structure', name: 'st', fields: [] }] }],
      'sensor.st: expected a number or a string to print as text, found Structure',
    ],
  ])('is refused for a dataset %s', (_, variables, message) => {
    expect(() => asciiHeader({ name: 'd', variables })).toThrow(new TypeError(message));
  });
});

describe('ASCII rows', () => {
  it('are one a line, strings in quotes', () => {
    const columns = [
      Float64Array.of(1795222000.123456, 1795222001),
      Float32Array.of(3.3, 0.1),
      ['on', 'say "hi"\n\\'],
    ];
    expect(asciiRows(sequence, { length: 2, columns })).toBe(
      '1795222000.123456, 3.3, "on"\n1795222001, 0.1, "say \\"hi\\"\\n\\\\"\n',
    );
    expect(asciiRows(sequence, { length: 0, columns })).toBe('');
  });

  it('can be some of those of a batch, in memory that the caller gives', () => {
    const of: Sequence = { ...sequence, fields: sequence.fields.slice(0, 2) };
    const batch = { length: 3, columns: [Float64Array.of(1, 2.5, -3), Float32Array.of(0.1, 1e-7, 7)] };
    const into = new Uint8Array(3 * longestAsciiRow(of)!).fill(0x39);
    const rows = asciiEncoder(of)(batch, 1, 3, into);
    expect(new TextDecoder().decode(rows)).toBe('2.5, 1e-7\n-3, 7\n');
    expect([rows.buffer, rows.byteOffset]).toEqual([into.buffer, 0]);
    const small = asciiEncoder(of)(batch, 1, 3, new Uint8Array(10));
    expect(small).toEqual(rows);
  });

  it('take no more bytes each than is said', () => {
    const of: Sequence = { type: 'Sequence', name: 's', fields: [{ type: 'Float64', name: 'x' }] };
    expect(longestAsciiRow(sequence)).toBeUndefined();
    const longest = longestAsciiRow(of)!;
    fc.assert(
      fc.property(fc.double(), value => {
        expect(asciiRows(of, { length: 1, columns: [Float64Array.of(value)] }).length).toBeLessThanOrEqual(
          longest,
        );
      }),
    );
  });

  it('have NaN, Infinity and the sign of zero', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0];
    for (const type of ['Float32', 'Float64'] as const) {
      expect(column(type, values)).toEqual(['NaN', 'Infinity', '-Infinity', '-0', '0']);
    }
  });

  it('have each Float32 in as few digits as it needs', () => {
    const values = [0.1, -0.1, 16777216, 3.4028235e38, 1.17549435e-38, 1e-45, 1 / 3, 100, 1e10, 21.5, 8.5e-6];
    expect(column('Float32', values)).toEqual(
      ['0.1', '-0.1', '16777216', '3.4028235e+38', '1.1754944e-38', '1e-45', '0.33333334'].concat([
        '100',
        '10000000000',
        '21.5',
        '0.0000085',
      ]),
    );
  });

  it('have numbers that read back to the same numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true })),
        fc.array(fc.double({ noNaN: true })),
        (floats, doubles) => {
          expect(column('Float32', floats).map(text => Math.fround(Number(text)))).toEqual(floats);
          expect(column('Float64', doubles).map(Number)).toEqual(doubles);
        },
      ),
    );
  });

  it('have each Float64 as JavaScript itself would print it', () => {
    const decimal = fc.tuple(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), fc.integer({ min: 0, max: 22 }));
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      decimal.map(([digits, places]) => digits / 10 ** places),
      fc.integer({ min: 0, max: 2 ** 31 }).map(steps => steps / 1024),
      fc.nat({ max: 4_000_000_000 }).map(microseconds => 1_795_222_000 + microseconds / 1e6),
      fc.constantFrom(
        2 ** 51,
        2 ** 53,
        2 ** 53 - 1,
        1e21,
        1e-6,
        1e-7,
        0.000001234,
        1e15 + 0.5,
        4.35,
        0.3,
        5e-324,
      ),
    );
    fc.assert(
      fc.property(fc.array(value), values => {
        expect(column('Float64', values)).toEqual(
          values.map(number => (Object.is(number, -0) ? '-0' : String(number))),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('have no Float32 that fewer digits would also give', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: 2 ** -126 }), value => {
        const [text] = column('Float32', [value]) as [string];
        const digits = text
          .replace(/e.*/, '')
          .replace(/[-.]/g, '')
          .replace(/^0+|0+$/g, '').length;
        // Powers of two are left out: three of them have a digit too many.
        if (digits < 2 || Number.isInteger(Math.log2(value))) return;
        expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused where a column is missing or short', () => {
    const { fields } = sequence;
    const time = { ...sequence, fields: fields.slice(0, 1) };
    expect(() => asciiRows(time, { length: 2, columns: [Float64Array.of(1)] })).toThrow(
      'sensor.time: expected 2 values, found 1',
    );
    expect(() => asciiRows(time, { length: 2, columns: [] })).toThrow(
      'sensor.time: expected 2 values, found no column',
    );
  });
});
