import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Atomic, type Column, longestLine, type Sequence } from '../../../dap/index.ts';
import {
  csvEncoder,
  csvHead,
  csvStyle,
  csvText,
  missingNumbers,
  textOfField,
} from '../../../server/formats/csv-rows.ts';

function sequenceOf(fields: readonly Atomic[]): Sequence {
  return { type: 'Sequence', name: 'sensor', fields: [...fields] };
}

/** One row as CSV. */
function line(fields: readonly Atomic[], cells: readonly (number | string)[]): string {
  const columns = cells.map(cell => [cell] as unknown as Column);
  return Buffer.from(csvEncoder(sequenceOf(fields))({ length: 1, columns }))
    .toString()
    .trimEnd();
}

describe('text in a CSV file', () => {
  it.each([
    ['=HYPERLINK("http://evil/","x")', `"'=HYPERLINK(""http://evil/"",""x"")"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(1)', `"'@SUM(1)"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    ['＝1', `"'＝1"`],
    ["'=1", `"''=1"`],
    ["'tis", "'tis"],
    ['1=1', '1=1'],
    ['a,b', '"a,b"'],
    ['', ''],
  ])('is no formula for a spreadsheet: %j', (text, field) => {
    expect(csvText(text)).toBe(field);
  });

  it('is the same text again when it is read', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '=', '-', 'a', '"', ',', '\n', '\t', '＠') }),
        text => {
          const [[field] = []] = parse(`${csvText(text)},x\n`) as string[][];
          expect(textOfField(field!)).toBe(text);
        },
      ),
    );
  });

  it('leaves numbers as they are', () => {
    const fields: Atomic[] = [
      { type: 'Float64', name: 'a' },
      { type: 'Int32', name: 'b' },
      { type: 'Float32', name: 'c' },
      { type: 'String', name: 'd' },
    ];
    expect(line(fields, [-1.5, -3, Math.fround(-0.1), '-x'])).toBe(`-1.5,-3,-0.1,"'-x"`);
    expect(line(fields, [Number.NEGATIVE_INFINITY, 0, Number.NaN, 'x'])).toBe('-Infinity,0,,x');
  });

  it('makes no formula of the name of a column', () => {
    const sequence = { type: 'Sequence', name: '=cmd', fields: [{ type: 'Float64', name: 'a' }] } as const;
    expect(csvHead({ ...sequence, fields: [...sequence.fields] })).toBe(`"'=cmd.a"`);
  });
});

describe('rows as CSV', () => {
  const sequence = sequenceOf([
    { type: 'Float64', name: 'time' },
    { type: 'Int32', name: 'count' },
    { type: 'Float32', name: 'level' },
  ]);
  const batch = {
    length: 3,
    columns: [
      Float64Array.of(1e9, 1e9 + 0.5, 1e9 + 1),
      Int32Array.of(1, -2147483648, 3),
      Float32Array.of(0.1, Number.NaN, -1e-9),
    ],
  };
  const attributes = new Map([
    ['sensor', new Map([['count', new Map([['_FillValue', { type: 'Int32', values: [-2147483648] }]])]])],
  ] as const);
  const missing = missingNumbers(sequence, attributes as never);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

  it('have an empty field where there is no value', () => {
    expect(text(csvEncoder(sequence, missing)(batch))).toBe(
      '1000000000,1,0.1\n1000000000.5,,\n1000000001,3,-1e-9\n',
    );
  });

  it('are those of a part of a batch, with the line ends of a file', () => {
    expect(text(csvEncoder(sequence, [], '\r\n')(batch, 2))).toBe('1000000001,3,-1e-9\r\n');
    expect(text(csvEncoder(sequence, [], '\r\n')(batch, 1, 2))).toBe('1000000000.5,-2147483648,\r\n');
  });

  it('fit into the memory that their longest line asks for', () => {
    const into = new Uint8Array(3 * longestLine(sequence, csvStyle(missing))!);
    const bytes = csvEncoder(sequence, missing)(batch, 0, 3, into);
    expect(bytes.buffer).toBe(into.buffer);
    expect(text(bytes)).toBe(text(csvEncoder(sequence, missing)(batch)));
  });
});
