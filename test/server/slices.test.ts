import { afterEach, describe, expect, it } from 'vitest';
import { type FollowedRows, type FollowOptions, follow } from '../../dap/client/index.ts';
import { rowsOf, States } from '../dap/client/collect.ts';
import { type Serving, serving } from '../serving.ts';
import { inMemory } from './datasets.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** The queries of the requests for rows that reach a server, decoded. */
function queriesOf(server: Serving): string[] {
  const queries: string[] = [];
  server.app.server.prependListener('request', ({ url = '' }) => {
    if (url.includes('.dods')) queries.push(decodeURIComponent(url.split('?')[1] ?? ''));
  });
  return queries;
}

/** A fetch that reads on though nobody takes what it reads, as Firefox and WebKit do; and how many bytes it has read. */
function greedyFetch(): { fetch: NonNullable<FollowOptions['fetch']>; bytes(): number } {
  let bytes = 0;
  return {
    bytes: () => bytes,
    fetch: async (address, init) => {
      const stop = new AbortController();
      const signal = AbortSignal.any([init.signal, stop.signal]);
      const response = await fetch(address, { ...init, signal });
      const pieces: Uint8Array[] = [];
      let wake = (): void => {};
      let failure: unknown;
      let ended = false;
      const reading = (async () => {
        for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
          bytes += piece.length;
          pieces.push(piece);
          wake();
        }
      })();
      reading
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => {
          ended = true;
          wake();
        });
      const body = new ReadableStream<Uint8Array>({
        cancel: () => stop.abort(),
        async pull(controller) {
          while (pieces.length === 0 && !ended) {
            await new Promise<void>(resolve => {
              wake = resolve;
            });
          }
          const piece = pieces.shift();
          if (piece !== undefined) controller.enqueue(piece);
          else if (failure === undefined) controller.close();
          else controller.error(failure);
        },
      });
      return new Response(body, response);
    },
  };
}

function opened(url: string, options: FollowOptions): AsyncGenerator<FollowedRows, void, undefined> {
  const batches = follow(url, { retry: { base: 0.01, cap: 0.05 }, ...options });
  closing.push({ close: async () => void (await batches.return()) });
  return batches;
}

async function take(
  batches: AsyncGenerator<FollowedRows, void, undefined>,
  count: number,
): Promise<number[][]> {
  const rows: number[][] = [];
  while (rows.length < count) rows.push(...rowsOf((await batches.next()).value as FollowedRows));
  return rows;
}

/** How many timers of this process are running. */
function timers(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
}

/** Waits until the server has nothing to do any more that was asked of it. */
async function idle(server: Serving): Promise<void> {
  for (;;) {
    const { streams } = (await (await fetch(`${server.url}/health`)).json()) as { streams: number };
    if (streams === 0) return;
  }
}

describe('a client that reads on though nobody takes the rows', () => {
  it.each([
    ['with a lower bound', '?&time>=1000000000'],
    ['from the present on', ''],
  ])('is bounded %s, of a server that makes rows as fast as they are read', async (_how, constraint) => {
    const server = await serving({ interval: 0 });
    closing.push(server);
    const { fetch: greedy, bytes } = greedyFetch();
    const states = new States();
    const timersBefore = timers();
    const batches = opened(`${server.url}/roberrypi${constraint}`, {
      slice: 1000,
      fetch: greedy,
      onState: states.onState,
    });
    const rows = await take(batches, 20_000);
    // Simulated time has a row a second: none is lost or doubled between the slices.
    expect(rows.every(([time], at) => at === 0 || Math.abs(time! - rows[at - 1]![0]! - 1) < 1e-6)).toBe(true);
    // Every slice has ended, except the slice that is read now.
    await idle(server);
    const before = bytes();
    await take(batches, 1);
    await idle(server);
    expect(bytes() - before).toBeLessThan(1000 * 1000);
    expect(states.names.filter(name => name === 'reconnecting')).toEqual([]);
    // A limit on the time of one slice that is left behind would break the connection in the middle of a later one.
    expect(timers() - timersBefore).toBeLessThan(10);
  });
});

describe('slices of a past', () => {
  const NOW = Math.floor(Date.now() / 1000);

  /** `ends`: it knows by its clock that no more rows will come of a window that is past. */
  async function scripted(
    times: readonly number[],
    ends = true,
  ): Promise<[ScriptedSource, Serving, string[]]> {
    const device = new ScriptedSource();
    if (ends) Object.defineProperty(device, 'earliest', { get: () => Date.now() / 1000 });
    const server = await serving({ datasets: [inMemory(SCRIPTED, device)] });
    closing.push(server);
    await device.append(times.map((time, n) => [time, n, n, n % 64]));
    return [device, server, queriesOf(server)];
  }

  it.each([
    ['', true],
    [', also of a server that leaves an answer open past its end', false],
  ])('give each row once, and then what comes, in one request without an end%s', async (_what, ends) => {
    const past = Array.from({ length: 30_000 }, (_, n) => NOW - 40_000 + n + (n % 4) / 8);
    const [device, server, queries] = await scripted(past, ends);
    const batches = opened(`${server.url}/scripted?time,a,b&time>=${NOW - 40_000}`, { slice: 500 });
    expect((await take(batches, 30_000)).map(([time]) => time)).toEqual(past);
    const bounded = queries.filter(query => query.includes('<'));
    expect(bounded.length).toBeGreaterThan(10);
    const live = batches.next();
    // The server waits for its clock at the end of the last slice.
    await expect.poll(() => queries.at(-1), { timeout: 25_000 }).toMatch(/^time,a,b&sensor.time>=[\d.]+$/);
    await device.append([[Date.now() / 1000, 1, 1, 1]]);
    expect(rowsOf((await live).value as FollowedRows)).toHaveLength(1);
  });

  it('pass over years without a row in few requests', async () => {
    const [, server, queries] = await scripted([NOW - 3, NOW - 2]);
    const batches = opened(`${server.url}/scripted?time&time>=0`, { slice: 500 });
    expect(await take(batches, 2)).toEqual([[NOW - 3], [NOW - 2]]);
    expect(queries.length).toBeLessThan(20);
  });

  it('end where the constraint does', async () => {
    const past = Array.from({ length: 30_000 }, (_, n) => NOW - 40_000 + n);
    const [, server, queries] = await scripted(past);
    const rows: number[][] = [];
    const constraint = `&time>=${NOW - 39_900}&time<${NOW - 15_000}`;
    for await (const batch of opened(`${server.url}/scripted?${constraint}`, { slice: 100 })) {
      rows.push(...rowsOf(batch));
    }
    expect(rows.map(([time]) => time)).toEqual(past.slice(100, 25_000));
    expect(queries.length).toBeGreaterThan(5);
  });

  it('lose and double nothing over breaks, nor where several rows have one time', async () => {
    const past = Array.from({ length: 3000 }, (_, n) => NOW - 10_000 + 7 * Math.floor(n / 3));
    const [, server] = await scripted(past);
    const batches = opened(`${server.url}/scripted?b&time>=0`, { slice: 200 });
    const rows: number[][] = [];
    while (rows.length < 3000) {
      rows.push(...(await take(batches, 1)));
      if (rows.length % 5 === 0) server.app.server.closeAllConnections();
    }
    expect(rows).toEqual(past.map((_, n) => [n]));
  });

  it('are left out where they cannot be, or nobody wants them', async () => {
    const past = Array.from({ length: 3000 }, (_, n) => NOW - 3000 + n);
    const [, server, queries] = await scripted(past);
    expect(await take(opened(`${server.url}/scripted?b[0:1:99]&time>=0`, { slice: 10 }), 100)).toHaveLength(
      100,
    );
    expect(await take(opened(`${server.url}/scripted?time&time>=0`, {}), 3000)).toHaveLength(3000);
    expect(queries.filter(query => query.includes('<'))).toEqual([]);
  });
});
