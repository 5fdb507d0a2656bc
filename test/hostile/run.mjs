#!/usr/bin/env node
// Attacks the built server while an honest reader reads: `node test/hostile/run.mjs [SECONDS [NAME ...]]`, after `npm run build`.
//
// Each attack lasts SECONDS, 10 by default; names are beginnings of those of attacks. Prints a table, or with --json a line for each
// attack as soon as it is over. Exits with 1 if the honest reader lost a row, or the server ended or took too much memory.
// From 5 seconds on, the delays before each attack are measured for as long; below, once for all.

import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { BareTimer } from '../bare-timer.mjs';
import { ProcessorTime } from '../processor-time.mjs';
import { AttackedServer, INTERVAL } from './attacked-server.mjs';
import { ATTACKS } from './attacks/list.mjs';
import { HonestReader } from './honest-reader.mjs';

/** Megabytes that the server may take: its heap, buffers of sockets, and the program. */
const MOST_MEMORY = 400;

/** Rows that have to come while it lasts, and the milliseconds within which they and an attacker have to. */
const ROWS = 5;
const LONGEST = 30_000;

/** Milliseconds within which the connections of an attack have to be gone after it. */
const PATIENCE = 60_000;

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, list: { type: 'boolean' } },
  allowPositionals: true,
});
const [seconds = 10, ...names] = positionals.map((text, index) => (index === 0 ? Number(text) : text));
const attacks =
  names.length === 0 ? ATTACKS : ATTACKS.filter(({ name }) => names.some(start => name.startsWith(start)));
if (values.list) {
  process.stdout.write(`${JSON.stringify(attacks.map(({ name }) => name))}\n`);
  process.exit();
}
if (!(seconds > 0) || attacks.length === 0) {
  process.stderr.write('usage: node test/hostile/run.mjs [--json | --list] [SECONDS [NAME ...]]\n');
  process.exit(2);
}

// What this program starts ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const server = new AttackedServer();
await server.start();
const attackers = spawn(
  process.execPath,
  [join(import.meta.dirname, 'attackers.mjs'), new URL(server.url).port],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
process.once('exit', () => attackers.kill('SIGKILL'));
let counts;
createInterface(attackers.stdout).on('line', line => {
  counts = JSON.parse(line);
});
const timer = new BareTimer(INTERVAL);
const reader = new HonestReader(server.url, 'garden');
await reader.start();

const percentile = (numbers, share) =>
  numbers.toSorted((one, other) => one - other)[Math.ceil(share * numbers.length) - 1] ?? Number.NaN;

/**
 * The 99th percentiles of the delays of rows and of answers in the next `length` seconds, and the greatest memory.
 * @param hasBegun whether there is yet what is to be measured: a busy machine may need longer to begin an attack
 */
async function measure(length, hasBegun = () => true) {
  reader.forget();
  let memory = 0;
  const begun = performance.now();
  const isThere = () => reader.rows.length >= ROWS && hasBegun();
  const isEnough = passed => passed >= length * 1000 && (isThere() || passed > LONGEST);
  while (!isEnough(performance.now() - begun) && server.ended === undefined) {
    memory = Math.max(memory, server.memory);
    await pause(50);
  }
  return {
    memory,
    row: percentile(
      reader.rows.map(({ delay }) => delay),
      0.99,
    ),
    answer: percentile(reader.answers, 0.99),
    rows: reader.rows.length,
    unanswered: reader.unanswered,
  };
}

/** Resolves when no connection of the attack is left. */
async function isOver() {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const { connections } = await server.health().catch(() => ({ connections: { open: Number.NaN } }));
    if (connections.open <= 4) return;
    if (performance.now() > end)
      throw new Error(`expected that the connections of the attack end, found ${connections.open} open`);
    await pause(50);
  }
}

async function attack({ name }, before) {
  const [missedBefore, timerBefore] = [await server.missedSlots(), await timer.missed()];
  const time = new ProcessorTime(server.pid);
  counts = undefined;
  attackers.stdin.write(`${name}\n`);
  while (counts === undefined) await pause(10);
  const during = await measure(seconds, () => counts.connected > 0);
  const { connected, sent, received } = counts;
  const { ran, waited } = time.shares();
  attackers.stdin.write('\n');
  if (server.ended !== undefined) return { name, wrong: [`the server ended with ${server.ended}`] };
  await isOver();
  const lost = await reader.lost();
  const missed = (await server.missedSlots()) - missedBefore;
  const missedByTimer = (await timer.missed()) - timerBefore;
  const wrong = [
    ...(lost > 0 ? [`${lost} rows lost`] : []),
    ...(reader.broken === undefined ? [] : [`the honest reader: ${reader.broken}`]),
    ...(during.rows < ROWS ? [`${during.rows} rows in ${LONGEST / 1000} s`] : []),
    ...(during.memory > MOST_MEMORY ? [`${during.memory.toFixed(0)} MB resident`] : []),
    ...(connected === 0 ? [`nobody attacked in ${LONGEST / 1000} s`] : []),
  ];
  return { name, before, during, lost, missed, missedByTimer, connected, sent, received, ran, waited, wrong };
}

const results = [];
const once = seconds < 5 ? await measure(2) : undefined;
for (const one of attacks) {
  const result = await attack(one, once ?? (await measure(seconds)));
  results.push(result);
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stderr.write(`${one.name}${result.wrong.map(what => `: ${what}`).join('')}\n`);
  if (server.ended !== undefined || reader.broken !== undefined) break;
}
if (!values.json) process.stdout.write(table());
await reader.stop();
timer.stop();
attackers.stdin.end();
const log = await server.stop();
const isRight = results.every(({ wrong }) => wrong.length === 0);
if (!isRight) process.stderr.write(`${log}\n`);
process.exitCode = isRight ? 0 : 1;

function table() {
  const head = [
    'attack',
    'connections, MB sent, MB taken',
    'rows: lost of all',
    'slots: missed, by a bare timer',
    'ms to a row at p99: before, during',
    'ms to an answer at p99: before, during',
    'no answer',
    'MB',
    '% ran, waited',
  ];
  const ms = number => number.toFixed(0);
  const lines = results.map(
    ({ name, before, during, lost, missed, missedByTimer, connected, sent, received, ran, waited, wrong }) =>
      before === undefined
        ? [name, ...wrong]
        : [
            name,
            `${connected}, ${(sent / 1e6).toFixed(0)}, ${(received / 1e6).toFixed(0)}`,
            `${lost} of ${during.rows}`,
            `${missed}, ${missedByTimer}`,
            `${ms(before.row)}, ${ms(during.row)}`,
            `${ms(before.answer)}, ${ms(during.answer)}`,
            during.unanswered,
            during.memory.toFixed(0),
            `${ran}, ${waited}`,
          ],
  );
  const rows = [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |\n`);
  return `load average ${loadavg()[0].toFixed(1)}, ${seconds} s each\n\n${rows.join('')}`;
}
