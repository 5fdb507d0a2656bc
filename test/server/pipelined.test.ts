import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from './raw-client.ts';

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');

/** The server's heap in megabytes: what an attack could fill. */
const HEAP = 64;
/** Between rows, in milliseconds. */
const INTERVAL = 100;
/** Rows that have to come while it lasts. */
const ROWS = 20;
const ROW_BYTES = 28;

interface Health {
  readonly datasets: readonly [{ rows: number; missedSlots: number; lastTime: number }];
  readonly connections: { open: number; flooded: number };
}

let folder: string;
let server: ChildProcess;
let attackers: ChildProcess | undefined;
let timer: ChildProcess | undefined;
let address: string;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
  const config = join(folder, 'config.yaml');
  const garden = `{ interval: ${INTERVAL / 1000}, sensors: [{ kind: tmp36-simulated }] }`;
  writeFileSync(config, `datasets: { garden: ${garden} }\n`);
  const options = ['serve', '--config', config, '--host', '127.0.0.1', '--port', '0'];
  server = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, COMMAND, ...options], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const text of server.stdout!) {
    const found = /live page +(http:\S+:(\d+)\/)/.exec(String(text));
    if (found === null) continue;
    [, address = ''] = found;
    port = Number(found[2]);
    break;
  }
});
afterEach(async () => {
  for (const child of [attackers, timer, server]) {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  attackers = undefined;
  timer = undefined;
  rmSync(folder, { recursive: true });
});

async function health(): Promise<Health> {
  return (await (await fetch(`${address}health`)).json()) as Health;
}

/** Clients that read nothing; resolves when each of them has come so often. */
async function attack(clients: number, requests: number, text: string, first = ''): Promise<void> {
  const program = join(import.meta.dirname, 'pipeliners.mjs');
  const numbers = [port, clients, requests].map(String);
  attackers = spawn(process.execPath, [program, ...numbers, JSON.stringify(text), JSON.stringify(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Real attackers run on other machines, and take no processor from the server.
  setPriority(attackers.pid!, constants.priority.PRIORITY_LOW);
  await once(attackers.stdout!, 'data');
}

/** Slots of the same interval that a timer with nothing else to do has missed, as the machine was busy with other things. */
async function missedByTimer(): Promise<number> {
  timer ??= spawn(process.execPath, [join(import.meta.dirname, 'bare-timer.mjs'), String(INTERVAL)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  timer.stdin!.write('\n');
  const [text] = await once(timer.stdout!, 'data');
  return Number(text);
}

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;

describe('clients that send requests and read nothing', () => {
  it.each<[string, requests: number, text: string, first: string]>([
    ['with thousands of requests for a page', 1700, get('/garden.html'), ''],
    ['with as many as may wait', 8, get('/garden.html'), ''],
    [
      'with OPTIONS behind an endless stream',
      1700,
      'OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n',
      get('/garden.dods'),
    ],
    [
      'with HEAD and what is not there behind a stream',
      7,
      get('/nothing').replace('GET', 'HEAD'),
      get('/garden.dods'),
    ],
    ['with requests without a host behind a stream', 3000, 'GET / HTTP/1.1\r\n\r\n', get('/garden.dods')],
    ['with expectations behind a stream', 1500, get('/', 'Expect: tea\r\n'), get('/garden.dods')],
    [
      'with bodies that have no end',
      1,
      `${'x'.repeat(60_000)}`,
      get('/garden.das', 'Content-Length: 1000000000\r\n'),
    ],
    [
      'with chunks that have no end',
      800,
      `10\r\n${'x'.repeat(16)}\r\n`,
      get('/garden.das', 'Transfer-Encoding: chunked\r\n').replace('GET', 'POST'),
    ],
    [
      'with chunks of one byte behind a stream',
      11_000,
      '1\r\nx\r\n',
      get('/garden.dods', 'Transfer-Encoding: chunked\r\n'),
    ],
    ['with addresses that cannot be read', 8, get('/%zz'), ''],
  ])('%s hold up no honest reader', async (_, requests, text, first) => {
    const reader = new RawClient(port).ask('/garden.dods');
    await reader.until(() => reader.answers[0]!.body.length > 0);
    const rows = () => Math.floor(reader.answers[0]!.body.length / ROW_BYTES);
    const busyBefore = await missedByTimer();
    const before = await health();
    // Requests that may wait are answered, so that more of them come to the work of thousands that may not.
    const clients = requests === 8 ? 400 : 150;
    await attack(clients, requests, text, first);
    const begun = rows();
    await reader.until(() => rows() > begun + ROWS);
    const after = await health();
    const busy = (await missedByTimer()) - busyBefore;
    attackers!.kill('SIGKILL');
    expect(server.exitCode).toBeNull();
    expect(after.connections.open).toBeLessThanOrEqual(clients + 3);
    // No row is lost: the log holds the same ones.
    const { body } = reader.answers[0]!;
    const head = body.indexOf('Data:\n') + 6;
    const end = head + Math.floor((body.length - head) / ROW_BYTES) * ROW_BYTES;
    const [low, high] = [head, end - ROW_BYTES].map(row => body.readDoubleBE(row + 4));
    const window = await new RawClient(port).ask(`/garden.dods?&time>=${low}&time<=${high}`).answer();
    expect(window.body.subarray(0, -4).equals(body.subarray(0, end))).toBe(true);
    // Every slot is sampled, as far as the machine lets one see: the server has more to do than the timer.
    const missed = after.datasets[0].missedSlots - before.datasets[0].missedSlots;
    expect(missed).toBeLessThan(2 * busy + ROWS / 2);
    await reader.leave();
  });
});
