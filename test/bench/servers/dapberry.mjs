// Serves the built server to the benches, with the limits and the datasets that its argument describes.
//
//   node dapberry.mjs '{"datasets": [{"kind": "sampled", "interval": 1}], "limits": {"maxStreams": 20000}}'
//
// It prints its port. Kinds of dataset, each served by the name of its kind:
//   computed   the built-in simulated thermometer with interval 0: rows as fast as each client reads
//   sampled    the same with an interval
//   full       a full log of `rows` rows of the same thermometer, one a millisecond, that gets no more rows
//   wide       the same with `columns` columns in all, each a wave

import { openDevice } from '../../../dist/device/sampling/device.js';
import { tmp36 } from '../../../dist/device/sensors/tmp36.js';
import { OnDemandDataset } from '../../../dist/server/dataset/on-demand.js';
import { StoredDataset } from '../../../dist/server/dataset/stored.js';
import { buildApp } from '../../../dist/server/http/app.js';
import { onDemandSensors, scheduledSensors } from '../../../dist/server/source/sensors.js';
import { MemoryStore } from '../../../dist/server/store/memory-store.js';

/** The time of the first row of a full log, and the seconds between its rows. */
const BEGIN = 1_000_000_000;
const STEP = 0.001;

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

function inMemory(kind, source, bounds) {
  return new StoredDataset(info(kind), source, new MemoryStore(source.layout.columns, bounds));
}

async function openDataset({ kind, interval, rows, columns }) {
  switch (kind) {
    case 'computed':
      return new OnDemandDataset(info(kind), onDemandSensors(await computedDevice(thermometer, 0)));
    case 'sampled':
      return inMemory(kind, scheduledSensors(await openDevice({ sensors: [thermometer], interval })));
    case 'full':
    case 'wide': {
      const sensor = kind === 'wide' ? waves(columns - 1) : thermometer;
      const source = once(await computedDevice(sensor, 0), rows);
      const dataset = inMemory(kind, source, { rows, bytes: 1e9, age: 1e9 });
      await full.promise;
      return dataset;
    }
    default:
      throw new Error(`expected computed, sampled, full or wide, found ${kind}`);
  }
}

const { datasets, limits = {} } = JSON.parse(process.argv[2] ?? '{}');
const app = await buildApp({ state: { datasets: await Promise.all(datasets.map(openDataset)), limits } });
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${app.server.address().port}\n`);
