// Checks that every row of a fast dataset reaches each of a thousand clients, and measures its age there.

import { median, medianOf, yesOrNo } from '../figures.mjs';
import { Server } from '../processes.mjs';

const CLIENTS = 1000;
const SECONDS = 3;
const ROUNDS = 5;

/** Of slots of a millisecond, a busy machine loses some. */
const LEAST_SHARE = 0.9;
const STRIDE = 28;

export async function fanOut() {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure());
  const all = key => rounds.map(round => round[key]);
  const complete = rounds.every(({ isComplete }) => isComplete);
  const fine = value => value.toFixed(2);
  const ages = ['p50', 'p99', 'oldest'].map(
    key => `${key} ${medianOf(all(key), value => value.toFixed(1))} ms`,
  );
  const overrun = Math.max(...all('overrun'));
  return [
    [
      `a row a millisecond to ${CLIENTS} clients`,
      `${medianOf(all('rate'), value => value.toFixed(0))} rows/s, ${complete ? 'all' : 'not all'} to ${Math.min(...all('alike'))} clients`,
      '',
      '',
      'every row to every client',
      yesOrNo(complete),
    ],
    [
      'the same: rows made, of those that were due',
      medianOf(
        all('rate').map(rate => rate / 1000),
        fine,
      ),
      '',
      '',
      `${LEAST_SHARE}`,
      yesOrNo(median(all('rate')) >= LEAST_SHARE * 1000),
    ],
    ['the same: rows overrun', `${overrun}`, '', '', '0', yesOrNo(overrun === 0)],
    [
      'the same: age of a row when it is read',
      ages.join(', '),
      '',
      '',
      'p99 50 ms',
      yesOrNo(median(all('p99')) <= 50),
    ],
    [
      'the same: server',
      `${medianOf(all('cores'), fine)} cores`,
      '',
      `${fine(median(all('cost')))} s/M rows sent`,
      '1 core',
      yesOrNo(median(all('cores')) < 1),
    ],
  ];
}

/** One run at a fresh server. */
async function measure() {
  const { decodeAll } = await import('../../../dist/dap/index.js');
  const server = await Server.dapberry({ kind: 'sampled', interval: 0.001 });
  try {
    const found = await server.read('/sampled.dods', {
      clients: CLIENTS,
      warmUp: 2,
      seconds: SECONDS,
      stride: STRIDE,
    });
    const window = `/sampled.dods?time&time>=${found.from}&time<${found.to}`;
    const body = new Uint8Array(await (await fetch(server.url + window)).arrayBuffer());
    const [times] = decodeAll(body).values[0].columns;
    const { datasets } = await (await fetch(`${server.url}/health`)).json();
    return {
      isComplete:
        found.alike === CLIENTS && found.least === times.length && found.sum === String(sumOfBits(times)),
      rate: times.length / SECONDS,
      alike: found.alike,
      overrun: datasets[0].overrun,
      ...found.ages,
      cores: found.serverSeconds / found.seconds,
      cost: (found.serverSeconds / times.length / CLIENTS) * 1e6,
    };
  } finally {
    await server.stop();
  }
}

/** The sum, modulo 2^64, of the bits of the times, as reader/rows.h computes it. */
function sumOfBits(times) {
  const bits = new BigUint64Array(times.buffer, times.byteOffset, times.length);
  return BigInt.asUintN(
    64,
    bits.reduce((sum, value) => sum + value, 0n),
  );
}
