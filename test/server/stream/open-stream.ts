// Opens streams for tests, and waits until the server reports them.

import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { Serving } from '../../serving.ts';

/** Resolves when the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 5, timeout: 25_000 }).toBe(true);
}

/** Resolves when the server says in `/health` that this many streams are open. */
export async function untilStreams(server: Serving, count: number): Promise<void> {
  const found = async () => {
    const health = (await (await fetch(`${server.url}/health`)).json()) as { streams: number };
    return health.streams;
  };
  await expect.poll(found, { interval: 5, timeout: 25_000 }).toBe(count);
}

/** A response whose headers have come. */
export function openStream(
  server: Serving,
  path: string,
): Promise<{ asked: ClientRequest; answer: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const asked = get(`${server.url}${path}`, { agent: false });
    asked.once('response', answer => resolve({ asked, answer }));
    asked.once('error', reject);
  });
}

/** A client that asks for a stream and reads nothing of it. */
export function stuckClient(server: Serving, path: string): Socket {
  const stuck = connect(server.port, '127.0.0.1');
  stuck.on('error', () => undefined).pause();
  stuck.write(`GET ${path} HTTP/1.1\r\nHost: pi\r\n\r\n`);
  return stuck;
}
