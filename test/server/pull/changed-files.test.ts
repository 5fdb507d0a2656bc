import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { until } from './command.ts';
import { folder, pullSites, table } from './pull-site.ts';

pullSites();

/** All rows that the table has. */
const past = () => `${table.url}?&time>=0&time<=1750000000`;
const HEAD = 'sensor.time,sensor.a\n';

/** A year is far from the epoch, as the times of a real server are. */
const T = 1_700_000_000;

describe('a file that another program changes while rows come', () => {
  const started = async () => {
    const process = folder.start(`${table.url}?&time>=0`, '--output', 'p.csv');
    await table.asked(1);
    table.append([T, 1], [T + 1, 2]);
    await until(() => folder.text('p.csv').endsWith(`${T + 1},2\n`));
    return process;
  };

  it.each([
    ['deleted', () => rmSync(folder.file('p.csv'))],
    ['renamed, as logrotate does', () => renameSync(folder.file('p.csv'), folder.file('p.csv.1'))],
  ])('is begun anew where it was %s', async (_, change) => {
    const process = await started();
    change();
    table.append([T + 2, 3]);
    await until(() => folder.text('p.csv') === `${HEAD}${T + 2},3\n`);
    expect((await process.stop()).stderr).toContain(
      'p.csv: it was deleted or renamed; starting a new file\n',
    );
  });

  it('gets the line of names again where it was copied and emptied, and goes on from there', async () => {
    const process = await started();
    copyFileSync(folder.file('p.csv'), folder.file('p.csv.1'));
    truncateSync(folder.file('p.csv'), 0);
    table.append([T + 2, 3]);
    await until(() => folder.text('p.csv') === `${HEAD}${T + 2},3\n`);
    await process.kill();
    table.append([T + 3, 4]);
    const again = folder.start(`${table.url}?&time>=0`, '--output', 'p.csv');
    await until(() => folder.text('p.csv') === `${HEAD}${T + 2},3\n${T + 3},4\n`);
    expect((await again.stop()).code).toBe(0);
  });

  it('is left to a program that writes into it', async () => {
    const process = await started();
    appendFileSync(folder.file('p.csv'), 'mine\n');
    table.append([T + 2, 3]);
    const { code, stderr } = await process.ended();
    expect(code).toBe(1);
    expect(stderr).toContain(
      'p.csv: expected the file to end where the last row was written, found 5 bytes more',
    );
    expect(folder.text('p.csv')).toBe(`${HEAD}${T},1\n${T + 1},2\nmine\n`);
  });

  it('is left as it is where another has taken its name', async () => {
    const process = await started();
    renameSync(folder.file('p.csv'), folder.file('old.csv'));
    writeFileSync(folder.file('p.csv'), '{"precious":1}');
    table.append([T + 2, 3]);
    const { code, stderr } = await process.ended();
    expect(code).toBe(1);
    expect(stderr).toContain('p.csv: expected an empty file, or one that begins with the header line');
    expect(folder.text('p.csv')).toBe('{"precious":1}');
  });
});

describe('a file without its line of names', () => {
  it.each([
    ['', 'rows alone'],
    ['\0'.repeat(100_000), 'rows behind NULs'],
  ])('%#: is not added to, and its rows are not asked for again', async before => {
    table.rows = [
      [T, 1],
      [T + 1, 2],
      [T + 2, 3],
    ];
    const content = `${before}${T},1\n${T + 1},2\n`;
    writeFileSync(folder.file('p.csv'), content);
    const { code, stderr } = await folder.run(past(), '--output', 'p.csv');
    expect(code).toBe(0);
    expect(folder.text('p.csv')).toBe(content);
    expect(folder.text('p.2.csv')).toBe(`${HEAD}${T + 2},3\n`);
    expect(stderr).toContain('p.csv: it begins with a row and has no header line; new rows');
  });
});

describe('a disk that is full', () => {
  it('ends it with a sentence, and the next pull goes on behind the last whole row', async () => {
    const count = 1000;
    table.rows = Array.from({ length: count }, (_, i) => [T + i, i]);
    // A limit on the size of a file stands for the end of the disk: the write that meets it is as short.
    const { code, stderr } = await folder.shell(
      `trap '' XFSZ; ulimit -f 4; exec PULL '${past()}' --output p.csv --quiet`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^dapberry: p\.csv: it has reached the size limit of this system \(EFBIG\): \d+ of \d+ bytes of the last rows were written; free some space and start this again: it continues after the last whole row\n$/,
    );
    expect(folder.text('p.csv')).toHaveLength(4096);
    expect((await folder.run(past(), '--output', 'p.csv')).code).toBe(0);
    const rows = Array.from({ length: count }, (_, i) => `${T + i},${i}\n`).join('');
    expect(folder.text('p.csv')).toBe(HEAD + rows);
    expect(readdirSync(folder.path)).toEqual(['p.csv']);
  });
});
