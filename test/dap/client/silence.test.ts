import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FollowOptions, follow } from '../../../dap/client/index.ts';
import { rowsOf, States, take } from './collect.ts';
import { answering } from './opened.ts';
import { head, responseBytes, rowBytes, serve } from './station.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

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

const patient: FollowOptions = { retry: { base: 1000, cap: 1000 }, random: () => 0.9 };

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
  ])('%s makes the client connect again', async (_where, handler) => {
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

  it('between rare rows is no failure: the back-off does not grow, and attempts have no limit', async () => {
    let requests = 0;
    const server = await answering((_request, response, number) => {
      requests++;
      response.write(number < 5 ? `${head()}Data:\n` : responseBytes([[7, 70]]));
    });
    const states = new States();
    const retry = { base: 0.001, attempts: 2 };
    expect(
      await take(1, follow(`${server.origin}/x`, { silence: 0.2, retry, onState: states.onState })),
    ).toEqual([[7, 70]]);
    const lost = states.seen.filter(({ state }) => state === 'reconnecting');
    expect(lost.length).toBeGreaterThanOrEqual(5);
    expect(lost).toHaveLength(requests - 1);
    for (const state of lost) expect(state).toMatchObject({ attempt: 1 });
  });

  it('does not include a slow response that sends a byte now and then', async () => {
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

  it('does not include the time that a slow consumer takes', async () => {
    let sent = (): void => {};
    const third = new Promise<void>(resolve => {
      sent = resolve;
    });
    const server = await answering((_request, response) => {
      response.write(twoRows);
      // Three times the silence that is borne.
      setTimeout(() => response.write(rowBytes([3, 30]), () => sent()), 300);
    });
    const states = new States();
    const rows = follow(`${server.origin}/x`, { silence: 0.1, onState: states.onState });
    await rows.next();
    await third;
    expect(rowsOf((await rows.next()).value!)).toEqual([[3, 30]]);
    expect(states.names).not.toContain('reconnecting');
    await rows.return();
  });

  it('is checked at once when the machine wakes up', async () => {
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
  it('leads to an attempt at once, and restarts the back-off', async () => {
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
    await answering((_request, response) => response.write(twoRows), closed.port);
    wake.dispatchEvent(new Event('wake'));
    expect(rowsOf((await next).value!)).toHaveLength(2);
    await rows.return();
  });
});
