import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import { type HistoryTree, historyTree, MIDNIGHT, readAll, rowsFrom, secondsIn } from '../history/stores.ts';
import {
  besideOf,
  csvFile,
  csvOf,
  dasOf,
  importInto,
  secondsOf,
  snapshot,
  written,
  writtenRows,
} from './imports.ts';

const DAY = 86_400;
const NAMES = ['time', 'value'];
const range = (from: number, length: number) => Array.from({ length }, (_, index) => from + index);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: (MIDNIGHT + 10 * DAY) * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an import', () => {
  it('takes the history of another machine, older and newer than the own, file by file', async () => {
    const own = await written(0, 200, DAY);
    const other = await written(-3 * DAY, -3 * DAY + 150, 2 * DAY - 5000);
    expect(await importInto(own, [other.path])).toEqual([
      { dataset: 'roof', imported: 300, doubles: 0, conflicts: 0, days: 2 },
    ]);
    const expected = [-3 * DAY, -3 * DAY + 150, 0, 200, DAY, 2 * DAY - 5000].flatMap(from =>
      range(from, 100),
    );
    expect(await secondsOf(own)).toEqual(expected);
    // A day without other rows is taken as it is.
    const day = '2026/11/2026-11-25.parquet';
    expect(readFileSync(join(own.path, 'roof', day))).toEqual(readFileSync(join(other.path, 'roof', day)));
    expect(existsSync(join(own.path, '.dapberry-import'))).toBe(false);
    expect(own.remarks).toEqual([]);
  });

  it('fills gaps between stored rows, drops doubles, and keeps what is stored', async () => {
    const tree = await written(0, 200, 400);
    const rows = rowsFrom(MIDNIGHT + 50, 400);
    const values = (rows.columns[1] as Float64Array).map((value, row) => (row === 10 ? 7 : value));
    const file = csvFile(tree, 'gap.csv', csvOf({ length: 400, columns: [rows.columns[0]!, values] }, NAMES));
    expect(await importInto(tree, [file])).toEqual([
      { dataset: 'roof', imported: 200, doubles: 199, conflicts: 1, days: 1 },
    ]);
    expect(await secondsOf(tree)).toEqual(range(0, 500));
    const store = await tree.open();
    expect((await readAll(store)).rows.every(([time, value]) => value === time! - MIDNIGHT)).toBe(true);
    expect(tree.files()).toEqual(['2026/11/2026-11-28.parquet']);
  });

  it('into a day whose merged parts are still there replaces these too', async () => {
    const tree = historyTree();
    const folder = await HistoryFolder.open(tree.path);
    const store = await tree.open({ folder, keepMerged: 3600 });
    for (const from of [0, 200, DAY]) {
      store.append(rowsFrom(MIDNIGHT + from, 100));
      await store.flush();
    }
    await store.merge();
    await store.close();
    await folder.close();
    const file = csvFile(tree, 'a.csv', `sensor.time,sensor.value\n${MIDNIGHT + 50.5},50.5\n`);
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 1 }]);
    expect(tree.files()).toEqual(['2026/11/2026-11-28.parquet', '2026/11/2026-11-29/000000.parquet']);
    expect(await secondsOf(tree)).toContain(50.5);
    expect(tree.remarks).toEqual([]);
  });

  it('of rows that are all there changes no file', async () => {
    const tree = await written(0, 200, DAY);
    const before = snapshot(tree.path);
    const copy = join(besideOf(tree), 'copy');
    cpSync(join(tree.path, 'roof'), copy, { recursive: true });
    expect(await importInto(tree, [copy])).toEqual([
      { dataset: 'roof', imported: 0, doubles: 300, conflicts: 0, days: 0 },
    ]);
    expect(snapshot(tree.path)).toEqual(before);
  });

  it('gives rows of any number of files, in any order, the places of their times', async () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 3 * 24 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        seconds,
        fc.array(fc.tuple(seconds, fc.boolean()), { minLength: 1, maxLength: 3 }),
        async (stored, files) => {
          const tree = historyTree();
          const at = (hours: readonly number[]) => ({
            length: hours.length,
            columns: [
              Float64Array.from(hours, hour => MIDNIGHT + hour * 1000),
              Float64Array.from(hours, hour => hour),
            ],
          });
          const write = async (into: HistoryTree, hours: readonly number[]) => {
            const folder = await HistoryFolder.open(into.path);
            const store = await into.open({ folder });
            store.append(at([...hours].sort((a, b) => a - b)));
            await store.close();
            await folder.close();
          };
          await write(tree, stored);
          const operands: string[] = [];
          for (const [index, [hours, isParquet]] of files.entries()) {
            if (isParquet) {
              const other = historyTree();
              await write(other, hours);
              operands.push(other.path);
            } else operands.push(csvFile(tree, `${index}.csv`, csvOf(at(hours), NAMES)));
          }
          const all = [...stored, ...files.flatMap(([hours]) => hours)];
          const [counts] = await importInto(tree, operands);
          const once = new Set(all);
          expect(counts).toMatchObject({
            imported: once.size - stored.length,
            doubles: all.length - once.size,
            conflicts: 0,
          });
          expect(await secondsOf(tree)).toEqual([...once].sort((a, b) => a - b).map(hour => hour * 1000));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps columns that the history lacks, and leaves those missing that the file lacks', async () => {
    const tree = await written(0);
    const file = csvFile(
      tree,
      'other.csv',
      `sensor.rain,sensor.time\n5,${MIDNIGHT + 10.5}\n,${MIDNIGHT + 2 * 3600}\n`,
    );
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 2 }]);
    const folder = await HistoryFolder.open(tree.path);
    const store = await tree.open({
      folder,
      columns: [
        { type: 'Float64', name: 'time' },
        { type: 'Float64', name: 'value' },
        { type: 'Int16', name: 'rain' },
      ],
    });
    const { rows } = await readAll(store);
    expect(rows[10]).toEqual([MIDNIGHT + 10, 10, -1]);
    expect(rows[11]).toEqual([MIDNIGHT + 10.5, Number.NaN, 5]);
    expect(rows.at(-1)).toEqual([MIDNIGHT + 7200, Number.NaN, -1]);
    await store.close();
  });

  it('keeps missing values of whole numbers missing', async () => {
    const options = {
      columns: [
        { type: 'Float64', name: 'time' },
        { type: 'Int32', name: 'value' },
      ],
      das: () => dasOf('Int32 _FillValue -2147483647;'),
      fillValue: () => -2147483647,
    } as const;
    const values = [5, -2147483647, 7];
    const rows = { length: 3, columns: [rowsFrom(MIDNIGHT, 3).columns[0]!, Int32Array.from(values)] };
    const tree = await writtenRows(rows, options);
    const file = csvFile(tree, 'a.csv', `sensor.time,sensor.value\n${MIDNIGHT + 1.5},6\n`);
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 1 }]);
    const store = await tree.open(options);
    expect((await readAll(store)).rows.map(([, value]) => value)).toEqual([5, -2147483647, 6, 7]);
  });

  it('reads compressed CSV, a byte-order mark, line ends of Windows, and times in another order', async () => {
    const tree = historyTree();
    const text = `\ufeffsensor.time,sensor.value\r\n${MIDNIGHT + 5},5\r\n\r\n${MIDNIGHT + 1},1\r\n`;
    const file = csvFile(tree, 'a.csv.gz', gzipSync(text));
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 2 }]);
    expect(await secondsOf(tree)).toEqual([1, 5]);
  });

  it('reads the CSV of an address: names with units, and times in each form', async () => {
    const tree = historyTree();
    const texts = [
      'time,value (degree_Celsius)\n2026-11-28T00:00:01.25Z,1.5\n',
      'time,value\n2026-11-28T01:00:02+01:00,2\n',
      `time (seconds since 1970-01-01T00:00:00Z),value (degree_Celsius)\n${MIDNIGHT + 3},3\n`,
    ];
    const files = texts.map((text, index) => csvFile(tree, `${index}.csv`, text));
    expect(await importInto(tree, files)).toMatchObject([{ imported: 3 }]);
    expect(await secondsOf(tree)).toEqual([1.25, 2, 3]);
  });

  it('refuses the CSV of an address in other units than the history', async () => {
    const tree = historyTree();
    const celsius = csvFile(tree, 'c.csv', 'time,value (degree_Celsius)\n2026-11-28T00:00:01Z,20\n');
    const fahrenheit = csvFile(tree, 'f.csv', 'time,value (degree_Fahrenheit)\n2026-11-28T00:00:02Z,68\n');
    await expect(importInto(tree, [celsius, fahrenheit])).rejects.toThrow(
      /value.*degree_Celsius.*degree_Fahrenheit/,
    );
  });

  it('leaves out a last line without its end, and says so', async () => {
    const tree = historyTree();
    const file = csvFile(
      tree,
      'cut.csv',
      `sensor.time,sensor.value\n${MIDNIGHT},20.15\n${MIDNIGHT + 1},20.1`,
    );
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 1 }]);
    expect(tree.remarks).toEqual([
      `${file}:3: left out: the end of the line is missing, so that its last number may be cut`,
    ]);
  });
});

describe('a replacement of files that was interrupted', () => {
  it('is finished when the folder is opened, wherever it stopped', async () => {
    const tree = await written(0, DAY);
    const other = await written(-DAY);
    const roof = join(tree.path, 'roof/2026/11');
    const staging = join(tree.path, '.dapberry-import');
    const source = join(other.path, 'roof/2026/11/2026-11-27/000000.parquet');
    const older = existsSync(source) ? source : join(other.path, 'roof/2026/11/2026-11-27.parquet');
    mkdirSync(staging);
    copyFileSync(older, join(staging, 'roof-1.parquet'));
    writeFileSync(join(staging, 'roof-2.parquet'), 'of no plan');
    const plan = {
      version: 1,
      add: [
        { name: 'roof-1.parquet', path: 'roof/2026/11/2026-11-27.parquet' },
        // Has its place already.
        { name: 'roof-3.parquet', path: 'roof/2026/11/2026-11-28.parquet' },
      ],
      remove: ['roof/2026/11/2026-11-29/000000.parquet', 'roof/2026/11/2026-11-28.parquet'],
    };
    writeFileSync(join(staging, 'plan.json'), JSON.stringify(plan));
    expect(await secondsOf(tree)).toEqual([...range(-DAY, 100), ...range(0, 100)]);
    expect(existsSync(staging)).toBe(false);
    expect(existsSync(join(roof, '2026-11-29'))).toBe(false);
  });

  it('that had not begun is dropped', async () => {
    const tree = await written(0);
    const staging = join(tree.path, '.dapberry-import');
    mkdirSync(staging);
    writeFileSync(join(staging, 'roof-2.parquet'), 'of no plan');
    expect(await secondsIn(await tree.open())).toEqual(range(0, 100));
    expect(existsSync(staging)).toBe(false);
  });
});
