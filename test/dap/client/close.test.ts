import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FollowOptions, follow } from '../../../dap/client/index.ts';
import { rowsOf, States, take } from './collect.ts';
import { head, responseBytes, rowBytes, type Serving, serve } from './station.ts';

const open: Serving[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of open.splice(0)) await server.close();
});

async function answering(...[handler]: Parameters<typeof serve>): Promise<Serving> {
  const server = await serve(handler);
  open.push(server);
  return server;
}

/** Resolves when the connections are gone over which the server was asked. */
async function deserted(server: Serving): Promise<void> {
  for (const socket of server.busy) await new Promise(resolve => socket.on('close', resolve));
}

const mute = (): void => {};
const silentAfter =
  (bytes: string | Uint8Array) =>
  (_request: unknown, response: ServerResponse): void => {
    response.write(bytes);
  };
const twoRows = responseBytes(
  [
    [1, 10],
    [2, 20],
  ],
  { end: false },
);

/** The moments at which a consumer may have enough, and what the server does to bring them about. */
const moments = [
  { moment: 'while it connects', state: 'connecting', handler: mute },
  { moment: 'while it waits for the first row', state: 'waiting', handler: silentAfter(`${head()}Data:\n`) },
  {
    moment: 'in the middle of a row',
    state: 'waiting',
    handler: silentAfter(responseBytes([], { end: false })),
  },
  {
    moment: 'in the back-off',
    state: 'reconnecting',
    handler: (_request: unknown, response: ServerResponse): void => {
      response.statusCode = 503;
      response.end();
    },
  },
] as const;

const patient: FollowOptions = { retry: { base: 1000, cap: 1000 }, random: () => 0.9 };

describe.each(moments.map(({ moment, ...rest }) => [moment, rest] as const))(
  '%s',
  (_moment, { state, handler }) => {
    it('an abort throws its reason and closes the connection', async () => {
      const server = await answering(handler);
      const controller = new AbortController();
      const states = new States();
      const rows = follow(`${server.origin}/x`, {
        ...patient,
        signal: controller.signal,
        onState: states.onState,
      });
      const reached = states.next(state);
      const next = rows.next();
      await reached;
      await vi.waitUntil(() => server.busy.size === 1);
      const reason = new Error('the page is hidden');
      controller.abort(reason);
      await expect(next).rejects.toBe(reason);
      expect(await rows.next()).toEqual({ done: true, value: undefined });
      if (state !== 'reconnecting') await deserted(server);
      expect(states.seen.at(-1)).toEqual({ state: 'ended', reason: 'the page is hidden' });
    });

    it('return() ends the wait and closes the connection', async () => {
      const server = await answering(handler);
      const states = new States();
      const rows = follow(`${server.origin}/x`, { ...patient, onState: states.onState });
      const reached = states.next(state);
      const next = rows.next();
      await reached;
      await vi.waitUntil(() => server.busy.size === 1);
      expect(await rows.return()).toEqual({ done: true, value: undefined });
      expect(await next).toEqual({ done: true, value: undefined });
      if (state !== 'reconnecting') await deserted(server);
      expect(states.seen.at(-1)).toEqual({ state: 'ended', reason: 'closed by its consumer' });
    });
  },
);

describe('a consumer that has enough', () => {
  it('closes the connection with break', async () => {
    const server = await answering(silentAfter(twoRows));
    expect(await take(1, follow(`${server.origin}/x`))).toHaveLength(2);
    await deserted(server);
  });

  it('closes the connection with an abort while it looks at a row', async () => {
    const server = await answering(silentAfter(twoRows));
    const controller = new AbortController();
    const rows = follow(`${server.origin}/x`, { signal: controller.signal });
    await rows.next();
    controller.abort();
    await deserted(server);
    await expect(rows.next()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('gets no row any more after an abort, even if some had come already', async () => {
    const two = await answering((_request, response, number) => response.end(number === 0 ? twoRows : ''));
    const controller = new AbortController();
    const rows = follow(`${two.origin}/x?sensor[0:1:1]`, { signal: controller.signal });
    await rows.next();
    controller.abort(new Error('enough'));
    await expect(rows.next()).rejects.toThrow('enough');
  });

  it('that has enough before it begins asks nothing', async () => {
    let requests = 0;
    const server = await answering(() => requests++);
    const rows = follow(`${server.origin}/x`, { signal: AbortSignal.abort(new Error('never mind')) });
    await expect(rows.next()).rejects.toThrow('never mind');
    expect(requests).toBe(0);
  });

  it('leaves nothing behind on the signal', async () => {
    const server = await answering(silentAfter(twoRows));
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await take(1, follow(`${server.origin}/x`, { signal }));
    expect(added).toHaveBeenCalled();
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });

  it('that fails of itself passes its own error on', async () => {
    const server = await answering(silentAfter(twoRows));
    const failing = async (): Promise<void> => {
      for await (const _ of follow(`${server.origin}/x`)) throw new RangeError('mine');
    };
    await expect(failing()).rejects.toThrow('mine');
    await deserted(server);
  });
});

describe('a consumer that does not pull', () => {
  it('stalls the server', async () => {
    const rows = Buffer.concat(Array.from({ length: 4000 }, (_, n) => rowBytes([n, n])));
    let sent = 0;
    const server = await answering(async (_request, response) => {
      let goOn = (): void => {};
      response.on('drain', () => goOn()).on('close', () => goOn());
      response.write(`${head()}Data:\n`);
      while (!response.destroyed) {
        sent += rows.length;
        if (response.write(rows)) await new Promise(setImmediate);
        else {
          await new Promise<void>(resolve => {
            goOn = resolve;
          });
        }
      }
    });
    const batches = follow(`${server.origin}/x`);
    await batches.next();
    const stalled = await vi.waitUntil(
      async () => {
        const before = sent;
        await new Promise(resolve => setTimeout(resolve, 250));
        return sent === before ? sent : false;
      },
      { timeout: 20_000 },
    );
    expect(stalled).toBeLessThan(64 * 2 ** 20);
    // What was held back still comes, and the server goes on.
    while (sent === stalled) await batches.next();
    await batches.return();
    await deserted(server);
  });
});

describe('silence', () => {
  it.each([
    ['before the head of the response', mute],
    ['before the first row', silentAfter(`${head()}Data:\n`)],
    ['in the middle of a row', silentAfter(twoRows.subarray(0, twoRows.length - 3))],
    [
      'in the body of a refusal',
      (_request: unknown, response: ServerResponse) => {
        response.statusCode = 503;
        response.write('Err');
      },
    ],
  ])('%s has the connection made anew', async (_where, handler) => {
    const server = await answering((request, response, number) => {
      if (number === 0) handler(request, response);
      else response.end(responseBytes([[7, 70]]));
    });
    const states = new States();
    const options = { silence: 0.1, retry: { base: 0 }, onState: states.onState };
    const rows = await take(_where.includes('middle') ? 2 : 1, follow(`${server.origin}/x`, options));
    expect(rows.at(-1)).toEqual([7, 70]);
    const lost = states.seen.find(({ state }) => state === 'reconnecting');
    expect(lost).toMatchObject({ reason: expect.stringMatching(/no byte for 0.1 s|found 503/) });
  });

  it('for want of rows is no failure: there is no longer and longer wait, and no end of attempts', async () => {
    const server = await answering((_request, response, number) => {
      response.write(number < 5 ? `${head()}Data:\n` : responseBytes([[7, 70]]));
    });
    const states = new States();
    const retry = { base: 0.001, attempts: 2 };
    expect(
      await take(1, follow(`${server.origin}/x`, { silence: 0.05, retry, onState: states.onState })),
    ).toEqual([[7, 70]]);
    const lost = states.seen.filter(({ state }) => state === 'reconnecting');
    expect(lost).toHaveLength(5);
    for (const state of lost) expect(state).toMatchObject({ attempt: 1 });
  });

  it('is not what a byte now and then is', async () => {
    const server = await answering(async (_request, response) => {
      const bytes = responseBytes([[7, 70]], { end: false });
      response.write(bytes.subarray(0, bytes.length - 12));
      for (const byte of bytes.subarray(bytes.length - 12)) {
        await new Promise(resolve => setTimeout(resolve, 60));
        response.write(Uint8Array.of(byte));
      }
    });
    const states = new States();
    const rows = await take(1, follow(`${server.origin}/x`, { silence: 0.5, onState: states.onState }));
    expect(rows).toEqual([[7, 70]]);
    expect(states.names).toEqual(['connecting', 'waiting', 'connected', 'ended']);
  });

  it('is not what a consumer makes that takes its time', async () => {
    const server = await answering((_request, response) => {
      response.write(twoRows);
      setTimeout(() => response.write(rowBytes([3, 30])), 300);
    });
    const states = new States();
    const rows = follow(`${server.origin}/x`, { silence: 0.1, onState: states.onState });
    await rows.next();
    await new Promise(resolve => setTimeout(resolve, 400));
    expect(rowsOf((await rows.next()).value!)).toEqual([[3, 30]]);
    expect(states.names).not.toContain('reconnecting');
    await rows.return();
  });

  it('is measured at once when a machine wakes up', async () => {
    const server = await answering((_request, response, number) => {
      response.write(number === 0 ? twoRows : responseBytes([[3, 30]], { end: false }));
    });
    const wake = new EventTarget();
    const states = new States();
    const rows = follow(`${server.origin}/x`, { wake, onState: states.onState, retry: { base: 0 } });
    await rows.next();
    const next = rows.next();
    // The generator gets as far as its wait for bytes.
    await new Promise(setImmediate);
    wake.dispatchEvent(new Event('wake'));
    expect(states.seen.at(-1)?.state).toBe('connected');
    const slept = Date.now() + 3_600_000;
    vi.spyOn(Date, 'now').mockImplementation(() => slept);
    wake.dispatchEvent(new Event('wake'));
    expect(rowsOf((await next).value!)).toEqual([[3, 30]]);
    expect(states.seen.find(({ state }) => state === 'reconnecting')).toMatchObject({
      reason: 'no byte for 90 s',
    });
    await rows.return();
  });
});

describe('a wait that is woken', () => {
  it('leads to an attempt at once, and starts the back-off anew', async () => {
    const closed = await serve(mute);
    await closed.close();
    const wake = new EventTarget();
    const states = new States();
    const options = { ...patient, wake, onState: states.onState };
    const rows = follow(`${closed.origin}/x`, options);
    const waiting = states.next('reconnecting');
    const next = rows.next();
    expect((await waiting).attempt).toBe(2);
    const again = states.next('reconnecting');
    wake.dispatchEvent(new Event('wake'));
    expect((await again).attempt).toBe(2);
    const server = await serve((_request, response) => response.write(twoRows), closed.port);
    open.push(server);
    wake.dispatchEvent(new Event('wake'));
    expect(rowsOf((await next).value!)).toHaveLength(2);
    await rows.return();
  });
});

describe('a stand-in for fetch', () => {
  it('that heeds no signal is left all the same', async () => {
    const controller = new AbortController();
    const rows = follow('http://pi/x', { signal: controller.signal, fetch: () => new Promise(() => {}) });
    const next = rows.next();
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('that throws is a connection that failed', async () => {
    const rows = follow('http://pi/x', {
      retry: { base: 0, attempts: 2 },
      fetch: () => {
        throw new Error('no network');
      },
    });
    await expect(rows.next()).rejects.toThrow('http://pi/x: no network');
  });

  it('is given the address, the signal and no cache', async () => {
    const asked: unknown[] = [];
    const rows = follow('http://pi/x?sensor.time', {
      fetch: async (address, init) => {
        asked.push(address, init.cache, init.signal.aborted);
        return new Response(twoRows.slice());
      },
    });
    await rows.next();
    expect(asked).toEqual(['http://pi/x.dods?sensor.time', 'no-store', false]);
    await rows.return();
  });
});
