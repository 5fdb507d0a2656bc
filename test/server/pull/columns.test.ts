import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, table } from './pull-site.ts';
import { type TableColumn, TIME, VALUE } from './table.ts';

pullSites();

const past = (column = 'time', most = 27_500) => `${table.url}?&${column}>=0&${column}<=${most}`;
const endless = () => `${table.url}?&time>=0`;
const B: TableColumn = { name: 'b', type: 'Float32' };
const NOTE: TableColumn = { name: 'note', type: 'String' };

describe('the time', () => {
  it.each([
    [
      'text comes first',
      [NOTE, TIME, VALUE],
      [
        ['x', 1000, 1],
        ['y', 1001, 2],
        ['z', 1002, 3],
      ],
      'time',
    ],
    [
      'a number that is missing comes first',
      [VALUE, TIME],
      [
        [Number.NaN, 1000],
        [1, 1001],
        [2, 1002],
      ],
      'time',
    ],
    [
      'its name is another',
      [VALUE, { name: 'obs', type: 'Float64', units: 'seconds since 1970-01-01' }],
      [
        [1, 1000],
        [2, 1001],
        [3, 1002],
      ],
      'obs',
    ],
    [
      'it counts days',
      [{ name: 'day', type: 'Float64', units: 'days since 1950-01-01' }, VALUE],
      [
        [27_000.25, 1],
        [27_000.5, 2],
        [27_001, 3],
      ],
      'day',
    ],
    [
      'it counts whole milliseconds',
      [{ name: 'ms', type: 'Float64', units: 'milliseconds since 2026-01-01' }, VALUE],
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
      'ms',
    ],
    [
      'the DAS says nothing',
      [VALUE, { name: 'time', type: 'Int32' }],
      [
        [1, 1000],
        [2, 1001],
        [3, 1002],
      ],
      'time',
    ],
  ] as const)('is found where %s', async (_, columns, rows, name) => {
    table.columns = columns;
    table.rows = rows.map(row => [...row]);
    const first = await folder.run(past(name), '--output', 'p.csv', '--rows', '2');
    expect(first).toEqual({ code: 0, stdout: '', stderr: 'dapberry: 2 rows written\n' });
    expect(await folder.run(past(name), '--output', 'p.csv')).toMatchObject({ code: 0 });
    const cells = folder
      .text('p.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map(line => line.split(','));
    expect(cells).toEqual(rows.map(row => row.map(cell => (Number.isNaN(cell) ? '' : String(cell)))));
  });

  it.each([
    ['days since 1950-01-01', 27_759.5, '2026-01-01'],
    ['milliseconds since 1970-01-01T00:00:00Z', 1_767_225_600_000, '2026-01-01'],
    ['hours since 2025-12-31 22:00:00 -02:00', 0.5, '2026-01-01'],
    ['seconds since 1970-01-01T00:00:00Z', 1_767_225_599, '2025-12-31'],
    ['weeks since 2026-01-01', 1, '2026-01-08'],
  ])('names the day as the units say: %s', async (units, value, day) => {
    table.columns = [VALUE, { ...TIME, units }];
    table.rows = [[1, value]];
    await folder.run(`${table.url}?&time>=0&time<=2e13`, '--output', 'roof-{date}.csv');
    expect(readdirSync(folder.path)).toEqual([`roof-${day}.csv`]);
  });

  it('that a projection leaves out makes no days, and nothing to go on by', async () => {
    table.rows = [[1000, 1]];
    const days = await folder.run(`${table.url}?a&time>=0&time<=2000`, '--output', 'roof-{date}.csv');
    expect(days).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'dapberry: expected a time column for {date}, found sensor.a; request the time too, or remove {date} from the file name\n',
    });
    const first = await folder.run(`${table.url}?a&time>=0&time<=2000`, '--output', 'p.csv');
    expect(first.code).toBe(0);
    const second = await folder.run(`${table.url}?a&time>=0&time<=2000`, '--output', 'p.csv');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(
      'p.csv: expected a time column, to continue after the existing rows, found sensor.a; request the time too',
    );
    expect(folder.text('p.csv')).toBe('sensor.a\n1\n');
  });

  it('that counts from a moment without a name makes no days', async () => {
    table.columns = [{ ...TIME, units: 'seconds' }, VALUE];
    table.rows = [[1000, 1]];
    const { code, stderr } = await folder.run(past(), '--output', 'roof-{date}.csv');
    expect(code).toBe(1);
    expect(stderr).toContain('found sensor.time, whose units name no start');
  });

  it('that is missing in a row leaves it with the row before, and one beyond the calendar too', async () => {
    table.rows = [
      [86_400, 1],
      [Number.NaN, 2],
      [1e18, 3],
      [172_800, 4],
    ];
    table.isFinite = true;
    const { code } = await folder.run(table.url, '--output', 'roof-{date}.csv', '--rows', '4');
    expect(code).toBe(0);
    expect(folder.text('roof-1970-01-02.csv')).toBe(
      'sensor.time,sensor.a\n86400,1\n,2\n1000000000000000000,3\n',
    );
    expect(folder.text('roof-1970-01-03.csv')).toBe('sensor.time,sensor.a\n172800,4\n');
  });
});

describe('a sensor that comes, goes or changes', () => {
  it('while pull is away begins another file, which the next pull goes on with', async () => {
    table.rows = [
      [1000, 1],
      [1001, 2],
    ];
    await folder.run(past(), '--output', 'p.csv');
    table.columns = [TIME, VALUE, B];
    table.rows = [[1002, 3, 30]];
    const { stderr } = await folder.run(past(), '--output', 'p.csv');
    expect(stderr).toContain(
      'p.csv: its columns are sensor.time,sensor.a; new rows, with the columns sensor.time,sensor.a,sensor.b, go into p.2.csv',
    );
    table.rows.push([1003, 4, 40]);
    expect((await folder.run(past(), '--output', 'p.csv')).stderr).toBe('dapberry: 1 row written\n');
    expect(folder.text('p.csv')).toBe('sensor.time,sensor.a\n1000,1\n1001,2\n');
    expect(folder.text('p.2.csv')).toBe('sensor.time,sensor.a,sensor.b\n1002,3,30\n1003,4,40\n');
    // It goes again: the newest file with these columns is the first.
    table.columns = [TIME, VALUE];
    table.rows = [
      [1002, 3],
      [1003, 4],
      [1004, 5],
    ];
    await folder.run(past(), '--output', 'p.csv');
    expect(folder.text('p.csv')).toBe('sensor.time,sensor.a\n1000,1\n1001,2\n1004,5\n');
    table.rows.push([1005, 6]);
    await folder.run(past(), '--output', 'p.csv');
    expect(folder.text('p.csv')).toBe('sensor.time,sensor.a\n1000,1\n1001,2\n1004,5\n1005,6\n');
  });

  it.each([
    ['added', [TIME, VALUE, B], [1002, 3, 30], 'sensor.time,sensor.a,sensor.b\n1002,3,30\n'],
    ['put first', [B, TIME, VALUE], [30, 1002, 3], 'sensor.b,sensor.time,sensor.a\n30,1002,3\n'],
    ['removed', [TIME], [1002], 'sensor.time\n1002\n'],
    ['named anew', [TIME, B], [1002, 30], 'sensor.time,sensor.b\n1002,30\n'],
    ['made text', [TIME, { ...NOTE, name: 'a' }], [1002, 'dry'], 'sensor.time,sensor.a\n1002,dry\n'],
    ['of another type', [TIME, { ...VALUE, type: 'Int32' }], [1002, 3], 'sensor.time,sensor.a\n1002,3\n'],
  ] as const)('while pull runs begins another file: %s', async (_, columns, row, text) => {
    table.rows = [
      [1000, 1],
      [1001, 2],
    ];
    const process = folder.start(endless(), '--output', 'p-{date}.csv');
    await until(() => folder.text('p-1970-01-01.csv').endsWith('1001,2\n'));
    table.columns = columns;
    table.rows = [[...row]];
    table.breakStreams();
    await until(() => folder.text('p-1970-01-01.2.csv') === text);
    await process.kill();
    expect(folder.text('p-1970-01-01.csv')).toBe('sensor.time,sensor.a\n1000,1\n1001,2\n');
    const place = columns.findIndex(({ name }) => name === 'time');
    table.rows.push(row.map((cell, index) => (index === place ? 1003 : cell)));
    const { stderr } = await folder.run(`${table.url}?&time>=0&time<=2000`, '--output', 'p-{date}.csv');
    expect(stderr).toBe('dapberry: 1 row written\n');
    expect(folder.text('p-1970-01-01.2.csv').startsWith(text)).toBe(true);
    expect(folder.text('p-1970-01-01.2.csv').trimEnd().split('\n')).toHaveLength(3);
  });

  it('ends a pull whose address names it, with what the server says', async () => {
    table.rows = [[1000, 1]];
    const process = folder.start(`${table.url}?time,a&time>=0`, '--output', 'p.csv');
    await until(() => folder.text('p.csv').endsWith('1000,1\n'));
    table.status = 400;
    table.breakStreams();
    const { code, stderr } = await process.ended();
    expect(code).toBe(1);
    expect(stderr).toContain('expected HTTP status 200, found 400');
    expect(folder.text('p.csv')).toBe('sensor.time,sensor.a\n1000,1\n');
  });
});
