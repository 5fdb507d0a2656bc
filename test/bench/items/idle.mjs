// Measures the memory and CPU time of ten thousand clients that get one row a second.

import { yesOrNo } from '../figures.mjs';
import { mostFiles, Server, sleep } from '../processes.mjs';

const SECONDS = 10;
const STRIDE = 28;
const MOST_BYTES = 20_000;

export async function idle() {
  const clients = Math.min(10_000, mostFiles() - 200);
  const server = await Server.dapberry({ kind: 'sampled', interval: 1 });
  try {
    await server.read('/sampled.dods', { clients: 10, seconds: 2 });
    await sleep(1);
    const before = server.resident;
    const reading = server.read('/sampled.dods', { clients, warmUp: 5, seconds: SECONDS, stride: STRIDE });
    let during = before;
    const watch = setInterval(() => {
      during = Math.max(during, server.resident);
    }, 500);
    const found = await reading;
    clearInterval(watch);
    const complete = found.alike === clients && found.least >= SECONDS - 1;
    const each = (during - before) / clients;
    return [
      [
        `a row a second to ${clients} clients`,
        `${found.least} rows in ${SECONDS} s, alike for ${found.alike}`,
        '',
        `${(found.serverSeconds / found.seconds).toFixed(2)} cores`,
        'every row',
        yesOrNo(complete),
      ],
      [
        'the same: memory a client, at the most',
        `${(each / 1000).toFixed(1)} kB`,
        '',
        '',
        `${MOST_BYTES / 1000} kB`,
        yesOrNo(each <= MOST_BYTES),
      ],
    ];
  } finally {
    await server.stop();
  }
}
