import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from './raw-client.ts';

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');
const END = Buffer.from([0xa5, 0, 0, 0]);

/** What waits for a client that reads nothing is more, in bytes, once it has come to its limit. */
const FULL = 1e6;

let folder: string;
let server: ChildProcess;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
  const config = join(folder, 'config.yaml');
  writeFileSync(
    config,
    `datasets:
  fast: { interval: 0, sensors: [{ kind: tmp36-simulated }] }
  live: { interval: 0.05, sensors: [{ kind: tmp36-simulated }] }
`,
  );
  const options = ['serve', '--config', config, '--host', '127.0.0.1', '--port', '0'];
  server = spawn(process.execPath, [COMMAND, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const text of server.stdout!) {
    const found = /live page +http:\S+:(\d+)\//.exec(String(text));
    if (found === null) continue;
    port = Number(found[1]);
    break;
  }
});
afterEach(async () => {
  if (server.exitCode === null && server.signalCode === null) {
    server.kill('SIGKILL');
    await once(server, 'close');
  }
  rmSync(folder, { recursive: true });
});

/** Bytes of rows that have been sent to all clients. */
async function sent(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counts = [...text.matchAll(/^dapberry_sent_bytes_total\{dataset="fast".*\} (\d+)$/gm)];
  return counts.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

/** A client that reads nothing, for which as much waits as may. */
async function stuck(): Promise<RawClient> {
  const client = new RawClient(port, { reading: false }).ask('/fast.dods');
  let before = -1;
  for (let now = await sent(); now < FULL || now > before; now = await sent()) before = now;
  return client;
}

/** What becomes of a new connection. */
async function connecting(): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return 'connected';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.destroy();
  }
}

describe('SIGTERM', () => {
  it('ends each stream with its marker, at interval 0 too, where the client takes what it was sent', async () => {
    const readers = ['/fast.dods', '/live.dods', '/live.dods?&time>=now%2B3650days'].map(path =>
      new RawClient(port).ask(path),
    );
    for (const one of readers) await one.until(() => one.answers[0]!.body.length > 0);
    server.kill('SIGTERM');
    const [code] = await once(server, 'close');
    expect(code).toBe(0);
    for (const one of readers) {
      await one.end();
      const [answer] = one.answers;
      expect(answer!.complete).toBe(true);
      expect(answer!.body.subarray(-4).equals(END)).toBe(true);
    }
  });

  it('leaves the response to a client that took nothing unfinished, and does not wait for it', async () => {
    const slow = await stuck();
    server.kill('SIGTERM');
    const [code] = await once(server, 'close');
    expect(code).toBe(0);
    slow.read();
    await slow.end();
    const [answer] = slow.answers;
    expect(answer!.status).toBe(200);
    expect(answer!.body.length).toBeGreaterThan(FULL);
    expect(answer!.complete).toBe(false);
  });

  it('answers a client that has connected a moment before, and accepts none from then on', async () => {
    const slow = await stuck();
    const other = new RawClient(port);
    await once(other.socket, 'connect');
    // Connections are accepted in turn.
    await sent();
    server.kill('SIGTERM');
    other.ask('/live.dds');
    expect((await other.answer()).status).toBe(200);
    // The client of the stream, which takes nothing, keeps the server a moment longer.
    await expect.poll(connecting).toBe('ECONNREFUSED');
    slow.read();
    const [code] = await once(server, 'close');
    expect(code).toBe(0);
  });
});
