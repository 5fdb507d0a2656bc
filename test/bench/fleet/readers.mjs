// Plays readers of a fleet in one process: each follows a dataset with the client of the project, and counts lost and doubled rows.

import { setTimeout as delay } from 'node:timers/promises';
import { follow } from '../../../build/dap/client/index.js';
import { answerQuestions } from './answering.mjs';
import { Delays } from './delays.mjs';

const { url, datasets, perSecond } = JSON.parse(process.argv[2]);

const stop = new AbortController();
let delays = new Delays();
let lost = 0;
let doubled = 0;
let connections = 0;
const failures = [];

class Reader {
  dataset;
  /** The number of the last row, and the time at which it came. */
  last;
  at = performance.now();

  constructor(dataset) {
    this.dataset = dataset;
  }

  async run() {
    const onState = ({ state }) => {
      if (state === 'connecting') connections += 1;
    };
    for await (const { columns } of follow(`${url}${this.dataset}`, { signal: stop.signal, onState }))
      this.#take(columns[0], columns[1]);
  }

  #take(times, numbers) {
    const now = Date.now();
    this.at = performance.now();
    for (const [index, time] of times.entries()) {
      delays.add(now - time * 1000);
      const expected = (this.last ?? numbers[index] - 1) + 1;
      if (numbers[index] < expected) doubled += 1;
      else {
        lost += numbers[index] - expected;
        this.last = numbers[index];
      }
    }
  }
}

const readers = datasets.map(dataset => new Reader(dataset));

for (const reader of readers) {
  reader.run().catch(error => {
    if (!stop.signal.aborted) failures.push(`${reader.dataset}: ${error.message}`);
  });
  await delay(1000 / perSecond);
}
console.log('ready');

await answerQuestions({
  /** What was counted since the last question. */
  take: () => {
    const counts = { delays: delays.toJSON(), lost, doubled, connections, failures: failures.splice(0) };
    delays = new Delays();
    lost = 0;
    doubled = 0;
    connections = 0;
    return counts;
  },
  /** Readers that have had no row yet, and milliseconds since the last row of the reader that waits the longest. */
  state: () => ({
    without: readers.filter(({ last }) => last === undefined).length,
    age: Math.max(...readers.map(({ at }) => performance.now() - at)),
  }),
  /** Rows that readers have still to get, given the number of the last row of each dataset. */
  missing: ({ last }) => ({
    rows: readers.reduce((sum, reader) => sum + last[reader.dataset] - (reader.last ?? -1), 0),
  }),
});
