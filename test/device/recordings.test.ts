import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordingRequest, readRecording } from '../../device/recordings/recording.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tables-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function columns(
  content: string | Uint8Array,
  { columns: names = ['t'], time, missing = [] }: Partial<RecordingRequest> = {},
) {
  const file = join(folder, 'table.csv');
  await writeFile(file, content);
  const { times, columns: values } = await readRecording(file, { columns: names, time, missing });
  return { times: times && Array.from(times), values: values.map(column => Array.from(column)) };
}
const valuesOf = async (content: string, wanted?: Partial<RecordingRequest>) =>
  (await columns(content, wanted)).values[0];

describe('a recording that was cut off', () => {
  it.each([
    ['in a number', 'time,t\n1,20.5\n2,21.5\n3,2'],
    ['between two numbers', 'time,t\n1,20.5\n2,21.5\n3'],
    ['behind a number that may be whole', 'time,t\n1,20.5\n2,21.5\n3,22.5'],
    ['before a line end of two characters', 'time,t\r\n1,20.5\r\n2,21.5\r\n3,22.5'],
    ['in the text of a Sequence', 'Dataset: d\ns.time, s.t\n1, 20.5\n2, 21.5\n3, 2'],
  ])('%s has the rows before', async (_where, text) => {
    expect(await valuesOf(text)).toEqual([20.5, 21.5]);
  });

  it('is also read line by line where it has megabytes in a line', async () => {
    const long = `time,t\n1,20.5${' '.repeat(3 * 2 ** 20)}\n2,21.5\n3,2${' '.repeat(2 ** 20)}`;
    expect(await valuesOf(long)).toEqual([20.5, 21.5]);
  });

  it('has no rows where that was in the first one', async () => {
    await expect(columns('time,t\n1,20.5')).rejects.toThrow(
      'table.csv: line 2: expected a row and its line end, found the end of the file in the row',
    );
  });
});

describe('a decimal comma', () => {
  it.each([
    ['between semicolons', 'time;t\n1;20,5\n2;-0,25\n3;,5\n4;7,\n5;2,05e1\n6;8\n'],
    ['between tabs', 'time\tt\n1\t20,5\n2\t-0,25\n3\t,5\n4\t7,\n5\t2,05e1\n6\t8\n'],
    ['in quotes between semicolons', 'time;t\n1;"20,5"\n2;"-0,25"\n3;",5"\n4;"7,"\n5;"2,05e1"\n6;"8"\n'],
  ])('%s is one', async (_where, text) => {
    expect(await valuesOf(text)).toEqual([20.5, -0.25, 0.5, 7, 20.5, 8]);
  });

  it('is understood in a column beside another with decimal points', async () => {
    const text = 'time;t;u\n1000.5;20,5;1.25\n1001.5;20,25;1.5\n';
    expect((await columns(text, { columns: ['t', 'u'], time: 'time' })).values).toEqual([
      [20.5, 20.25],
      [1.25, 1.5],
    ]);
  });

  it('with three digits is a decimal mark between semicolons if all values have it', async () => {
    expect(await valuesOf('time;t\n1;20,125\n2;20,250\n')).toEqual([20.125, 20.25]);
    expect(await valuesOf('time;t\n1;20,125\n2;20,25\n3;20\n')).toEqual([20.125, 20.25, 20]);
    expect(await valuesOf('time;t\n1;0,125\n2;1\n')).toEqual([0.125, 1]);
  });

  it.each([
    ['time,t\n1,20,5\n', 'line 2: expected 2 fields, found 3; a decimal comma needs a semicolon or a tab'],
    ['sep=;\ntime;t\n1;20,5\n', 'expected a line of names first, found sep=;, which is for Excel alone'],
    ['t\n20,5\n', 'line 2: expected 1 field, found 2; a decimal comma needs a semicolon or a tab'],
    [
      'time,t\n1,"20,5"\n',
      'line 2, column t: expected a number or a time, found "20,5"; write 20.5, or put ";" between the fields',
    ],
    [
      'time;t\n1;20,5\n2;20.5\n',
      'line 3, column t: expected a number or a time, found "20.5"; the column has "20,5" in line 2',
    ],
    [
      'time;t\n1;20.5\n\n2;20,5\n',
      'line 4, column t: expected a number or a time, found "20,5"; the column has "20.5" in line 2',
    ],
    [
      'time;t\n1;998\n2;1,013\n',
      'line 3, column t: expected a number or a time, found "1,013"; it may be 1.013 or 1013',
    ],
    [
      'time\tt\n1\t1,012\n2\t1,013\n',
      'line 2, column t: expected a number or a time, found "1,012"; it may be',
    ],
    [
      'time;t;u\n1;1,012;2.5\n',
      'line 2, column t: expected a number or a time, found "1,012"; it may be 1.012 or 1012 beside "2.5"',
    ],
    [
      'time;t;u\n1;1.012;2,5\n',
      'line 2, column t: expected a number or a time, found "1.012"; it may be 1.012 or 1012 beside "2,5"',
    ],
  ])('is refused if it is ambiguous: %j', async (text, message) => {
    await expect(valuesOf(text)).rejects.toThrow(message);
  });
});

describe('the delimiter of a table', () => {
  it.each([
    ['a semicolon in a remark of a comma file', 'time,remark,t\n1,warm; windy,20.5\n2,"a, b; c",21\n'],
    ['a comma in a remark of a semicolon file', 'time;remark;t\n1;warm, windy;20,5\n2;"a; b";21\n'],
    ['commas and semicolons in a tab file', 'time\tremark\tt\n1\twarm, windy; wet\t20.5\n2\t\t21\n'],
    ['a quote within a text', 'time;tube 5";t\n1;he said "no";20,5\n2;"""x""";21\n'],
    ['names with the other delimiters in them', 'time;"remark, long, very, very";t\n1;a,b;20,5\n2;;21\n'],
    ['names of two lines', 'time;"remark\nof mine";t\n1;a;20,5\n2;;21\n'],
  ])('is known from the names: %s', async (_what, text) => {
    expect(await valuesOf(text)).toEqual([20.5, 21]);
  });

  it('gives the requested names', async () => {
    expect(await valuesOf('a, b, c, d;t\nx;3,5\n')).toEqual([3.5]);
  });

  it('is named in the error if rows have another than the names', async () => {
    await expect(valuesOf('time;t\n1,2\n')).rejects.toThrow(
      'line 2: expected 2 fields, found 1; between the names is a semicolon, between these fields a comma',
    );
  });

  it('is found with any ends of lines', async () => {
    const text = 'time;t\r\n1;20,5\n2;21,5\r3;22,5\r\n\r\n4;warm\n';
    await expect(valuesOf(text)).rejects.toThrow(
      'line 6, column t: expected a number or a time, found "warm"',
    );
    expect(await valuesOf(text.replace('warm', '23'))).toEqual([20.5, 21.5, 22.5, 23]);
  });
});

describe('a number', () => {
  it.each(['1.234,5', '1 234.5', "1'234", '1,234,567', '1.234.567', '1 234,5', '1\u00a0234'])(
    'with separators of thousands is refused: %j',
    async text => {
      await expect(valuesOf(`time;t\n1;${text}\n`)).rejects.toThrow(
        /line 2, column t: expected a number or a time, found ".*without separators of thousands/,
      );
    },
  );

  it.each([
    ['20.5 C', 'found "20.5 C"; write the number alone, without a unit'],
    ['20.5°C', 'without a unit'],
    ['45%', 'without a unit'],
    ['1e', 'found "1e"'],
    ['0x1F', 'found "0x1F"; write it as a decimal number'],
    ['1_000', 'found "1_000"'],
    ['20.5.1', 'found "20.5.1"'],
    ['12:30', 'found "12:30"'],
    ['true', 'found "true"'],
    ['1e999', 'expected a number that a Float64 can hold, found "1e999"'],
    ['21.11.2026', 'found "21.11.2026"; write times as 2026-11-21T10:00:00Z'],
    ['\u221220.5', 'found "\u221220.5" with U+2212 MINUS SIGN as its character 1'],
    ['20\u200b.5', 'found "20\\u200b.5" with U+200B ZERO WIDTH SPACE as its character 3'],
  ])('is read whole or not at all: %j', async (text, message) => {
    await expect(valuesOf(`time;t\n1;${text}\n`)).rejects.toThrow(`line 2, column t: expected`);
    await expect(valuesOf(`time;t\n1;${text}\n`)).rejects.toThrow(message);
  });

  it('is missing for an empty field, a word for it, or one of `missing`', async () => {
    const text = 'time,t\n1,\n2,NaN\n3,-\n4,-999\n5,+.5e1\n6,-inf\n';
    expect(await valuesOf(text)).toEqual([NaN, NaN, NaN, -999, 5, Number.NEGATIVE_INFINITY]);
    expect(await valuesOf(text, { missing: [-999] })).toEqual([
      NaN,
      NaN,
      NaN,
      NaN,
      5,
      Number.NEGATIVE_INFINITY,
    ]);
  });

  it.each([
    ['time,t,t\n1,2,3\n', 'expected one column "t", found it as column 2 and 3'],
    ['Time;T\n1;2\n', 'expected a column "t", found Time, T; did you mean "T"?'],
    ['time,t\n1,"2\n2,3\n', 'expected a closing quote before the end of the file, found none'],
    ['time,t\r\n', 'expected rows, found a line of names alone'],
    ['time,t', 'expected rows, found a line of names alone'],
  ])('has one column, under its name: %j', async (text, message) => {
    await expect(valuesOf(text)).rejects.toThrow(message);
  });
});

describe('a time', () => {
  const timesOf = async (text: string) => (await columns(text, { time: 'time' })).times;

  it('keeps its microseconds', async () => {
    const text =
      'time,t\n2026-11-21T10:00:00.000001Z,1\n2026-11-21T10:00:00.000002Z,2\n2026-11-21 11:00:00.123456+01,3\n';
    expect(await timesOf(text)).toEqual([1795255200.000001, 1795255200.000002, 1795255200.123456]);
  });

  it.each(['Z', 'z', '', '+00', '+0000', '+00:00', '-00:00'])('is in UTC with %j', async zone => {
    expect(await timesOf(`time,t\n2026-11-21T10:00:00${zone},1\n2026-11-21t10:01${zone},1\n`)).toEqual([
      1795255200, 1795255260,
    ]);
  });

  it.each([
    [
      '2026-02-30T00:00:00Z',
      'expected a date and time that exist, such as 2026-11-21T10:00:00Z (2026-02 has 28 days), found "2026-02-30T00:00:00Z"',
    ],
    ['2026-11-21T24:00:00Z', 'midnight is 00:00 of the next day'],
    ['2026-11-21T25:00Z', 'an hour is 00 to 23'],
    ['2026-06-30T23:59:60Z', 'leap seconds do not count'],
    ['2026-13-01', 'a month is 01 to 12'],
    ['2026-11-21T10:00:00+24', 'an offset is'],
    ['"2026-11-21T10:00:00,5"', 'with a point before a fraction, found "2026-11-21T10:00:00,5"'],
    ['2026-11-21T1:00', 'expected a date and time such as 2026-11-21T10:00:00Z, found "2026-11-21T1:00"'],
    [
      '1795255200000',
      'expected a time in seconds since 1970, before the year 3000, found 1795255200000; if these are milliseconds, divide them by 1000',
    ],
    ['1795255200000000', 'if these are microseconds, divide them by 1000000'],
    ['1795255200000000000', 'if these are nanoseconds, divide them by 1000000000'],
    ['', 'expected a time in the column time, found no value'],
    ['inf', 'before the year 3000'],
  ])('is refused if it does not exist or is in another unit: %j', async (text, message) => {
    await expect(timesOf(`time,t\n${text},1\n`)).rejects.toThrow(message);
  });
});

describe('another encoding', () => {
  it.each([
    [
      'UTF-16 with a mark',
      Buffer.from('\ufefftime,t\n1,2\n', 'utf16le'),
      'expected UTF-8, found UTF-16; save it',
    ],
    ['UTF-16 without one', Buffer.from('time,t\n1,2\n', 'utf16le'), 'found UTF-16 without a byte order mark'],
    ['big-endian UTF-16', Buffer.from('\ufefftime,t\n1,2\n', 'utf16le').swap16(), 'found UTF-16'],
    [
      'Windows-1252',
      Buffer.from('time,t\n1,2\n2,20 \u00b0\n', 'latin1'),
      'line 3: expected UTF-8, found another encoding, such as Windows-1252 (the byte 0xB0, "°" there); save it as UTF-8, or: iconv -f Windows-1252 -t UTF-8 FILE',
    ],
    [
      'a character that is cut off',
      Buffer.concat([Buffer.from('time,t\r1,2\r'), Buffer.from([0xc3])]),
      'line 3: expected UTF-8',
    ],
    [
      'NUL bytes',
      Buffer.concat([Buffer.from('time,t\n1,2\n'), Buffer.alloc(100)]),
      'line 3: expected UTF-8, found NUL bytes',
    ],
  ])('is named: %s', async (_what, bytes, message) => {
    await expect(columns(bytes)).rejects.toThrow(message);
  });

  it('is not seen in characters that lie across two pieces of a file', async () => {
    const lines = Array.from({ length: 40_000 }, (_, row) => `${row},grün ✓ 😀\r\n`).join('');
    const { values } = await columns(`\ufefft,remark\r\n${lines}`);
    expect(values[0]).toEqual(Array.from({ length: 40_000 }, (_, row) => row));
  });
});
