// Measures the CPU time of appending a row to a full store, and of reading it at the end, for stores of several sizes.

import { Announcer } from '../../../build/server/store/announcer.js';
import { MemoryStore } from '../../../build/server/store/memory-store.js';
import { StoreCursor } from '../../../build/server/store/store-cursor.js';

const SIZES = [1e3, 1e5, 2e6];
const ROUNDS = 15;
const ROWS = 20_000;

const fields = ['time', 'voltage', 'temperature'].map(name => ({ type: 'Float64', name }));
const column = () => new Float64Array(1);
const batch = { length: 1, columns: [column(), column(), column()] };

/** A full log, a reader at its end, and what they cost: nanoseconds of processor time for a row. */
const logs = SIZES.map(rows => {
  const log = new MemoryStore(fields, { rows, bytes: 1e9, age: 1e9 });
  let time = 0;
  const append = () => {
    batch.columns[0][0] = time;
    time += 1;
    log.append(batch);
  };
  while (log.first === 0) append();
  const cursor = new StoreCursor(log, new Announcer(), log.end, {
    earliest: 0,
    onOverrun() {},
    onLoadFailure() {},
  });
  const tail = () => {
    append();
    if (cursor.next(1000).batch.columns[0][0] !== time - 1) throw new Error('a row is not what it was');
  };
  const catchUp = () => {
    while (cursor.next(1000) !== undefined);
  };
  return { rows, append, tail, catchUp, costs: { append: [], tail: [] } };
});
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { append, tail, catchUp, costs } of logs) {
    costs.append.push(cost(append));
    catchUp();
    costs.tail.push(cost(tail));
  }
}

function cost(work) {
  const before = process.cpuUsage();
  for (let row = 0; row < ROWS; row += 1) work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / ROWS) * 1000;
}

process.stdout.write(`${JSON.stringify(logs.map(({ rows, costs }) => ({ rows, costs })))}\n`);
