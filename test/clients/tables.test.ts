import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csv } from '../../server/formats/csv.ts';
import { ndjson } from '../../server/formats/ndjson.ts';
import { anyRow } from '../server/formats/any-rows.ts';
import { type TypedRow, written } from '../server/formats/typed-rows.ts';
import { describeWith } from '../tools.ts';

/** Debian's Python, for which it has packages; another one may come first in PATH. */
const PYTHON = '/usr/bin/python3';

const COUNT = 400;

/** Rows of every kind, with times that have microseconds: databases round times to those. */
const ROWS: readonly TypedRow[] = fc
  .sample(anyRow(), { numRuns: COUNT, seed: 2013 })
  .map(([, temperature, ...rest], index) => [1_795_867_200 + index + 0.000001, temperature, ...rest]);

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-tables-'));
  writeFileSync(file('units.csv'), await written(csv, ROWS));
  writeFileSync(file('rows.csv'), await written(csv, ROWS, { header: 'names' }));
  writeFileSync(file('rows.ndjson'), await written(ndjson, ROWS));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The rows as a reader that writes JSON has found them: `[MICROSECONDS, count, total, level, flag, note]`. */
const WHOLE = ROWS.map(([time, , , count, total, level, flag, note]) => [
  Math.round(time * 1e6),
  count === -2147483648 ? null : count,
  total,
  level,
  flag,
  note,
]);
const noted = (note: string) => (/^'*[=\r\n]/.test(note) ? `'${note}` : note);
/** As CSV has them, where an empty text is no value, and formulas are harmless. */
const IN_CSV = WHOLE.map(row => [...row.slice(0, 5), noted(row[5] as string)]);

describe('rows as CSV and JSON lines', () => {
  it('are read by DuckDB', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = async (table: string) => {
      const columns = `epoch_us("time"), "count", total, level, flag, coalesce(note, '')`;
      const reader = await connection.runAndReadAll(`SELECT ${columns} FROM ${table}`);
      return reader
        .getRows()
        .map(row => row.map(value => (typeof value === 'bigint' ? Number(value) : value)));
    };
    const types = `types = {'time': 'TIMESTAMPTZ', 'note': 'VARCHAR'}`;
    expect(await read(`read_csv('${file('rows.csv')}', header = true, ${types})`)).toEqual(IN_CSV);
    expect(
      await read(
        `read_json('${file('rows.ndjson')}', format = 'newline_delimited', columns = {time: 'TIMESTAMPTZ', count: 'INTEGER', total: 'UBIGINT', level: 'INTEGER', flag: 'INTEGER', note: 'VARCHAR'})`,
      ),
    ).toEqual(WHOLE);
  });

  describeWith('pandas', 'with pandas', () => {
    it('are read by pandas', () => {
      const program = `
import json, sys
import pandas
frame = pandas.read_csv(sys.argv[1], parse_dates=['time'], keep_default_na=False, na_values={name: [''] for name in ['temperature', 'humidity', 'count']}, float_precision='round_trip')
assert str(frame['time'].dtype) == 'datetime64[ns, UTC]', frame['time'].dtype
assert [frame[name].dtype.kind for name in ['temperature', 'humidity', 'total']] == ['f', 'f', 'i'], frame.dtypes
rows = zip((frame['time'].astype('int64') // 1000), frame['count'], frame['total'], frame['level'], frame['flag'], frame['note'])
print(json.dumps([[int(t), None if c != c else int(c), int(a), int(b), int(f), n] for t, c, a, b, f, n in rows]))
units = pandas.read_csv(sys.argv[2])
assert list(units.columns)[:3] == ['time', 'temperature (degree_Celsius)', 'humidity (percent)'], units.columns
`;
      const printed = execFileSync(PYTHON, ['-c', program, file('rows.csv'), file('units.csv')], {
        encoding: 'utf8',
        maxBuffer: 1e8,
      });
      expect(JSON.parse(printed)).toEqual(IN_CSV);
    });
  });

  describeWith('jq', 'with jq', () => {
    it('are read by jq', () => {
      const filter = '[.count, .total, .level, .flag, .note]';
      const printed = execFileSync('jq', ['-c', filter, file('rows.ndjson')], { encoding: 'utf8' });
      const lines = printed.trimEnd().split('\n');
      expect(lines.map(line => JSON.parse(line))).toEqual(WHOLE.map(row => row.slice(1)));
    });
  });

  it('are read by the csv module of Python', () => {
    const program = `
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8') as file:
    print(json.dumps([row for row in csv.reader(file, strict=True)]))
`;
    const printed = execFileSync('python3', ['-c', program, file('rows.csv')], {
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    const [names, ...read] = JSON.parse(printed) as string[][];
    expect(names).toHaveLength(8);
    expect(read.map(fields => fields.at(-1))).toEqual(IN_CSV.map(row => row.at(-1)));
  });
});
