// Writes rows into a history without an end, until it is killed: a row each two minutes of its own time, whose value is its position.

import { writeSync } from 'node:fs';
import { HistoryFolder } from '../../../build/server/history/disk/history-folder.js';
import { HistoryStore } from '../../../build/server/history/history-store.js';
import { inWorkers } from '../../../build/server/history/worker-jobs.js';

const [, , path, begin, keepMerged = '0'] = process.argv;
const say = line => writeSync(1, `${line}\n`);

const store = await HistoryStore.open({
  folder: await HistoryFolder.open(path),
  dataset: 'roof',
  columns: [
    { type: 'Float64', name: 'time' },
    { type: 'Float64', name: 'value' },
  ],
  das: () => '',
  fillValue: () => Number.NaN,
  limits: { flush: 3600, keep: 1e12, size: 1e15 },
  bounds: { rows: 500, bytes: 1e9, age: 1e9 },
  beside: inWorkers,
  keepMerged: Number(keepMerged),
  events: {
    onRemark: remark => say(`remark ${remark}`),
    onFailure: error => say(`remark ${error}`),
  },
});
say(`open ${store.end}`);
for (;;) {
  // A day of rows at least.
  for (let end = store.end + 720; store.end < end; ) {
    const length = 1 + Math.floor(Math.random() * 700);
    const first = store.end;
    const values = Float64Array.from({ length }, (_, row) => first + row);
    store.append({ length, columns: [values.map(value => Number(begin) + 120 * value), values] });
    say('storing');
    await store.flush();
    say(`stored ${store.end}`);
  }
  say('merging');
  await store.merge();
  say('merged');
}
