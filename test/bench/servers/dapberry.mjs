// Serves the built server to the benches, with the limits and the datasets that its argument describes.
//
//   node dapberry.mjs '{"datasets": [{"kind": "sampled", "interval": 1}], "limits": {"maxStreams": 20000}}'
//
// It prints its port. Kinds of dataset, each served by the name of its kind:
//   computed   the built-in simulated thermometer with interval 0: rows as fast as each client reads
//   sampled    the same with an interval
//   full       a full log of `rows` rows of the same thermometer, one a millisecond, that gets no more rows
//   wide       the same with `columns` columns in all, each a wave
//   recorded   waves at `interval`, ten of them, with a history in `folder` that is written each `flush` seconds
//   past       the history in `folder`, without a new row
//   waves      `columns` waves at `interval`, which begin with the rows of the last `past` seconds; see waves-source.mjs
//
// /bench/loop answers how long the event loop was held since the last request for it, in milliseconds, /bench/merge when the past has
// been merged.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { openDevice } from '../../../build/device/sampling/device.js';
import { tmp36 } from '../../../build/device/sensors/tmp36.js';
import { OnDemandDataset } from '../../../build/server/dataset/on-demand.js';
import { StoredDataset } from '../../../build/server/dataset/stored.js';
import { buildApp } from '../../../build/server/http/app.js';
import { onDemandSensors, scheduledSensors } from '../../../build/server/source/sensors.js';
import { DEFAULT_BOUNDS, MemoryStore } from '../../../build/server/store/memory-store.js';
import { wavesSource } from './waves-source.mjs';

/** The time of the first row of a full log, and the seconds between its rows. */
const BEGIN = 1_000_000_000;
const STEP = 0.001;

const HELD = monitorEventLoopDelay({ resolution: 1 });

const thermometer = async () => tmp36({ seed: 2013 });

/** A sensor of `count` channels that are cheap to compute. */
const waves = count => async () => ({
  name: 'waves',
  channels: Array.from({ length: count }, (_, index) => ({
    name: `wave${index}`,
    units: '1',
    longName: `Wave ${index}`,
  })),
  compute(times, columns) {
    for (const [index, column] of columns.entries()) {
      for (let row = 0; row < times.length; row += 1) column[row] = (times[row] % 7) + index;
    }
  },
  read: async () => [],
  close: async () => {},
});

async function computedDevice(sensor, interval) {
  return openDevice({ sensors: [sensor], interval, step: STEP });
}

/** A source that fills a store with the rows of a computed device, and then makes no more. */
function once(device, rows) {
  const { layout, status } = onDemandSensors(device);
  return {
    layout,
    status,
    delivery: { kind: 'scheduled', interval: STEP },
    isClocked: false,
    earliest: Number.NEGATIVE_INFINITY,
    async *rows(signal) {
      const enough = new AbortController();
      let made = 0;
      for await (const batch of device.rows(enough.signal, { from: BEGIN })) {
        const length = Math.min(batch.length, rows - made);
        yield { length, columns: batch.columns };
        made += length;
        if (made === rows || signal.aborted) break;
      }
      enough.abort();
      full.resolve();
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve));
    },
    close: () => device.close(),
  };
}

const full = Promise.withResolvers?.() ?? withResolvers();

function withResolvers() {
  let resolve;
  const promise = new Promise(done => {
    resolve = done;
  });
  return { promise, resolve };
}

const info = kind => ({ name: kind, title: kind, summary: `For the bench: ${kind}.`, source: 'simulation' });

/** A source without rows, and with the columns of the past. */
const silent = layout => ({
  layout,
  status: { kind: 'plain' },
  delivery: { kind: 'scheduled', interval: 1 },
  isClocked: false,
  earliest: Number.NEGATIVE_INFINITY,
  async *rows(signal) {
    await new Promise(resolve => signal.addEventListener('abort', resolve));
    yield* [];
  },
  close: async () => {},
});

let pastStore;

async function withHistory(kind, source, { folder, flush = 600, log = DEFAULT_BOUNDS }) {
  const { openHistory } = await import('../../../build/server/history/histories.js');
  const { HistoryClock } = await import('../../../build/server/history/history-clock.js');
  const { columns } = source.layout;
  let dataset;
  pastStore = await openHistory({
    path: folder,
    flush,
    keep: 1e9,
    size: 1e12,
    dataset: kind,
    columns,
    attributes: () => dataset?.attributes ?? new Map(),
    bounds: log,
    clock: new HistoryClock(),
    events: { onFailure: error => process.stderr.write(`${error.stack}\n`) },
  });
  dataset = new StoredDataset(info(kind), source, pastStore);
  return dataset;
}

function inMemory(kind, source, bounds) {
  return new StoredDataset(info(kind), source, new MemoryStore(source.layout.columns, bounds));
}

async function openDataset({ kind, name = kind, interval, rows, columns, ...past }) {
  switch (kind) {
    case 'past': {
      const { DAY_COLUMNS } = await import('../past/day.mjs');
      const layout = {
        name: 'sensor',
        columns: DAY_COLUMNS.map(column => ({ ...column, attributes: new Map() })),
      };
      return withHistory(kind, silent(layout), past);
    }
    case 'recorded': {
      const device = await openDevice({ sensors: [waves(10)], interval });
      return withHistory(kind, scheduledSensors(device), past);
    }
    case 'computed':
      return new OnDemandDataset(info(kind), onDemandSensors(await computedDevice(thermometer, 0)));
    case 'sampled':
      return inMemory(name, scheduledSensors(await openDevice({ sensors: [thermometer], interval })));
    case 'waves':
      return inMemory(name, wavesSource({ columns, interval, ...past }), { rows: 1e6, bytes: 1e9, age: 1e6 });
    case 'full':
    case 'wide': {
      const sensor = kind === 'wide' ? waves(columns - 1) : thermometer;
      const source = once(await computedDevice(sensor, 0), rows);
      const dataset = inMemory(kind, source, { rows, bytes: 1e9, age: 1e9 });
      await full.promise;
      return dataset;
    }
    default:
      throw new Error(`expected a kind of dataset, found ${kind}`);
  }
}

const { datasets, limits = {} } = JSON.parse(process.argv[2] ?? '{}');
const webRoot = fileURLToPath(new URL('../../../dist/web', import.meta.url));
const app = await buildApp({
  state: { datasets: await Promise.all(datasets.map(openDataset)), limits },
  webRoot,
});
app.get('/bench/loop', { config: { access: 'files' } }, async () => {
  const held = { max: HELD.max / 1e6, p99: HELD.percentile(99) / 1e6, mean: HELD.mean / 1e6 };
  HELD.reset();
  return held;
});
app.get('/bench/merge', { config: { access: 'files' } }, async () => {
  const begun = performance.now();
  await pastStore.merge();
  return { milliseconds: performance.now() - begun, files: pastStore.status.history.files };
});
HELD.enable();
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${app.server.address().port}\n`);
