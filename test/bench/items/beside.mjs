// Measures other requests and datasets while eight clients read as fast as they can.

import { yesOrNo } from '../figures.mjs';
import { Server, sleep } from '../processes.mjs';

const SECONDS = 8;
const MOST = 50;

export async function beside() {
  const server = await Server.dapberry({ kind: 'computed' }, { kind: 'sampled', interval: 1 });
  try {
    const greedy = server.read('/computed.dods', { clients: 8, warmUp: 1, seconds: SECONDS });
    await sleep(1);
    const [health, late] = await Promise.all([healthTimes(server), lateness(server)]);
    await greedy;
    const show = times => `median ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms, worst ${at(times, 1)} ms`;
    return [
      [
        'beside 8 clients at interval 0: /health',
        show(health),
        '',
        '',
        `p99 ${MOST} ms`,
        yesOrNo(at(health, 0.99) <= MOST),
      ],
      [
        'beside them: a row a second, its time from the nearest whole second',
        show(late),
        '',
        '',
        `worst ${MOST} ms`,
        yesOrNo(at(late, 1) <= MOST && late.length >= SECONDS - 3),
      ],
    ];
  } finally {
    await server.stop();
  }
}

/** Durations of requests for /health, one after the other, in milliseconds. */
async function healthTimes(server) {
  const times = [];
  const end = performance.now() + (SECONDS - 2) * 1000;
  while (performance.now() < end) {
    const begun = performance.now();
    await (await fetch(`${server.url}/health`)).text();
    times.push(performance.now() - begun);
    await sleep(0.02);
  }
  return times;
}

/** Distances of the live dataset's row times from the nearest whole second, in milliseconds. */
async function lateness(server) {
  const end = Date.now() / 1000 + SECONDS - 2;
  const text = await (await fetch(`${server.url}/sampled.asc?time&time>=now&time<${end}`)).text();
  const times = text
    .split('\n')
    .map(Number)
    .filter(time => time > 1e9);
  return times.map(time => Math.abs(time - Math.round(time)) * 1000);
}

function at(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1));
}
