// Measures what a server holds, in open streams, handles and memory, to compare it before and after a test.

import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Serving } from '../serving.ts';

export interface Holdings {
  /** Open streams, as `/health` counts them. */
  readonly streams: number;
  /** Sockets, pipes and processes of this process, the clients' ends included. */
  readonly handles: number;
  /** Memory in use after garbage was collected. */
  readonly bytes: number;
}

/** Bytes that a server may hold more than before without being taken for one that leaks. */
const ROOM = 24 * 1024 * 1024;

/** How long a server may need to let go of what a client left, in milliseconds. */
const PATIENCE = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export async function holdings(server: Serving): Promise<Holdings> {
  const handles = process.getActiveResourcesInfo().filter(name => /TCP|Pipe|Process/.test(name)).length;
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return { streams: await openStreams(server), handles, bytes: heapUsed + external };
}

/** Resolves when the server holds no more than before; rejects where that does not come in time. */
export async function backTo(before: Holdings, server: Serving): Promise<Holdings> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const now = await holdings(server);
    const { streams, handles, bytes } = before;
    if (now.streams <= streams && now.handles <= handles && now.bytes <= bytes + ROOM) return now;
    if (performance.now() > deadline) {
      throw new Error(`expected ${JSON.stringify(before)} again, found ${JSON.stringify(now)}`);
    }
    await pause(20);
  }
}

export async function openStreams({ app }: Serving): Promise<number> {
  return (await app.inject('/health')).json<{ streams: number }>().streams;
}
