#!/usr/bin/env node
// Wears the server as years do, in minutes: `node test/soak/day.mjs [MINUTES [VISITORS]]`, after `npm run build`.
//
// Four datasets with a history run at an accelerated pace, hundreds of visitors of every format come and go, the configuration
// is reloaded, columns change, sensors fail, the clock steps, the disk is full for a while, a relay is killed, and a broker is
// restarted. A page stays open. Honest readers account for every row. Prints what was measured, and exits with 1 if a row is
// missing or doubled, an answer is a fault of the server, or the server or the page grows.

import { constants, getPriority, loadavg, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { BareTimer } from '../bare-timer.mjs';
import { ProcessorTime } from '../processor-time.mjs';
import { SoakBroker } from './day/broker.mjs';
import { growth } from './day/growth.mjs';
import { HonestReader } from './day/honest-reader.mjs';
import { SoakRelay } from './day/relay.mjs';
import { FAST, SoakServer } from './day/server.mjs';
import { Visitors } from './day/visitors.mjs';
import { findChromium, OpenPage } from './open-page.mjs';

const [minutes = 60, count = 200] = process.argv.slice(2).map(Number);
if (!(minutes > 0 && count > 0)) {
  process.stderr.write('usage: node test/soak/day.mjs [MINUTES [VISITORS]]\n');
  process.exit(2);
}

/** Minutes after which memory and files are what they stay. */
const SETTLED = 10;

/**
 * What may grow by `room` over the second half of the time, and may be `most` where the time is too short to tell. `of` gets the
 * metrics of the server and the measures of the page.
 */
const WATCHED = [
  {
    name: 'resident memory, MB',
    of: ({ metrics }) => metrics.process_resident_memory_bytes / 1e6,
    room: 25,
    most: 400,
  },
  {
    name: 'heap in use, MB',
    of: ({ metrics }) => metrics.nodejs_heap_size_used_bytes / 1e6,
    room: 20,
    most: 250,
  },
  { name: 'open files', of: ({ metrics }) => metrics.process_open_fds, room: 40, most: 400 },
  {
    name: 'handles and timers',
    of: ({ metrics }) => sumOf(metrics, 'nodejs_active_resources'),
    room: 60,
    most: 500,
  },
  { name: 'heap of the page, MB', of: ({ page }) => page?.heap / 1000, room: 2, most: 40 },
  { name: 'nodes of the page', of: ({ page }) => page?.nodes, room: 50, most: 5000 },
  { name: 'listeners of the page', of: ({ page }) => page?.listeners, room: 20, most: 500 },
];

const SECOND = 1000;
// What this program starts ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const broker = await SoakBroker.start();
const server = new SoakServer(broker?.url);
await server.start();
const timer = new BareTimer(FAST);
// Real visitors are on other machines, and take no processor from the server.
setPriority(Math.min(getPriority() + 5, constants.priority.PRIORITY_LOW));
const relayed = ['fast', 'flaky'];
const relay = new SoakRelay(server.url, relayed);
await relay.start();
const page = findChromium() === undefined ? undefined : await OpenPage.at(`${server.url}/?d=fast&window=60`);
const readers = [
  ...['fast', 'slow', 'flaky', 'changing'].map(name => new HonestReader(server.url, name)),
  ...relayed.map(name => new HonestReader(relay.url, name, server.url)),
];
const visitors = new Visitors(server.url, count);
const time = new ProcessorTime(server.pid);
const mistakes = [];
const measured = WATCHED.map(() => []);
const loads = [];
const happened = new Map();

/** What happens again and again, with its period in seconds. */
const DISTURBANCES = [
  { name: 'reload', every: 7, run: () => server.reload() },
  { name: 'change of columns', every: 19, run: () => server.changeLayout() },
  { name: 'restart of the relay', every: 43, run: () => relay.restart() },
  ...(broker === undefined
    ? []
    : [{ name: 'restart of the broker', every: 29, run: () => broker.restart(3) }]),
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

while (seconds() < minutes * 60 && (server.ended ?? relay.ended) === undefined) {
  await pause(Math.min(10, minutes * 3) * SECOND);
  const metrics = await server.metrics().catch(error => void mistakes.push(`/metrics: ${error}`));
  if (metrics === undefined) continue;
  const held = { metrics, page: await page?.measure() };
  for (const [index, { of }] of WATCHED.entries()) measured[index].push([seconds(), of(held)]);
  loads.push(loadavg()[0]);
}
ending.abort();
await Promise.all(disturbing);
await visitors.stop();
for (const [what, { ended }] of Object.entries({ server, relay }))
  if (ended !== undefined) mistakes.push(`expected that the ${what} runs, found that it ended with ${ended}`);
if (mistakes.length === 0 || server.ended === undefined) await judge();
await page?.close();
timer.stop();
await relay.stop();
const log = await server.stop();
await broker?.stop();
for (const line of mistakes) process.stdout.write(`wrong: ${line}\n`);
if (mistakes.length > 0) process.stdout.write(`${log.split('\n').slice(-40).join('\n')}\n`);
process.exit(mistakes.length > 0 ? 1 : 0);

async function judge() {
  const metrics = await server.metrics();
  for (const reader of readers) {
    const wrong = await reader.verdict();
    if (wrong !== undefined) mistakes.push(wrong);
    say(`${reader.name}: ${reader.rows} rows, each once`, wrong === undefined);
  }
  for (const dataset of broker === undefined ? [] : ['fast', 'slow', 'flaky', 'changing']) {
    const { rows, twice, wrong } = await broker.verdict(server.url, dataset);
    if (wrong !== undefined) mistakes.push(wrong);
    say(`${dataset} at the broker: ${rows} rows, ${twice} of them twice`, wrong === undefined);
  }
  if (page !== undefined) {
    await page.isLive();
    mistakes.push(...page.problems.map(problem => `a script of the page: ${problem}`));
    say('the page is live', page.problems.length === 0);
  }
  const made = sumOf(metrics, 'dapberry_rows_made_total');
  const missed = sumOf(metrics, 'dapberry_slots_missed_total');
  say(`${made} rows made, ${missed} slots missed (${((100 * missed) / (made + missed)).toFixed(2)} %)`);
  const missedByTimer = await timer.missed();
  say(
    `a timer of ${FAST} s with nothing else to do missed ${missedByTimer} of ${Math.round(seconds() / FAST)}`,
  );
  const { ran, waited } = time.shares();
  const load = loads.reduce((sum, each) => sum + each, 0) / loads.length;
  say(
    `the server ran for ${ran} % of the time and waited for a processor for ${waited} %; load average ${load.toFixed(1)}`,
  );
  say(`${visitors.visits} visits, ${(visitors.bytes / 1e6).toFixed(0)} MB`);
  const statuses = [...visitors.statuses].sort(([one], [other]) => one - other);
  say(`answers: ${statuses.map(([status, times]) => `${times} of ${status}`).join(', ')}`);
  for (const [status] of statuses)
    if (status === 500 || status === 502)
      mistakes.push(`expected no answer ${status}, found ${visitors.faults.join('; ')}`);
  say(`disturbances: ${[...happened].map(([name, times]) => `${times} of ${name}`).join(', ')}`);
  for (const [index, { name, room, most }] of WATCHED.entries()) {
    if (measured[index].some(([, value]) => value === undefined || Number.isNaN(value))) continue;
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
