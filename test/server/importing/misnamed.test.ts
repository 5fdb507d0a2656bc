import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MIDNIGHT } from '../history/stores.ts';
import { csvFile, importInto, secondsOf, written } from './imports.ts';

const DAY = 86_400;
const range = (from: number, length: number) => Array.from({ length }, (_, index) => from + index);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: (MIDNIGHT + 10 * DAY) * 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a file that someone gave the name of another day', () => {
  it('keeps its rows when rows are imported into the day of its name', async () => {
    const tree = await written(-DAY, 0, DAY);
    const month = join(tree.path, 'roof/2026/11');
    renameSync(join(month, '2026-11-27.parquet'), join(month, '2026-11-28.2.parquet'));
    const file = csvFile(tree, 'a.csv', `sensor.time,sensor.value\n${MIDNIGHT + 50.5},50.5\n`);
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 1, conflicts: 0 }]);
    const expected = [...range(-DAY, 100), ...range(0, 100), ...range(DAY, 100), 50.5];
    expect(await secondsOf(tree)).toEqual(expected.sort((one, other) => one - other));
  });

  it('gets the rows that are imported into the day of its rows', async () => {
    const tree = await written(-DAY, 0, DAY);
    const month = join(tree.path, 'roof/2026/11');
    renameSync(join(month, '2026-11-27.parquet'), join(month, '2026-11-28.2.parquet'));
    const file = csvFile(tree, 'a.csv', `sensor.time,sensor.value\n${MIDNIGHT - DAY + 50.5},50.5\n`);
    expect(await importInto(tree, [file])).toMatchObject([{ imported: 1, conflicts: 0 }]);
    const expected = [...range(-DAY, 100), 50.5 - DAY, ...range(0, 100), ...range(DAY, 100)];
    expect(await secondsOf(tree)).toEqual(expected.sort((one, other) => one - other));
    expect(tree.remarks).toEqual([]);
  });
});
