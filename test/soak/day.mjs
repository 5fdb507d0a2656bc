#!/usr/bin/env node
// Wears the server as years do, in minutes: `node test/soak/day.mjs [MINUTES [VISITORS]]`, after `npm run build`.
//
// Four datasets with a history run at an accelerated pace, hundreds of visitors of every format come and go, the configuration
// is reloaded, columns change, sensors fail, the clock steps, and the disk is full for a while. Honest readers account for every
// row. Prints what was measured, and exits with 1 if a row is missing or doubled, an answer is a fault of the server, or it grows.

import { setTimeout as pause } from 'node:timers/promises';
import { growth } from './day/growth.mjs';
import { HonestReader } from './day/honest-reader.mjs';
import { SoakServer } from './day/server.mjs';
import { Visitors } from './day/visitors.mjs';

const [minutes = 60, count = 200] = process.argv.slice(2).map(Number);
if (!(minutes > 0 && count > 0)) {
  process.stderr.write('usage: node test/soak/day.mjs [MINUTES [VISITORS]]\n');
  process.exit(2);
}

/** Minutes after which memory and files are what they stay. */
const SETTLED = 10;

/** What may grow by `room` over the second half of the time, and may be `most` where the time is too short to tell. */
const WATCHED = [
  {
    name: 'resident memory, MB',
    of: metrics => metrics.process_resident_memory_bytes / 1e6,
    room: 25,
    most: 400,
  },
  {
    name: 'heap in use, MB',
    of: metrics => metrics.nodejs_heap_size_used_bytes / 1e6,
    room: 20,
    most: 250,
  },
  { name: 'open files', of: metrics => metrics.process_open_fds, room: 40, most: 400 },
  {
    name: 'handles and timers',
    of: metrics => sumOf(metrics, 'nodejs_active_resources'),
    room: 60,
    most: 500,
  },
];

const SECOND = 1000;
const server = new SoakServer();
await server.start();
const readers = ['fast', 'slow', 'flaky', 'changing'].map(name => new HonestReader(server.url, name));
const visitors = new Visitors(server.url, count);
const mistakes = [];
const measured = WATCHED.map(() => []);
const happened = new Map();

/** What happens again and again, with its period in seconds. */
const DISTURBANCES = [
  { name: 'reload', every: 7, run: () => server.reload() },
  { name: 'change of columns', every: 19, run: () => server.changeLayout() },
  ...(server.canStepClock()
    ? [
        { name: 'clock ahead by 2 s', every: 31, run: () => server.stepClock(2) },
        { name: 'clock back by 1.5 s', every: 37, run: () => server.stepClock(-1.5) },
      ]
    : []),
  ...(server.canFillDisk()
    ? [
        {
          name: 'disk full for 5 s',
          every: 41,
          run: async () => {
            server.fillDisk();
            await pause(5 * SECOND);
            server.freeDisk();
          },
        },
      ]
    : []),
];

const begun = performance.now();
const seconds = () => (performance.now() - begun) / SECOND;
const ending = new AbortController();
const disturbing = DISTURBANCES.map(async ({ name, every, run }) => {
  for (;;) {
    await pause(every * SECOND, undefined, { signal: ending.signal }).catch(() => undefined);
    if (ending.signal.aborted) return;
    await run();
    happened.set(name, (happened.get(name) ?? 0) + 1);
  }
});

while (seconds() < minutes * 60 && server.ended === undefined) {
  await pause(Math.min(10, minutes * 3) * SECOND);
  const metrics = await server.metrics().catch(error => void mistakes.push(`/metrics: ${error}`));
  if (metrics === undefined) continue;
  for (const [index, { of }] of WATCHED.entries()) measured[index].push([seconds(), of(metrics)]);
}
ending.abort();
await Promise.all(disturbing);
await visitors.stop();
if (server.ended !== undefined)
  mistakes.push(`expected that the server runs, found that it ended with ${server.ended}`);
else await judge();
const log = await server.stop();
for (const line of mistakes) process.stdout.write(`wrong: ${line}\n`);
if (mistakes.length > 0) process.stdout.write(`${log.split('\n').slice(-40).join('\n')}\n`);
process.exit(mistakes.length > 0 ? 1 : 0);

async function judge() {
  const metrics = await server.metrics();
  for (const reader of readers) {
    const wrong = await reader.verdict();
    if (wrong !== undefined) mistakes.push(wrong);
    say(`${reader.dataset}: ${reader.rows} rows, each once`, wrong === undefined);
  }
  const made = sumOf(metrics, 'dapberry_rows_made_total');
  const missed = sumOf(metrics, 'dapberry_slots_missed_total');
  say(`${made} rows made, ${missed} slots missed (${((100 * missed) / (made + missed)).toFixed(2)} %)`);
  say(`${visitors.visits} visits, ${(visitors.bytes / 1e6).toFixed(0)} MB`);
  const statuses = [...visitors.statuses].sort(([one], [other]) => one - other);
  say(`answers: ${statuses.map(([status, times]) => `${times} of ${status}`).join(', ')}`);
  for (const [status] of statuses)
    if (status === 500 || status === 502) mistakes.push(`expected no answer ${status}`);
  say(`disturbances: ${[...happened].map(([name, times]) => `${times} of ${name}`).join(', ')}`);
  for (const [index, { name, room, most }] of WATCHED.entries()) {
    const { mean, change } = growth(measured[index]);
    const isRight = minutes >= SETTLED ? change <= room : mean <= most;
    say(
      `${name}: ${mean.toFixed(1)}, over the second half ${change < 0 ? '' : '+'}${change.toFixed(1)}`,
      isRight,
    );
    if (isRight) continue;
    mistakes.push(
      minutes >= SETTLED
        ? `${name}: expected to grow by ${room} at most, found ${change.toFixed(1)}`
        : `${name}: expected ${most} at most, found ${mean.toFixed(1)}`,
    );
  }
}

function say(sentence, isRight = true) {
  process.stdout.write(`${isRight ? 'ok' : 'NOT OK'}: ${sentence}\n`);
}

function sumOf(metrics, name) {
  return Object.entries(metrics)
    .filter(([key]) => key === name || key.startsWith(`${name}{`))
    .reduce((sum, [, value]) => sum + value, 0);
}
