// Measures writes of parts: the processor time, and the time until the rows are durable, in milliseconds.
//
//   node flush.mjs FOLDER ROWS

import { runJob } from '../../../build/server/history/disk/jobs.js';
import { sliceOf } from '../../../build/server/store/slice.js';
import { DAY_COLUMNS, rowsOfDay } from '../past/day.mjs';
import { FIRST_DAY } from '../past/year.mjs';

const WARM_UP = 10;

const [folder, rows] = process.argv.slice(2);
const count = Number(rows);
const day = rowsOfDay(FIRST_DAY);
const [encode, whole] = [[], []];
for (let from = 0; from + count <= day.length; from += count) {
  const batch = sliceOf(day, from, from + count);
  const facts = { dataset: 'past', columns: DAY_COLUMNS, das: '', firstPosition: from, clock: [] };
  const begun = performance.now();
  const before = process.cpuUsage();
  await runJob({ kind: 'write', folder, day: FIRST_DAY, facts, batch });
  const { user, system } = process.cpuUsage(before);
  encode.push((user + system) / 1000);
  whole.push(performance.now() - begun);
}
process.stdout.write(`${JSON.stringify({ encode: encode.slice(WARM_UP), whole: whole.slice(WARM_UP) })}\n`);
