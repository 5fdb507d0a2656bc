// Plays the Pis of a fleet in one process: each publishes ten columns as the server does, the busy ones a row a second.

import { setTimeout as delay } from 'node:timers/promises';
import { StoredDataset } from '../../../build/server/dataset/stored.js';
import { openNatsSink } from '../../../build/server/nats/sink.js';
import { Feed } from '../../../build/server/publish/feed.js';
import { ProgressFile } from '../../../build/server/publish/progress-file.js';
import { sensorLayout } from '../../../build/server/source/sensor-layout.js';
import { MemoryStore } from '../../../build/server/store/memory-store.js';
import { answerQuestions } from './answering.mjs';

const { servers, datasets, busy, replicas, folder } = JSON.parse(process.argv[2]);

const CHANNELS = Array.from({ length: 10 }, (_, index) => ({
  name: `c${index}`,
  units: '1',
  longName: `channel ${index}`,
}));

const SINK = {
  stream: 'fleet',
  backlog: 86_400,
  create: { replicas, keep: 86_400, size: 1024 ** 3 },
};

/** The progress of each Pi is on a card of its own: two hundred on one disk would measure that disk. */
const SAVE_EVERY = 3_600_000;

/** The source of a Pi: rows that carry their number in the first channel. */
class Counter {
  layout = sensorLayout(CHANNELS);
  delivery = { kind: 'scheduled', interval: 1 };
  isClocked = false;
  earliest = Number.NEGATIVE_INFINITY;
  status = { kind: 'plain' };
  made = 0;
  #waiting = [];
  #wake = () => {};

  make() {
    const time = Math.round(Date.now() * 1000) / 1e6;
    const values = CHANNELS.map((_, index) => (index === 0 ? this.made : index + (time % 60)));
    this.made += 1;
    this.#waiting.push({ length: 1, columns: [time, ...values].map(value => Float64Array.of(value)) });
    this.#wake();
  }

  async *rows(signal) {
    signal.addEventListener('abort', () => this.#wake());
    while (!signal.aborted) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else
        await new Promise(resolve => {
          this.#wake = resolve;
        });
    }
  }

  async close() {}
}

class Pi {
  name;
  source = new Counter();
  dataset;
  #feed;
  #timer;

  constructor(index) {
    this.name = `pi${index}`;
    const info = { name: this.name, title: this.name, summary: 'A simulated Pi.', source: 'a bench' };
    this.dataset = new StoredDataset(info, this.source, new MemoryStore(this.source.layout.columns));
  }

  get status() {
    return this.#feed.status;
  }

  /** @param own the list of servers, by which the Pi gets a connection of its own */
  publish(own) {
    this.#feed = new Feed({
      kind: 'nats',
      dataset: this.dataset,
      open: () => openNatsSink({ ...SINK, servers: own, name: this.name }, this.dataset),
      progressFile: identity =>
        new ProgressFile({ folders: [folder], owner: 'bench', dataset: this.name, kind: 'nats', identity }),
      positions: new Map(),
      saveEvery: SAVE_EVERY,
    });
  }

  /** Makes a row a second, at an offset in milliseconds. */
  run(offset) {
    this.#timer = setTimeout(() => {
      this.#timer = setInterval(() => this.source.make(), 1000);
    }, offset);
  }

  rest() {
    clearInterval(this.#timer);
  }

  /** Ends the feed when its row is sent. */
  async leave() {
    await this.#feed.close({ drain: true });
    await this.dataset.close();
  }
}

/** The servers in an order and with repetitions that no other Pi has: Pis with the same list would share a connection. */
function serversOf(index) {
  const digits = [...index.toString(servers.length === 1 ? 2 : servers.length)].map(Number);
  return servers.length === 1
    ? Array(index + 1).fill(servers[0])
    : [...servers, ...digits.map(at => servers[at])];
}

async function until(isTrue) {
  while (!isTrue()) await delay(50);
}

const isSent = ({ status }) => status.state === 'connected' && status.behind.rows === 0;

const running = Array.from({ length: busy }, (_, index) => new Pi(index));

// The first one creates the streams.
running[0].source.make();
running[0].publish(serversOf(0));
await until(() => isSent(running[0]));

const waiting = running.slice(1)[Symbol.iterator]();
const resting = Array.from({ length: datasets - busy }, (_, index) => busy + index)[Symbol.iterator]();
await Promise.all(
  Array.from({ length: 32 }, async () => {
    for (const pi of waiting) {
      pi.publish(serversOf(Number(pi.name.slice(2))));
      pi.source.make();
      await until(() => isSent(pi));
    }
    for (const index of resting) {
      const pi = new Pi(index);
      pi.publish(servers);
      pi.source.make();
      await until(() => isSent(pi));
      await pi.leave();
    }
  }),
);
for (const [index, pi] of running.entries()) pi.run((index / busy) * 1000);
console.log('ready');

const sum = number => running.reduce((total, pi) => total + number(pi), 0);

await answerQuestions({
  status: () => ({
    made: sum(({ source }) => source.made),
    behind: sum(({ status }) => status.behind.rows ?? 0),
    dropped: sum(({ status }) => status.dropped),
    gaps: sum(({ status }) => status.gaps ?? 0),
  }),
  /** Makes no more rows. Answers when the servers have all of them, with the number of the last one of each Pi. */
  stop: async () => {
    for (const pi of running) pi.rest();
    await until(() => running.every(isSent));
    return { last: Object.fromEntries(running.map(({ name, source }) => [name, source.made - 1])) };
  },
});
