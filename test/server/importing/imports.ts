// Imports files into histories in temporary folders, for tests.

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Batch, NumberColumn } from '../../../dap/index.ts';
import { HistoryFolder } from '../../../server/history/disk/history-folder.ts';
import type { DatasetCounts } from '../../../server/importing/dataset-import.ts';
import { type ImportRequest, importRows } from '../../../server/importing/import.ts';
import {
  type HistoryTree,
  historyTree,
  MIDNIGHT,
  type OpenOptions,
  readAll,
  rowsFrom,
} from '../history/stores.ts';

export type Imported = readonly (Pick<DatasetCounts, 'dataset' | 'imported' | 'doubles' | 'conflicts'> & {
  readonly days: number;
})[];

/** Imports files into a tree, and gives the counts. */
export async function importInto(
  { path, remarks }: HistoryTree,
  operands: readonly string[],
  options: Partial<ImportRequest> = {},
): Promise<Imported> {
  const counts = await importRows({
    folder: path,
    operands,
    dataset: undefined,
    onlyDataset: 'roof',
    served: () => undefined,
    signal: new AbortController().signal,
    onRows: () => undefined,
    onRemark: remark => remarks.push(remark),
    ...options,
  });
  return counts.map(({ firstConflict: _first, ...others }) => others);
}

/** All files below a folder with their bytes and times, and without the lock of this process. */
export function snapshot(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== '.dapberry.lock')
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(
      file =>
        `${file} ${statSync(file).mtimeMs} ${createHash('sha1').update(readFileSync(file)).digest('hex')}`,
    );
}

/** The rows as `dapberry pull` writes them. */
export function csvOf({ length, columns }: Batch, names: readonly string[]): string {
  const rows = Array.from({ length }, (_, row) =>
    columns.map(column => {
      const value = (column as NumberColumn)[row]!;
      return Number.isNaN(value) ? '' : String(value);
    }),
  );
  return [names.map(name => `sensor.${name}`), ...rows].map(fields => `${fields.join(',')}\n`).join('');
}

/** A history with a part for each of these runs of 100 rows, in seconds after midnight. */
export async function written(...runs: readonly number[]): Promise<HistoryTree> {
  const tree = historyTree();
  const folder = await HistoryFolder.open(tree.path);
  const store = await tree.open({ folder });
  for (const from of runs) {
    store.append(rowsFrom(MIDNIGHT + from, 100));
    await store.flush();
  }
  await store.merge();
  await store.close();
  await folder.close();
  return tree;
}

/** The DAS of a dataset whose column `value` has these attributes. */
export function dasOf(attributes: string): string {
  return `Attributes {\n  sensor {\n    value {\n      ${attributes}\n    }\n  }\n}\n`;
}

/** A history with these rows. */
export async function writtenRows(rows: Batch, options: OpenOptions): Promise<HistoryTree> {
  const tree = historyTree();
  const folder = await HistoryFolder.open(tree.path);
  const store = await tree.open({ folder, ...options });
  store.append(rows);
  await store.close();
  await folder.close();
  return tree;
}

/** The seconds after midnight of all rows in a folder, whose positions must follow one another. */
export async function secondsOf(tree: HistoryTree, path = tree.path): Promise<number[]> {
  const folder = await HistoryFolder.open(path);
  const store = await tree.open({ folder });
  const { positions, rows } = await readAll(store);
  expect(positions.every((position, index) => index === 0 || position === positions[index - 1]! + 1)).toBe(
    true,
  );
  await store.close();
  await folder.close();
  return rows.map(([time]) => time! - MIDNIGHT);
}

/** A folder that is removed with the tree. */
export function besideOf(tree: HistoryTree): string {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-import-'));
  tree.undo.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A file beside a tree. */
export function csvFile(tree: HistoryTree, name: string, text: string | Buffer): string {
  const file = join(besideOf(tree), name);
  writeFileSync(file, text);
  return file;
}
