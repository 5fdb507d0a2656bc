#!/usr/bin/env node
// Checks that a server leaks no memory or files under many connects: `node test/soak/connects.mjs [RATE [SECONDS]]`.
//
// Starts the built command (`npm run build`), connects RATE times a second for SECONDS (1000 and 60 by default), disconnects in
// several manners, and prints the memory and files of the server before and after. Exits with 1 after a leak.

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ServerProcess } from '../server-process.mjs';

const [rate = 1000, seconds = 60] = process.argv.slice(2).map(Number);
if (!(rate > 0 && seconds > 0)) {
  process.stderr.write('usage: node test/soak/connects.mjs [CONNECTS_PER_SECOND [SECONDS]]\n');
  process.exit(2);
}

/** Connects under way at once; beyond that the rate is not kept, and `left` counts the missing ones. */
const MOST_AT_ONCE = 500;

/** Seconds in which the server compiles its code and its heap reaches its usual size. */
const WARM_UP = 5;

/** Growth of memory that does not count as a leak, in MiB. */
const ROOM = 40;

const server = new ServerProcess(['--simulate']);
await server.start();
const url = new URL(server.url);
const port = Number(url.port);

/** Resident memory in MiB, open files, and the counts of `/health`. */
async function holdings() {
  const health = await (await fetch(new URL('health', url), { headers: { connection: 'close' } })).json();
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? [];
  const files = readdirSync(`/proc/${server.pid}/fd`).length;
  return { memory: Math.round(kilobytes / 1024), files, streams: health.streams, opened: health.opened };
}

const PATHS = [
  '/roberrypi.dods',
  '/host.asc',
  '/roberrypi.dods?&time>now-1hour',
  '/roberrypi.dods?sensor[0:1:0]',
];

/** The ways in which a client disconnects, after it has read something or at once. */
const MANNERS = [
  { reads: true, leave: socket => socket.destroy() },
  { reads: true, leave: socket => socket.resetAndDestroy() },
  { reads: false, leave: socket => socket.destroy() },
  { reads: true, leave: socket => socket.end() },
];

let underWay = 0;
const total = { connects: 0, failed: 0, left: 0 };

async function connectOnce(number) {
  underWay += 1;
  const { reads, leave } = MANNERS[number % MANNERS.length];
  const socket = connect(port, '127.0.0.1');
  try {
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      `GET ${PATHS[Math.floor(number / MANNERS.length) % PATHS.length]} HTTP/1.1\r\nHost: pi\r\n\r\n`,
    );
    if (reads) await once(socket, 'data');
    leave(socket.resume());
    if (!socket.closed) await once(socket, 'close');
    total.connects += 1;
  } catch {
    total.failed += 1;
  } finally {
    socket.destroy();
    underWay -= 1;
  }
}

/** Connects at the rate for `length` seconds. */
async function run(length) {
  const begun = performance.now();
  for (let number = 0; ; ) {
    const elapsed = (performance.now() - begun) / 1000;
    if (elapsed >= length) break;
    for (; number < elapsed * rate; number += 1) {
      if (underWay < MOST_AT_ONCE) void connectOnce(number);
      else total.left += 1;
    }
    if (process.stderr.isTTY)
      process.stderr.write(`\r${Math.round(elapsed)} of ${length} s, ${total.connects} connects `);
    await pause(5);
  }
  while (underWay > 0) await pause(10);
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

async function settled() {
  for (let tries = 0; tries < 100; tries += 1) {
    const now = await holdings();
    if (now.streams === 0) return now;
    await pause(100);
  }
  return holdings();
}

await run(WARM_UP);
const before = await settled();
total.connects = 0;
total.failed = 0;
total.left = 0;
await run(seconds);
const after = await settled();
console.log('before', before);
console.log('after ', after);
console.log(
  `${total.connects} connects, ${Math.round(total.connects / seconds)} a second; ${total.failed} failed, ${total.left} left out`,
);
const leaks = [
  ...(after.streams > 0 ? [`${after.streams} streams are still open`] : []),
  ...(after.files > before.files + 2 ? [`${after.files - before.files} files more than before`] : []),
  ...(after.memory > before.memory + ROOM ? [`${after.memory - before.memory} MiB more than before`] : []),
  ...(total.connects === 0 ? ['no connect succeeded'] : []),
];
console.log(leaks.length === 0 ? 'no leak' : leaks.join('; '));
await server.end();
process.exitCode = leaks.length === 0 ? 0 : 1;
