#!/usr/bin/env node
// Checks that the live page stays small in memory for hours: `node test/soak/page.mjs [MINUTES [ROWS_PER_SECOND]]`.
//
// Serves the built page (`npm run build`) with eight columns, 10 rows a second for 60 minutes by default, and opens it in Chromium on a
// window of ten minutes. Each minute it collects garbage and prints heap, nodes and listeners. Exits with 1 if the heap or
// the page grew in the second half. `DAPBERRY_CHROMIUM` names another browser than `chromium`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '../server-process.mjs';
import { OpenPage } from './open-page.mjs';

const [minutes = 60, rate = 10] = process.argv.slice(2).map(Number);
if (!(minutes >= 2 && rate > 0)) {
  process.stderr.write('usage: node test/soak/page.mjs [MINUTES, from 2 on [ROWS_PER_SECOND]]\n');
  process.exit(2);
}

/** The window that the page shows, in seconds: points of a longer one would still come in at the end of a short run. */
const WINDOW = Math.min(600, Math.round(minutes * 20));

/** Growth in the second half that does not count as a leak: kilobytes of the heap, nodes and listeners. */
const MOST_GROWTH = 500;
const MOST_NODES = 20;

const sensors = ['north', 'south', 'east', 'west'].map(name => `{ kind: tmp36-simulated, name: ${name} }`);
const folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
const config = join(folder, 'config.yaml');
writeFileSync(config, `datasets:\n  garden: { interval: ${1 / rate}, sensors: [${sensors.join(', ')}] }\n`);
const server = new ServerProcess(['--config', config, '--simulate']);
await server.start();
const page = await OpenPage.at(`${server.url}/#window=${WINDOW}`);

const begun = performance.now();
const points = [];
for (let minute = 0; minute <= minutes; minute += 1) {
  const now = await page.measure();
  points.push({ ...now, hours: (performance.now() - begun) / 3_600_000 });
  process.stdout.write(
    `${minute} min: heap ${now.heap.toFixed(0)} kB, ${now.nodes} nodes, ${now.listeners} listeners, ${now.work.toFixed(0)} s of work\n`,
  );
  if (minute < minutes) await pause(60_000 - ((performance.now() - begun) % 60_000));
}

/** The slope of the line of least squares through `values`, for each hour. */
function slope(half, name) {
  const mean = key => half.reduce((sum, point) => sum + point[key], 0) / half.length;
  const [x, y] = [mean('hours'), mean(name)];
  const covariance = half.reduce((sum, point) => sum + (point.hours - x) * (point[name] - y), 0);
  return covariance / half.reduce((sum, point) => sum + (point.hours - x) ** 2, 0);
}

const half = points.slice(Math.floor(points.length / 2));
const [first, last] = [half[0], half.at(-1)];
const hourly = slope(half, 'heap');
const growth = hourly * (last.hours - first.hours);
process.stdout.write(`second half: heap ${growth.toFixed(0)} kB more, ${hourly.toFixed(0)} an hour\n`);
const leaks = [
  ...(growth > MOST_GROWTH ? [`the heap grew by ${growth.toFixed(0)} kB`] : []),
  ...['nodes', 'listeners'].flatMap(name =>
    last[name] > first[name] + MOST_NODES ? [`${last[name] - first[name]} ${name} more`] : [],
  ),
  ...page.problems,
];
process.stdout.write(`${leaks.length === 0 ? 'no leak' : leaks.join('; ')}\n`);
await page.close();
await server.end();
rmSync(folder, { recursive: true });
process.exitCode = leaks.length === 0 ? 0 : 1;
