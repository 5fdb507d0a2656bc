// Measures how long the command takes to print its version, and a server to its first row, beside Node without a program.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { median, yesOrNo } from '../figures.mjs';
import { ROOT, Server } from '../processes.mjs';

const ROUNDS = 9;
const MAIN = join(ROOT, 'dist/server/main.js');
const MOST_VERSION_MS = 250;
const MOST_FIRST_ROW_MS = 1000;

/** Every sensor of the built-in configuration is simulated, so that machines compare; a row a second. */
const SERVE = ['serve', '--host', '127.0.0.1', '--port', '0', '--simulate'];

export async function start() {
  const figures = [];
  for (let round = 0; round < ROUNDS; round += 1)
    figures.push({ bare: run(['-e', '0']), version: run([MAIN, '--version']), ...(await firstRow()) });
  const of = key => median(figures.map(figure => figure[key]));
  const ms = key => `${of(key).toFixed(0)} ms`;
  return [
    [
      '`dapberry --version`',
      `${ms('version')}, \`node -e 0\` ${ms('bare')}`,
      (of('version') / of('bare')).toFixed(2),
      '',
      `${MOST_VERSION_MS} ms`,
      yesOrNo(of('version') <= MOST_VERSION_MS),
    ],
    [
      '`dapberry serve`: until it listens; until a client has the first row',
      `${ms('listening')}; ${ms('row')}, \`node -e 0\` ${ms('bare')}`,
      (of('row') / of('bare')).toFixed(2),
      `${of('cpu').toFixed(2)} s`,
      `${MOST_FIRST_ROW_MS} ms`,
      yesOrNo(of('row') <= MOST_FIRST_ROW_MS),
    ],
  ];
}

/** Milliseconds that Node takes with these arguments. */
function run(args) {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: expected exit code 0, found ${status}`);
  return performance.now() - begun;
}

/** Milliseconds from the start of a server until it listens, and until a client that then asks has the first row that was made. */
async function firstRow() {
  const begun = performance.now();
  const server = await Server.start([MAIN, ...SERVE], printed =>
    Number(/127\.0\.0\.1:(\d+)/.exec(printed)[1]),
  );
  try {
    const listening = performance.now() - begun;
    // The name of the dataset that a server without a configuration has.
    const [response] = await once(get(`${server.url}/roberrypi.csv?&time>=0`), 'response');
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      // The first line has the names of the columns.
      if (text.split('\n').length > 2) break;
    }
    return { listening, row: performance.now() - begun, cpu: server.processorTime };
  } finally {
    await server.stop();
  }
}
