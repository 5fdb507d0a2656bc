#!/usr/bin/env node
// Checks that the live page stays small in memory for hours: `node test/soak/page.mjs [MINUTES [ROWS_PER_SECOND]]`.
//
// Serves the built page (`npm run build`) with eight columns, 10 rows a second for 60 minutes by default, and opens it in Chromium on a
// window of ten minutes. Each minute it collects garbage and prints heap, nodes and listeners. Exits with 1 if the heap or
// the page grew in the second half. `DAPBERRY_CHROMIUM` names another browser than `chromium`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

const [minutes = 60, rate = 10] = process.argv.slice(2).map(Number);
if (!(minutes >= 2 && rate > 0)) {
  process.stderr.write('usage: node test/soak/page.mjs [MINUTES, from 2 on [ROWS_PER_SECOND]]\n');
  process.exit(2);
}

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');

/** The window that the page shows, in seconds: points of a longer one would still come in at the end of a short run. */
const WINDOW = Math.min(600, Math.round(minutes * 20));

/** Growth in the second half that does not count as a leak: kilobytes of the heap, nodes and listeners. */
const MOST_GROWTH = 500;
const MOST_NODES = 20;

const sensors = ['north', 'south', 'east', 'west'].map(name => `{ kind: tmp36-simulated, name: ${name} }`);
const folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
const config = join(folder, 'config.yaml');
writeFileSync(config, `datasets:\n  garden: { interval: ${1 / rate}, sensors: [${sensors.join(', ')}] }\n`);
const server = spawn(
  process.execPath,
  [COMMAND, 'serve', '--config', config, '--simulate', '--host', '127.0.0.1', '--port', '0'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
process.once('exit', () => server.kill());

async function addressOf(child) {
  for await (const line of createInterface(child.stdout)) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('the server ended before it printed an address');
}

function findChromium() {
  const names = ['chromium', 'chromium-browser'];
  const paths = process.env.PATH.split(delimiter).flatMap(path => names.map(name => join(path, name)));
  return process.env.DAPBERRY_CHROMIUM ?? paths.find(path => existsSync(path));
}

const url = await addressOf(server);
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const problems = [];
page.on('pageerror', error => problems.push(error.message));
await page.goto(`${url}/#window=${WINDOW}`);
await page.waitForFunction(() => document.getElementById('state')?.textContent === 'Live');
const session = await page.context().newCDPSession(page);
await session.send('Performance.enable');

/** Kilobytes of the heap after a collection, nodes and listeners, and seconds of work in all. */
async function measure() {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const of = name => metrics.find(metric => metric.name === name).value;
  return {
    heap: of('JSHeapUsedSize') / 1000,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    work: of('TaskDuration'),
  };
}

const begun = performance.now();
const points = [];
for (let minute = 0; minute <= minutes; minute += 1) {
  const now = await measure();
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
  ...problems,
];
process.stdout.write(`${leaks.length === 0 ? 'no leak' : leaks.join('; ')}\n`);
await browser.close();
server.kill();
await once(server, 'close');
rmSync(folder, { recursive: true });
process.exitCode = leaks.length === 0 ? 0 : 1;
