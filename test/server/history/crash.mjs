// Writes rows into a history without an end, until it is killed: a row each half minute of its own time, whose value is its position.

import { writeSync } from 'node:fs';
import { HistoryFolder } from '../../../dist/server/history/history-folder.js';
import { HistoryStore } from '../../../dist/server/history/history-store.js';
import { inWorkers } from '../../../dist/server/history/worker-jobs.js';

const [, , path, begin] = process.argv;

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
  events: {
    onRemark: remark => writeSync(1, `remark ${remark}\n`),
    onFailure: error => writeSync(1, `remark ${error}\n`),
  },
});
writeSync(1, `open ${store.end}\n`);
for (;;) {
  const length = 1 + Math.floor(Math.random() * 700);
  const first = store.end;
  const values = Float64Array.from({ length }, (_, row) => first + row);
  store.append({ length, columns: [values.map(value => Number(begin) + 30 * value), values] });
  if (Math.random() < 0.8) {
    await store.flush();
    writeSync(1, `stored ${store.end}\n`);
  }
  // Rows do not stop for a merge for ever.
  if (Math.random() < 0.2) await store.merge();
}
