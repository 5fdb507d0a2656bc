// Gives each test of pull a table that is served, and a folder for files and processes, and closes both afterwards.

import { beforeEach } from 'vitest';
import { PullFolder } from './command.ts';
import { Table, type TableColumn } from './table.ts';

/** Rows that most tests pull: times from 1000 on, and a value. */
export const TWO_ROWS: readonly (readonly number[])[] = [
  [1000, 1],
  [1001, 2],
];

export interface SiteOptions {
  readonly columns?: readonly TableColumn[];
  readonly rows?: readonly (readonly (number | string)[])[];
}

/** Calls `take` before each test with a new table and a new folder. */
export function beforeEachPull(
  take: (table: Table, folder: PullFolder) => void,
  { columns, rows = [] }: SiteOptions = {},
): void {
  beforeEach(async () => {
    const table = await new Table(...(columns === undefined ? [] : [columns])).open();
    table.rows = rows.map(row => [...row]);
    const folder = new PullFolder();
    take(table, folder);
    return async () => {
      await folder.dispose();
      await table.close();
    };
  });
}
