// Damaged and foreign files in the folder of a history: they are set aside, and no row is served that was not stored.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyTree, MIDNIGHT, readAll, rowsFrom } from '../../server/history/stores.ts';
import type { Target } from '../target.ts';

const PART = 'roof/2026/11/2026-11-28/000000.parquet';
const ROWS = 100;

export const histories: Target = {
  name: 'histories',
  slowness: 20,
  async seeds() {
    const tree = historyTree();
    const store = await tree.open();
    store.append(rowsFrom(MIDNIGHT, ROWS));
    await store.flush();
    await store.close();
    return [readFileSync(join(tree.path, PART))];
  },
  async run(bytes) {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT, ROWS));
    before.append(rowsFrom(MIDNIGHT + ROWS, ROWS));
    await before.flush();
    await before.close();
    writeFileSync(join(tree.path, PART), bytes);
    const store = await tree.open();
    const { rows } = await readAll(store);
    await store.close();
    // Each row has as its value the seconds after midnight.
    const wrong = rows.find(([time, value]) => value !== time! - MIDNIGHT);
    if (wrong !== undefined) throw new Error(`expected rows that were stored, found ${wrong}`);
    const times = rows.map(([time]) => time!);
    if (times.some((time, index) => index > 0 && time <= times[index - 1]!))
      throw new Error('expected rows in the order of their times');
  },
};
