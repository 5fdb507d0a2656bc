// Measures the memory and CPU time of ten thousand clients that get one row a second.

import { median, medianOf, yesOrNo } from '../figures.mjs';
import { mostFiles, Server, sleep } from '../processes.mjs';

const SECONDS = 10;
const STRIDE = 28;
const MOST_BYTES = 16_000;

const ROUNDS = 5;

export async function idle() {
  const clients = Math.min(10_000, mostFiles() - 200);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure(clients));
  const all = key => rounds.map(round => round[key]);
  const complete = rounds.every(({ alike, least }) => alike === clients && least >= SECONDS - 1);
  return [
    [
      `a row a second to ${clients} clients`,
      `${Math.min(...all('least'))} rows in ${SECONDS} s, alike for ${Math.min(...all('alike'))}`,
      '',
      `${medianOf(all('cores'), value => value.toFixed(2))} cores`,
      'every row',
      yesOrNo(complete),
    ],
    [
      'the same: memory a client, at the most',
      `${medianOf(all('each'), value => (value / 1000).toFixed(1))} kB`,
      '',
      '',
      `${MOST_BYTES / 1000} kB`,
      yesOrNo(median(all('each')) <= MOST_BYTES),
    ],
  ];
}

/** The rows of each client, and what the clients cost a fresh server. */
async function measure(clients) {
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
    const { alike, least, serverSeconds, seconds } = await reading;
    clearInterval(watch);
    return { alike, least, cores: serverSeconds / seconds, each: (during - before) / clients };
  } finally {
    await server.stop();
  }
}
