// Stores two days of ten columns, a row a second in writes of ten minutes, and counts the bytes that reach the disk.
//
//   history-bytes.mjs FOLDER DEVICE     DEVICE is the disk of the folder, such as loop0

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryFolder } from '../../../build/server/history/disk/history-folder.js';
import { HistoryStore } from '../../../build/server/history/history-store.js';
import { runJob } from '../../../build/server/history/jobs.js';
// Beside this file in the guest.
import { DAY_COLUMNS, rowsOfDay } from './day.mjs';

const [, , folder, device] = process.argv;
const FIRST_DAY = 20_800;
const DAYS = 2;
const ROWS = Number(process.env.ROWS ?? 600);
const MOST = 14e6;

/** The bytes that were written to the disk so far: its counter of sectors (Linux, Documentation/block/stat.rst). */
const written = () => 512 * Number(readFileSync(`/sys/block/${device}/stat`, 'utf8').trim().split(/\s+/)[6]);
/** Writes what the kernel would write within half a minute: rows come ten minutes apart. */
const settle = () => execFileSync('sync', ['-f', folder]);

mkdirSync(join(folder, 'history'));
const history = await HistoryFolder.open(join(folder, 'history'));
const fail = error => {
  throw new Error(String(error));
};
const store = await HistoryStore.open({
  folder: history,
  dataset: 'roof',
  columns: DAY_COLUMNS,
  das: () => 'Attributes {\n}\n',
  fillValue: () => Number.NaN,
  limits: { flush: 3600, keep: 1e12, size: 1e15 },
  keepMerged: 0,
  bounds: { rows: 5000, bytes: 1e9, age: 1e9 },
  beside: () => runJob,
  events: { onRemark: fail, onFailure: fail },
});
settle();

const begin = written();
let [writes, synced, later, days] = [0, 0, 0, 0];
for (let day = FIRST_DAY; day < FIRST_DAY + DAYS; day += 1) {
  const { length, columns } = rowsOfDay(day);
  for (let from = 0; from < length; from += ROWS) {
    store.append({ length: ROWS, columns: columns.map(column => column.slice(from, from + ROWS)) });
    const before = written();
    await store.flush();
    await store.merge();
    const now = written();
    settle();
    // The first write of a day merges the parts of the day before.
    if (from === 0) days += written() - before;
    else [writes, synced, later] = [writes + 1, synced + now - before, later + written() - now];
  }
}
const perDay = (written() - begin) / DAYS;
const kilobytes = bytes => `${(bytes / 1000).toFixed(1)} kB`;
const ofWrite = `${kilobytes(synced / writes)} at once and ${kilobytes(later / writes)} within half a minute`;
console.log(`# ${(perDay / 1e6).toFixed(1)} MB a day in writes of ${ROWS} rows: ${ofWrite} for each`);
console.log(`# ${kilobytes(days / DAYS)} for the first write of a day with the merge of the day before`);
await store.close();
await history.close();
if (perDay > MOST) process.exitCode = 1;
