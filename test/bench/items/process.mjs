// Measures the memory and CPU time of a server without clients, beside Fastify alone.

import { join } from 'node:path';
import { median, yesOrNo } from '../figures.mjs';
import { ROOT, Server, sleep } from '../processes.mjs';

const SECONDS = 20;
const MOST_BYTES = 25e6;
const MOST_CPU = 0.005;

export async function footprint() {
  const command = [
    join(ROOT, 'dist/server/main.js'),
    'serve',
    '--port',
    '0',
    '--host',
    '127.0.0.1',
    '--interval',
    '1',
  ];
  const [bare, server] = await Promise.all([
    Server.start([join(ROOT, 'test/bench/servers/fastify.mjs')]),
    Server.start(command, printed => Number(/127\.0\.0\.1:(\d+)/.exec(printed)[1])),
  ]);
  try {
    const get = path => fetch(server.url + path).then(answer => answer.text());
    await Promise.all([fetch(bare.url).then(answer => answer.text()), get('/'), get('/health')]);
    await sleep(20);
    const { datasets } = JSON.parse(await get('/health'));
    const sensors = datasets.flatMap(dataset => dataset.sensors).length;
    const from = server.processorTime;
    const begun = performance.now();
    const [sizes, bareSizes] = [[], []];
    for (let second = 0; second < SECONDS; second += 1) {
      await sleep(1);
      sizes.push(server.resident);
      bareSizes.push(bare.resident);
    }
    const share = ((server.processorTime - from) / (performance.now() - begun)) * 1000;
    const [size, bareSize] = [median(sizes), median(bareSizes)];
    const mega = bytes => `${(bytes / 1e6).toFixed(1)} MB`;
    return [
      [
        `\`dapberry serve --interval 1\`, ${sensors} sensors: resident memory`,
        `${mega(size)}, Fastify alone ${mega(bareSize)}`,
        (size / bareSize).toFixed(2),
        '',
        `Fastify alone + ${mega(MOST_BYTES)}`,
        yesOrNo(size - bareSize <= MOST_BYTES),
      ],
      [
        'the same, with no client, 20 s after its start',
        `${(share * 100).toFixed(2)} % of a core`,
        '',
        '',
        `${MOST_CPU * 100} %`,
        yesOrNo(share <= MOST_CPU),
      ],
    ];
  } finally {
    await Promise.all([bare.stop(), server.stop()]);
  }
}
