import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { csvOf } from '../../../web/export/csv.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const DDS = 'Dataset { Sequence { Float64 time; Int16 packed; Float64 air; String note; } s; } d;';
const DAS = `Attributes { s {
  time { String units "seconds since 1970-01-01"; }
  packed { String units "degree_Celsius"; Float64 scale_factor 0.5; Float64 add_offset 10; Int16 _FillValue -1; }
  air { Float64 missing_value -99; }
} }`;

describe('CSV that the browser makes', () => {
  const dataset = parseDds(DDS);
  const description = describeDataset(dataset, parseDas(DAS));
  const columns = [
    Float64Array.of(1_795_867_200.25, 1_795_867_201),
    Int16Array.of(5, -1),
    Float64Array.of(-99, 0.1),
    ['=1+1, "x"', 'dry'],
  ];

  it('unpacks numbers, leaves missing values empty, and quotes text that a spreadsheet would run', () => {
    expect(csvOf(description, { dataset, values: [{ length: 2, columns }] })).toBe(
      'time,packed (°C),air,note\n' +
        '2026-11-28T12:00:00.25Z,12.5,,"\'=1+1, ""x"""\n' +
        '2026-11-28T12:00:01Z,,0.1,dry\n',
    );
  });

  it('writes single precision with the digits that tell the numbers apart', () => {
    const narrow = parseDds('Dataset { Sequence { Float32 air; Float32 packed; } s; } d;');
    const packed = parseDas('Attributes { s { packed { Float64 scale_factor 2; } } }');
    const values = [{ length: 2, columns: [Float32Array.of(25.3, 1e9), Float32Array.of(0.5, -0)] }];
    expect(csvOf(describeDataset(narrow, packed), { dataset: narrow, values })).toBe(
      'air,packed\n25.3,1\n1000000000,0\n',
    );
  });

  it('writes packed numbers with the digits of their scale, and computed scales with all digits', () => {
    const whole = parseDds('Dataset { Sequence { Int16 a; Int16 b; } s; } d;');
    const scales = parseDas(
      'Attributes { s { a { Float64 scale_factor -0.01; Float64 add_offset 10; } b { Float64 scale_factor 0.333333333333; } } }',
    );
    const values = [{ length: 2, columns: [Int16Array.of(1235, 1000), Int16Array.of(1, 3)] }];
    expect(csvOf(describeDataset(whole, scales), { dataset: whole, values })).toBe(
      'a,b\n-2.35,0.333333333333\n0,0.9999999999990001\n',
    );
  });

  it('leaves a time empty that is missing or that no calendar has', () => {
    const das =
      'Attributes { s { time { String units "days since 1970-01-01"; Float64 _FillValue -9999; } } }';
    const values = [{ length: 3, columns: [Float64Array.of(1, -9999, 9.96921e36), Int16Array.of(1, 2, 3)] }];
    const short = parseDds('Dataset { Sequence { Float64 time; Int16 n; } s; } d;');
    expect(csvOf(describeDataset(short, parseDas(das)), { dataset: short, values })).toBe(
      'time,n\n1970-01-02T00:00:00Z,1\n,2\n,3\n',
    );
  });

  it.each([
    ['seconds since 1970-01-01', 1_795_867_200.123456, '2026-11-28T12:00:00.123456Z'],
    ['seconds since 1970-01-01', -0.000001, '1969-12-31T23:59:59.999999Z'],
    ['milliseconds since 1970-01-01', 1_795_867_200_001.5, '2026-11-28T12:00:00.0015Z'],
    // 11:40, which no binary fraction of a day is.
    ['days since 1970-01-01', 20_785 + 35 / 72, '2026-11-28T11:40:00Z'],
    ['hours since 1900-01-01', 1_112_315 + 2 / 3, '2026-11-22T11:40:00Z'],
  ])('writes the time of %s %d with all digits that it has', (units, time, text) => {
    const das = `Attributes { s { time { String units "${units}"; } } }`;
    const short = parseDds('Dataset { Sequence { Float64 time; Int16 n; } s; } d;');
    const values = [{ length: 1, columns: [Float64Array.of(time), Int16Array.of(1)] }];
    expect(csvOf(describeDataset(short, parseDas(das)), { dataset: short, values })).toBe(
      `time,n\n${text},1\n`,
    );
  });

  it('is refused for an answer without rows', () => {
    const other = parseDds('Dataset { Int32 x; } d;');
    expect(() => csvOf(description, { dataset: other, values: [1] })).toThrow(
      'Expected the rows of a Sequence, found none',
    );
  });
});
