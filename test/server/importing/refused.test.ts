import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadParquet } from '../../../server/history/parquet/parquet.ts';
import { MIDNIGHT, rowsFrom } from '../history/stores.ts';
import { csvFile, csvOf, dasOf, importInto, snapshot, written, writtenRows } from './imports.ts';

const DAY = 86_400;
const NAMES = ['time', 'value'];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: (MIDNIGHT + 10 * DAY) * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an import that cannot be made', () => {
  const HEAD = 'sensor.time,sensor.value\n';
  const foreign: readonly (readonly [string, string | Buffer, RegExp])[] = [
    [
      'names of another program',
      'Date;Temp\n2026;20\n',
      /:1: expected the names of columns, .*found "Date;Temp"$/,
    ],
    ['an empty file', '', /expected a line with the names of columns, found none$/],
    [
      'a text',
      `${HEAD}${MIDNIGHT},1\n${MIDNIGHT + 1},warm\n`,
      /:3: expected a number as value, found "warm"$/,
    ],
    ['a missing value', `${HEAD}${MIDNIGHT}\n`, /:2: expected 2 values, found 1: /],
    [
      'a date without a zone',
      `${HEAD}2026-11-28T00:00:00,1\n`,
      /:2: expected a time in seconds since 1970 or with its zone .*found "2026-11-28T00:00:00"$/,
    ],
    [
      'a day that no month has',
      `${HEAD}2026-11-31T00:00:00Z,1\n`,
      /:2: expected a time .*found "2026-11-31T00:00:00Z"$/,
    ],
    [
      'an infinity that is no number',
      `${HEAD}${MIDNIGHT},INFINITY\n`,
      /:2: expected a number as value, found "INFINITY"$/,
    ],
    [
      'a number that goes on with text',
      `${HEAD}${MIDNIGHT},1 %\n`,
      /:2: expected a number as value, found "1 %"$/,
    ],
    ['days since 1950', `${HEAD}28092.5,1\n`, /:2: expected a time in seconds since 1970.*found "28092.5"$/],
    ['nanoseconds', `${HEAD}${MIDNIGHT}.1234567,1\n`, /:2: expected a time .* in whole microseconds, found /],
    ['the future', `${HEAD}4000000000,1\n`, /expected no row after the time of this machine's clock/],
    [
      'half a gzip',
      gzipSync(HEAD.repeat(99)).subarray(0, 30),
      /expected a whole compressed file, found a damaged one/,
    ],
  ];

  it.each(foreign)('because of %s says where, and changes nothing', async (_title, text, message) => {
    const tree = await written(0, DAY);
    const before = snapshot(tree.path);
    const good = csvFile(tree, 'good.csv', `${HEAD}${MIDNIGHT + 500},1\n`);
    const file = csvFile(tree, 'bad.csv', text);
    await expect(importInto(tree, [good, file])).rejects.toThrow(message);
    await expect(importInto(tree, [good, file])).rejects.toThrow(file);
    expect(snapshot(tree.path)).toEqual(before);
  });

  it('because it would have to read a device says so', async () => {
    const tree = await written(0);
    await expect(importInto(tree, ['/dev/null'])).rejects.toThrow(
      '/dev/null: expected a file or a folder, found a device or a pipe; write its content into a file first',
    );
  });

  it('because a file named .parquet is a text says so', async () => {
    const tree = await written(0);
    const file = csvFile(tree, 'text.parquet', `${HEAD}${MIDNIGHT},1\n`);
    await expect(importInto(tree, [file])).rejects.toThrow(
      `${file}: expected a Parquet file, found a file of another kind`,
    );
  });

  it('because a Parquet file is damaged names it, and changes nothing', async () => {
    const tree = await written(0);
    const other = await written(-2 * DAY, -DAY);
    const file = join(other.path, 'roof/2026/11/2026-11-26.parquet');
    const bytes = readFileSync(file);
    bytes.fill(0x55, 40, 60);
    writeFileSync(file, bytes);
    const before = snapshot(tree.path);
    await expect(importInto(tree, [other.path])).rejects.toThrow(
      `${file}: expected a whole Parquet file, found a damaged one`,
    );
    expect(snapshot(tree.path)).toEqual(before);
  });

  it('because its numbers are of another unit says so, and changes nothing', async () => {
    const inUnit = (unit: string, from: number) =>
      writtenRows(rowsFrom(MIDNIGHT + from, 100), { das: () => dasOf(`String units "${unit}";`) });
    const [tree, other] = [await inUnit('degC', 0), await inUnit('degF', 50)];
    const before = snapshot(tree.path);
    await expect(importInto(tree, [other.path])).rejects.toThrow(
      /roof on 2026-11-28: value: expected one unit, found degC and degF; import .* with --dataset$/,
    );
    expect(snapshot(tree.path)).toEqual(before);
  });

  it('because another program wrote a Parquet file says so', async () => {
    const tree = await written(0);
    const { writer } = await loadParquet();
    const foreignFile = csvFile(
      tree,
      'foreign.parquet',
      Buffer.from(writer.parquetWriteBuffer({ columnData: [{ name: 'a', data: [1], type: 'DOUBLE' }] })),
    );
    await expect(importInto(tree, [foreignFile])).rejects.toThrow(
      `${foreignFile}: expected a Parquet file that dapberry wrote, found one of another program`,
    );
  });

  it('because a server uses the folder says what to do', async () => {
    const tree = await written(0);
    const folder = await tree.folder();
    const file = csvFile(tree, 'a.csv', `${HEAD}${MIDNIGHT - 1},1\n`);
    await expect(importInto(tree, [file])).rejects.toThrow(
      /another server .*keeps its history there; stop it/,
    );
    await folder.close();
  });

  it('because it is interrupted leaves the history as it was', async () => {
    const tree = await written(0, DAY);
    const before = snapshot(tree.path);
    const file = csvFile(tree, 'a.csv', csvOf(rowsFrom(MIDNIGHT - 9000, 9000), NAMES));
    const stop = new AbortController();
    const onRows = () => stop.abort(new Error('interrupted'));
    await expect(importInto(tree, [file], { signal: stop.signal, onRows })).rejects.toThrow('interrupted');
    expect(snapshot(tree.path)).toEqual(before);
    expect(existsSync(join(tree.path, '.dapberry-import'))).toBe(false);
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 9000 }]);
  });
});
