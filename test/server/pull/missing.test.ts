import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, table } from './pull-site.ts';
import { TIME } from './table.ts';

const FILL = 9.969209968386869e36;

pullSites({
  columns: [
    { ...TIME, fill: FILL },
    { name: 'a', type: 'Float32', fill: -999.9 },
    { name: 'b', type: 'Byte', fill: 255 },
    { name: 'c', type: 'Int16', fill: -32_768 },
  ],
  rows: [
    [1000, 1, 1, 1],
    [1001, Math.fround(-999.9), 255, -32_768],
    [FILL, 2, 2, 2],
  ],
});

const HEAD = 'sensor.time,sensor.a,sensor.b,sensor.c\n';
const ROWS = '1000,1,1,1\n1001,,,\n,2,2,2\n';
const address = () => `${table.url}?&time>=0`;

it.each([['-'], ['p.csv']])('a number that stands for no value is an empty field in %s', async output => {
  const { code, stdout } = await folder.run(address(), '--output', output, '--rows', '3');
  expect({ code, text: stdout + folder.text('p.csv') }).toEqual({ code: 0, text: HEAD + ROWS });
});

it('a pull does not resume after a time that is a missing value', async () => {
  const first = folder.start(address(), '--output', 'p.csv');
  await until(() => folder.text('p.csv').endsWith(ROWS));
  table.breakStreams();
  table.append([1002, 3, 3, 3]);
  await until(() => folder.text('p.csv').endsWith('3\n'));
  await first.kill();
  table.append([1003, 4, 4, 4], [FILL, 5, 5, 5]);
  const second = folder.start(address(), '--output', 'p.csv');
  await until(() => folder.text('p.csv').endsWith(',5,5,5\n'));
  await second.kill();
  table.append([1004, 6, 6, 6]);
  await folder.run(address(), '--output', 'p.csv', '--rows', '1');
  expect(folder.text('p.csv')).toBe(`${HEAD}${ROWS}1002,3,3,3\n1003,4,4,4\n,5,5,5\n1004,6,6,6\n`);
});

it('a file that has such numbers as they were sent is gone on with after its last time', async () => {
  writeFileSync(folder.file('p.csv'), `${HEAD}1000,1,1,1\n${FILL},7,7,7\n`);
  const { code } = await folder.run(address(), '--output', 'p.csv', '--rows', '1');
  expect(code).toBe(0);
  expect(folder.text('p.csv')).toBe(`${HEAD}1000,1,1,1\n${FILL},7,7,7\n1001,,,\n`);
});

it('files of days have a row without a time on the day of the row before', async () => {
  await folder.run(address(), '--output', 'p-{date}.csv', '--rows', '3');
  expect(folder.text('p-1970-01-01.csv')).toBe(HEAD + ROWS);
});
