// Plays the Pis of a fleet in one process: each publishes ten columns, the busy ones a row a second.

import { printDds } from '../../../build/dap/protocol.js';
import { describeAttributes, describeModel } from '../../../build/server/dataset/describe.js';
import { openNatsSink } from '../../../build/server/nats/sink.js';
import { sensorLayout } from '../../../build/server/source/sensor-layout.js';

const { servers, datasets, busy, replicas } = JSON.parse(process.argv[2]);

const channels = Array.from({ length: 10 }, (_, index) => ({
  name: `c${index}`,
  units: '1',
  longName: `channel ${index}`,
}));
const layout = sensorLayout(channels);
const delivery = { kind: 'scheduled', interval: 1 };
const sessions = [];

function described(name) {
  const info = { name, title: name, summary: 'A simulated Pi.', source: 'a bench' };
  const model = describeModel(info, layout);
  printDds(model);
  return { info, layout, delivery, model, attributes: describeAttributes(info, layout, delivery) };
}

function rowAt(time) {
  const columns = [
    Float64Array.of(time),
    ...channels.map((_, index) => Float64Array.of(index + (time % 60))),
  ];
  return { batch: { length: 1, columns }, positions: Float64Array.of(0) };
}

const options = {
  servers,
  stream: 'fleet',
  backlog: 86_400,
  create: { replicas, keep: 86_400, size: 1024 ** 3 },
};
const signal = new AbortController().signal;

async function connected(name) {
  const sink = await openNatsSink({ ...options, name }, described(name));
  for (;;) {
    try {
      return { sink, session: await sink.connect(signal) };
    } catch {
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}

// The first one creates the streams.
sessions.push(await connected('pi0'));
const names = Array.from({ length: datasets - 1 }, (_, index) => `pi${index + 1}`);
const next = names[Symbol.iterator]();
await Promise.all(
  Array.from({ length: 32 }, async () => {
    for (const name of next) sessions[Number(name.slice(2))] = await connected(name);
  }),
);
let sent = 0;
let failed = 0;
for (let index = 0; index < busy; index += 1) {
  const pi = sessions[index];
  let isSending = false;
  const send = async () => {
    if (isSending) return;
    isSending = true;
    try {
      await pi.session.send(rowAt(Math.round(Date.now() * 1000) / 1e6), signal, () => {});
      sent += 1;
    } catch {
      failed += 1;
      await pi.session.close();
      pi.session = await pi.sink.connect(signal).catch(() => pi.session);
    }
    isSending = false;
  };
  setTimeout(() => setInterval(send, 1000), (index / busy) * 1000);
}
console.log('ready');
process.on('SIGUSR2', () => console.log(JSON.stringify({ sent, failed })));
