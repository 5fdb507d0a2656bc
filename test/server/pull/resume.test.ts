import { readdirSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, table } from './pull-site.ts';
import { TIME, VALUE } from './table.ts';

pullSites();

/** All rows that the table has. */
const past = () => `${table.url}?&time>=0&time<=1750000000`;
const HEAD = 'sensor.time,sensor.a\n';

/** A year is far from the epoch, as the times of a real server are. */
const T = 1_700_000_000;

describe('the end of a file', () => {
  const rows = [
    [T, 1],
    [T + 1, 2.5],
    [T + 2, 20.15],
    [T + 3, 4],
  ];
  const whole = `${HEAD}${T},1\n${T + 1},2.5\n${T + 2},20.15\n${T + 3},4\n`;
  const two = `${HEAD}${T},1\n${T + 1},2.5\n`;

  it.each([
    ['a blank last line', `${two}\n`, `${two}\n${T + 2},20.15\n${T + 3},4\n`],
    ['several of them', `${two}\n\r\n \n`, `${two}\n\r\n \n${T + 2},20.15\n${T + 3},4\n`],
    ['blanks without the end of a line', `${two}  `, whole],
    ['a tail of NULs', `${two}${'\0'.repeat(300_000)}`, whole],
    ['NULs in the middle of a row', `${two}${T + 2},2${'\0'.repeat(70_000)}`, whole],
    ['NULs in the place of a row, and a row', `${two}${'\0'.repeat(70_000)}${T + 2},20.15\n`, undefined],
    ['a number that looks whole', `${two}${T + 2},20.1`, whole],
    ['a time that looks whole', `${two}${T}`, whole],
    ['half an exponent', `${two}1.7e`, whole],
    ['CRLF', two.replaceAll('\n', '\r\n'), whole.replaceAll('\n', '\r\n')],
    [
      'CRLF, and a row that broke off',
      `${two.replaceAll('\n', '\r\n')}${T + 2},20\r`,
      whole.replaceAll('\n', '\r\n'),
    ],
    ['a BOM', `\ufeff${two}`, `\ufeff${whole}`],
    [
      'names in quotes',
      two.replace('sensor.time,sensor.a', '"sensor.time","sensor.a"'),
      whole.replace('sensor.time,sensor.a', '"sensor.time","sensor.a"'),
    ],
    ['numbers in quotes', `${HEAD}"${T}","1"\n"${T + 1}","2.5"\n`, undefined],
    ['a time that is missing', `${two},7\n`, `${two},7\n${T + 2},20.15\n${T + 3},4\n`],
    ['a time that is NaN', `${two}NaN,7\nNaN,8\n`, `${two}NaN,7\nNaN,8\n${T + 2},20.15\n${T + 3},4\n`],
    ['a remark', `${two}# checked by Ada\n`, `${two}# checked by Ada\n${T + 2},20.15\n${T + 3},4\n`],
    [
      'a remark without its end',
      `${two}checked by Ada`,
      `${two}checked by Ada\n${T + 2},20.15\n${T + 3},4\n`,
    ],
  ])('is found behind %s: no row is missing and none there twice', async (_, content, expected) => {
    table.rows = rows;
    writeFileSync(folder.file('p.csv'), content);
    const { code, stderr } = await folder.run(past(), '--output', 'p.csv');
    expect(stderr).not.toContain('expected');
    expect(code).toBe(0);
    const text = folder.text('p.csv');
    if (expected !== undefined) expect(text).toBe(expected);
    const times = text
      .replaceAll(/["\0]/g, '')
      .split(/\r?\n/)
      .filter(line => /^\d{10},/.test(line));
    expect(times.map(line => line.split(',')[0])).toEqual(rows.map(([time]) => String(time)));
    expect(readdirSync(folder.path)).toEqual(['p.csv']);
  });

  it('says what it cuts off, and cuts when the rows have come that take its place', async () => {
    table.rows = [];
    const torn = `${two}${T + 2},20.1`;
    writeFileSync(folder.file('p.csv'), torn);
    const process = folder.start(table.url, '--output', 'p.csv');
    await table.asked(1);
    expect(folder.text('p.csv')).toBe(torn);
    table.append(...rows.slice(2));
    await until(() => folder.text('p.csv') === whole);
    const { stderr } = await process.stop();
    expect(stderr).toContain(`p.csv: removed an incomplete row, which is requested again: "${T + 2},20.1"`);
  });

  it('is behind all rows of one time that are there', async () => {
    table.rows = [
      [T, 1],
      [T + 1, 2],
      [T + 1, 3],
      [T + 1, 4],
      [T + 2, 5],
    ];
    writeFileSync(folder.file('p.csv'), `${HEAD}${T},1\n${T + 1},2\n${T + 1},3\n`);
    await folder.run(past(), '--output', 'p.csv');
    expect(folder.text('p.csv')).toBe(`${HEAD}${T},1\n${T + 1},2\n${T + 1},3\n${T + 1},4\n${T + 2},5\n`);
  });

  it('is the last row in the order of the file, not the latest', async () => {
    table.rows = [
      [T, 1],
      [T + 1, 2],
      [T + 2, 3],
    ];
    writeFileSync(folder.file('p.csv'), `${HEAD}${T + 900},1\n${T + 901},2\n${T},1\n`);
    await folder.run(past(), '--output', 'p.csv');
    expect(folder.text('p.csv')).toBe(`${HEAD}${T + 900},1\n${T + 901},2\n${T},1\n${T + 1},2\n${T + 2},3\n`);
  });

  it('reads a time of single precision as that', async () => {
    table.columns = [{ ...TIME, type: 'Float32', units: 'days since 2026-01-01' }, VALUE];
    table.rows = [
      [Math.fround(0.1), 1],
      [Math.fround(0.2), 2],
      [Math.fround(0.3), 3],
    ];
    writeFileSync(folder.file('p.csv'), `${HEAD}0.1,1\n0.2,2\n`);
    await folder.run(past(), '--output', 'p.csv');
    expect(folder.text('p.csv')).toBe(`${HEAD}0.1,1\n0.2,2\n0.3,3\n`);
  });
});

describe('the end of a file with text', () => {
  const NOTES = 'sensor.time,sensor.note\n';
  beforeEach(() => {
    table.columns = [TIME, { name: 'note', type: 'String' }];
    table.rows = [
      [T, 'a\nb'],
      [T + 1, `line\n${T + 9},"x",\n${T + 8},y\n`],
      [T + 2, '=1+1'],
      [T + 3, 'plain'],
    ];
  });
  const first = `${NOTES}${T},"a\nb"\n`;
  const second = `${first}${T + 1},"line\n${T + 9},""x"",\n${T + 8},y\n"\n`;
  const whole = `${second}${T + 2},"'=1+1"\n${T + 3},plain\n`;

  it.each([
    ['a text with line breaks', first],
    ['a text that looks like rows', second],
    ['a text that broke off in a line break', `${NOTES}${T},"a\n`],
    ['a text that broke off', `${first}${T + 1},"li`],
    ['a quote that broke off', `${first}${T + 1},"line\n${T + 9},"`],
    ['a text that looks like a formula', `${second}${T + 2},"'=1+1"\n`],
    ['a text that may go on', `${second}${T + 2},"'=1+1"`],
  ])('is found behind %s', async (_, content) => {
    writeFileSync(folder.file('p.csv'), content);
    const { code } = await folder.run(past(), '--output', 'p.csv');
    expect(code).toBe(0);
    expect(folder.text('p.csv')).toBe(whole);
  });

  it('is found in a file of many pieces', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${T - 50_000 + i},"x\n""${i}"",\n"\n`).join('');
    writeFileSync(folder.file('p.csv'), `${NOTES}${rows}${T},"a\nb"\n${T + 1},"li`);
    await folder.run(past(), '--output', 'p.csv');
    expect(folder.text('p.csv')).toBe(`${NOTES}${rows}${whole.slice(NOTES.length)}`);
  });

  it('is not cut off where a quote is open over whole rows, as damage leaves it: another file goes on', async () => {
    const damaged = `${first}${T + 1},"li\0\0\0\n${T + 2},"'=1+1"\n${T + 2.5},plain\n`;
    writeFileSync(folder.file('p.csv'), damaged);
    const { code, stderr } = await folder.run(past(), '--output', 'p.csv');
    expect(code).toBe(0);
    expect(folder.text('p.csv')).toBe(damaged);
    expect(stderr).toContain(
      'p.csv: it is damaged at its end; new rows, with the columns sensor.time,sensor.note, go into p.2.csv',
    );
    expect(folder.text('p.2.csv')).toContain(`${T + 3},plain\n`);
  });
});

describe('a pull that is killed', () => {
  it('goes on without a gap, again and again', async () => {
    const address = `${table.url}?&time>=0`;
    let made = 0;
    for (let round = 1; round <= 3; round += 1) {
      const process = folder.start(address, '--output', 'p.csv');
      await table.asked(table.queries.length + 1);
      for (let i = 0; i < 50; i += 1) table.append([T + made, made++]);
      await until(() => folder.text('p.csv').split('\n').length > made - 20);
      await process.kill();
    }
    const asked = table.queries.length;
    const process = folder.start(address, '--output', 'p.csv');
    await table.asked(asked + 1);
    await until(() => folder.text('p.csv').endsWith(`\n${T + made - 1},${made - 1}\n`));
    await process.stop();
    const rows = Array.from({ length: made }, (_, i) => `${T + i},${i}\n`).join('');
    expect(folder.text('p.csv')).toBe(HEAD + rows);
    expect(readdirSync(folder.path)).toEqual(['p.csv']);
  });
});
