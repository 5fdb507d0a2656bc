import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Atomic, Column, FollowedRows } from '../../../dap/index.ts';
import { csvHead, csvRow, csvText, textOfField } from '../../../server/pull/csv.ts';

function rows(fields: readonly Atomic[], cells: readonly (number | string)[]): FollowedRows {
  const columns = cells.map(cell => [cell] as unknown as Column);
  return { sequence: { type: 'Sequence', name: 'sensor', fields: [...fields] }, length: 1, columns };
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
    expect(csvRow(rows(fields, [-1.5, -3, Math.fround(-0.1), '-x']), 0)).toBe(`-1.5,-3,-0.1,"'-x"`);
    expect(csvRow(rows(fields, [Number.NEGATIVE_INFINITY, 0, Number.NaN, 'x']), 0)).toBe('-Infinity,0,,x');
  });

  it('makes no formula of the name of a column', () => {
    const sequence = { type: 'Sequence', name: '=cmd', fields: [{ type: 'Float64', name: 'a' }] } as const;
    expect(csvHead({ ...sequence, fields: [...sequence.fields] })).toBe(`"'=cmd.a"`);
  });
});
