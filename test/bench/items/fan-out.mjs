// Checks that every row of a fast dataset reaches each of a thousand clients, and measures its age there.

import { yesOrNo } from '../figures.mjs';
import { Server } from '../processes.mjs';

const CLIENTS = 1000;
const SECONDS = 5;
const STRIDE = 28;

export async function fanOut() {
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
    const complete =
      found.alike === CLIENTS && found.least === times.length && found.sum === String(sumOfBits(times));
    const cores = found.serverSeconds / found.seconds;
    const { p50, p99, oldest } = found.ages;
    return [
      [
        `a row a millisecond to ${CLIENTS} clients`,
        `${(times.length / SECONDS).toFixed(0)} rows/s, ${complete ? 'all' : 'not all'} to ${found.alike} clients`,
        '',
        '',
        'every row to every client',
        yesOrNo(complete),
      ],
      [
        'the same: rows made, of those that were due',
        (times.length / SECONDS / 1000).toFixed(2),
        '',
        '',
        '0.9',
        yesOrNo(times.length >= 0.9 * SECONDS * 1000),
      ],
      ['the same: rows overrun', `${datasets[0].overrun}`, '', '', '0', yesOrNo(datasets[0].overrun === 0)],
      [
        'the same: age of a row when it is read',
        `p50 ${p50} ms, p99 ${p99} ms, oldest ${oldest} ms`,
        '',
        '',
        'p99 50 ms',
        yesOrNo(p99 <= 50),
      ],
      [
        'the same: server',
        `${cores.toFixed(2)} cores`,
        '',
        `${((found.serverSeconds / times.length / CLIENTS) * 1e6).toFixed(2)} s/M rows sent`,
        '1 core',
        yesOrNo(cores < 1),
      ],
    ];
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
