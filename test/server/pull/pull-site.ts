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

/** Those of the running test. */
export let table: Table;
export let folder: PullFolder;

/** To be called once by a test file: before each test `table` and `folder` are new ones. */
export function pullSites({ columns, rows = [] }: SiteOptions = {}): void {
  beforeEach(async () => {
    const [opened, made] = [
      await new Table(...(columns === undefined ? [] : [columns])).open(),
      new PullFolder(),
    ];
    opened.rows = rows.map(row => [...row]);
    [table, folder] = [opened, made];
    return async () => {
      await made.dispose();
      await opened.close();
    };
  });
}
