import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FollowOptions, follow } from '../../../dap/client/index.ts';
import { States, take } from './collect.ts';
import { answering } from './opened.ts';
import { head, responseBytes, rowBytes, type Serving } from './station.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

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

/** The moments at which a consumer may stop, and the answers of the server that lead to them. */
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

describe('a consumer that stops', () => {
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

  it('gets no row after an abort, even if rows had arrived before it', async () => {
    const two = await answering((_request, response, number) => response.end(number === 0 ? twoRows : ''));
    const controller = new AbortController();
    const rows = follow(`${two.origin}/x?sensor[0:1:1]`, { signal: controller.signal });
    await rows.next();
    controller.abort(new Error('enough'));
    await expect(rows.next()).rejects.toThrow('enough');
  });

  it('with a signal that is aborted already makes no request', async () => {
    let requests = 0;
    const server = await answering(() => requests++);
    const rows = follow(`${server.origin}/x`, { signal: AbortSignal.abort(new Error('never mind')) });
    await expect(rows.next()).rejects.toThrow('never mind');
    expect(requests).toBe(0);
  });

  it('leaves no listener on the signal', async () => {
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

  it('with an error of its own gets that error, and the connection closes', async () => {
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
    let pulled = (await batches.next()).value!.length;
    const stalled = await vi.waitUntil(
      async () => {
        const before = sent;
        await new Promise(resolve => setTimeout(resolve, 250));
        return sent === before ? sent : false;
      },
      { timeout: 20_000 },
    );
    expect(stalled).toBeLessThan(64 * 2 ** 20);
    // The rows that were held back still come, and the server continues once the client has pulled them, if not before.
    while (sent === stalled && pulled * rowBytes([0, 0]).length < stalled) {
      pulled += (await batches.next()).value!.length;
    }
    expect((await batches.next()).done).toBe(false);
    expect(sent).toBeGreaterThan(stalled);
    await batches.return();
    await deserted(server);
  });
});

describe('a stand-in for fetch', () => {
  it('that ignores the signal does not delay an abort', async () => {
    const controller = new AbortController();
    const rows = follow('http://pi/x', { signal: controller.signal, fetch: () => new Promise(() => {}) });
    const next = rows.next();
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
  });

  it('that throws counts as a failed connection', async () => {
    const rows = follow('http://pi/x', {
      retry: { base: 0, attempts: 2 },
      fetch: () => {
        throw new Error('no network');
      },
    });
    await expect(rows.next()).rejects.toThrow('http://pi/x: no network');
  });

  it('gets the address, the signal and cache: no-store', async () => {
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
