// Measures the start of a server with a year of history, in turns with a server without one.

import { join } from 'node:path';
import { median, yesOrNo } from '../figures.mjs';
import { pastFolder, writePast } from '../past/year.mjs';
import { ROOT, Server, sleep } from '../processes.mjs';

const ROUNDS = 7;
const MOST_MS = 200;
const MOST_BYTES = 15e6;

/** Seconds after which the memory is read. */
const SETTLES = 3;

export async function start() {
  const folder = pastFolder();
  // The name of the dataset that a server without a configuration has.
  const files = await writePast(folder, { dataset: 'roberrypi', days: 365 });
  const [without, withYear] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    without.push(await started([]));
    withYear.push(await started(['--history', folder], files.length));
  }
  const of = (figures, key) => median(figures.map(figure => figure[key]));
  const slower = of(withYear, 'milliseconds') - of(without, 'milliseconds');
  const larger = of(withYear, 'bytes') - of(without, 'bytes');
  return [
    [
      'start with a year of history: until the first answer',
      `${of(withYear, 'milliseconds').toFixed(0)} ms, without ${of(without, 'milliseconds').toFixed(0)} ms`,
      '',
      '',
      `${MOST_MS} ms more`,
      yesOrNo(slower <= MOST_MS),
    ],
    [
      'the same: resident memory',
      `${(of(withYear, 'bytes') / 1e6).toFixed(1)} MB, without ${(of(without, 'bytes') / 1e6).toFixed(1)} MB`,
      '',
      '',
      `${MOST_BYTES / 1e6} MB more`,
      yesOrNo(larger <= MOST_BYTES),
    ],
  ];
}

async function started(args, files) {
  const main = join(ROOT, 'dist/server/main.js');
  const begun = performance.now();
  const server = await Server.start(
    [main, 'serve', '--port', '0', '--host', '127.0.0.1', '--interval', '1', ...args],
    printed => Number(/127\.0\.0\.1:(\d+)/.exec(printed)[1]),
  );
  try {
    const { datasets } = await (await fetch(`${server.url}/health`)).json();
    const milliseconds = performance.now() - begun;
    const found = datasets[0].history?.files;
    if (files !== undefined && !(found >= files))
      throw new Error(`expected ${files} files in the history of ${datasets[0].name}, found ${found}`);
    await sleep(SETTLES);
    return { milliseconds, bytes: server.resident };
  } finally {
    await server.stop();
  }
}
