import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { parseError } from '../../dap/index.ts';
import type { Serving, ServingOptions } from '../serving.ts';
import { openStreams } from './holdings.ts';
import { LiveAndFast, ROW_BYTES, rowsOf } from './live-and-fast.ts';

let running: LiveAndFast;
let server: Serving;
afterEach(() => running.close());

async function start(options?: ServingOptions): Promise<void> {
  running = await LiveAndFast.start(options);
  server = running.server;
}

describe('a request that is no good', () => {
  it('and never comes to its end is given up with 408', async () => {
    await start();
    expect(server.app.server.headersTimeout).toBeLessThanOrEqual(10_000);
    server.app.server.headersTimeout = 300;
    const half = running.client().say('GET /live.do');
    const silent = running.client();
    const dribble = running.client().say('GET /live.dods HTTP/1.1\r\n');
    const drip = setInterval(() => dribble.socket.writable && dribble.say('X-Header: 1\r\n'), 50);
    const good = await running.reader('/live.dods');
    await Promise.all([half.end(), dribble.end()]);
    clearInterval(drip);
    for (const one of [half, dribble]) expect(one.bytes.toString()).toMatch(/^HTTP\/1\.1 408 /);
    const rows = good.answers[0]!.body.length;
    await good.until(() => good.answers[0]!.body.length > rows);
    await Promise.all([half, silent, dribble, good].map(one => one.leave()));
    await running.isAsBefore();
  });

  it.each([
    ['a path that is far too long', `GET /${'x'.repeat(2000)} HTTP/1.1\r\nHost: pi\r\n\r\n`, 414],
    ['a line longer than all headers may be', `GET /live.dods?${'x'.repeat(1e6)} HTTP/1.1\r\n`, 431],
    ['a header without end', `GET /live.dods HTTP/1.1\r\nHost: pi\r\nX: ${'x'.repeat(1e6)}`, 431],
    ['no HTTP at all', 'EHLO pi\r\n\r\n', 400],
    ['no host', 'GET /live.dods HTTP/1.1\r\n\r\n', 400],
  ])('%s', async (_, text, status) => {
    await start();
    const one = running.client().say(text);
    await one.until(() => one.bytes.includes('\r\n\r\n'));
    expect(one.bytes.toString('latin1')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await one.leave();
    await running.isAsBefore();
  });
});

describe('one connection', () => {
  it('carries one finite stream after another, and other answers and HEAD between them', async () => {
    await start();
    const one = running.client();
    for (let round = 0; round < 20; round += 1) {
      one.ask('/live.dods?time[0:1:0]').ask('/live.dods', { method: 'HEAD' }).ask('/live.ver');
      const [rows, head, version] = [
        await one.answer(round * 3),
        await one.answer(round * 3 + 1),
        await one.answer(round * 3 + 2),
      ];
      expect(rowsOf(rows.body).length).toBe(1);
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(version.body.toString()).toMatch(/^Core version/);
    }
    expect(await openStreams(server)).toBe(0);
    // Nothing of what was answered stays with the socket.
    expect(one.socket.closed).toBe(false);
    await one.leave();
    await running.isAsBefore();
  });

  it('gives the answers to pipelined requests in their order, each stream in its turn', async () => {
    await start();
    const one = running.client();
    one
      .ask('/fast.dods?time[0:1:9999]')
      .ask('/live.asc?time[0:1:1]')
      .ask('/live.ver')
      .ask('/fast.dods?&time>5&time<3');
    const [many, two, version, none] = await Promise.all([0, 1, 2, 3].map(number => one.answer(number)));
    expect(rowsOf(many!.body).length).toBe(10_000);
    expect(two!.body.toString().trim().split('\n')).toHaveLength(9);
    expect(version!.status).toBe(200);
    expect(rowsOf(none!.body).length).toBe(0);
    await one.leave();
    await running.isAsBefore();
  });

  it('with requests behind an endless stream keeps them waiting, and lets go of all of them when it closes', async () => {
    await start({ limits: { maxStreamsPerAddress: 20, readerTimeout: 0.3 } });
    for (const leave of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const one = running.client();
      for (let request = 0; request < 8; request += 1) one.ask('/live.dods');
      await one.until(() => one.answers[0]!.body.length > 0);
      // Those that wait are not taken for clients that take nothing.
      const rows = one.answers[0]!.body.length;
      await one.until(() => one.answers[0]!.body.length > rows + 10 * ROW_BYTES);
      const { streams, cutOff } = (await server.app.inject('/health')).json<{
        streams: number;
        cutOff: number;
      }>();
      expect([streams, cutOff]).toEqual([1, 0]);
      one.socket[leave]();
      await one.end();
      await one.leave();
      await running.isAsBefore();
    }
    const well = running.client().ask('/live.dods?sensor[0:1:0]');
    expect((await well.answer()).status).toBe(200);
  });

  it('counts once against the limit, whether its stream had to wait or not', async () => {
    await start({ limits: { maxStreamsPerAddress: 2 } });
    const waited = running.client().ask('/live.dods?time[0:1:0]').ask('/live.dods');
    await waited.answer();
    await waited.until(() => waited.answers[1]!.body.length > 0);
    const other = await running.reader('/live.dods');
    const status = async () => {
      const one = running.client().ask('/live.dods');
      const answer = await one.answer();
      await one.leave();
      return answer.status;
    };
    expect(await status()).toBe(503);
    await waited.leave();
    while ((await openStreams(server)) > 1) await turn();
    const third = await running.reader('/live.dods');
    expect(await status()).toBe(503);
    await Promise.all([other, third].map(one => one.leave()));
    await running.isAsBefore();
  });

  it('of HTTP/1.0 gets a body without chunks that ends with the connection', async () => {
    await start();
    const finite = running.client().ask('/live.dods?sensor[0:1:4]', { protocol: 'HTTP/1.0' });
    const { head, body } = await finite.answer();
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(rowsOf(body).length).toBe(5);
    const endless = running.client().ask('/live.asc', { protocol: 'HTTP/1.0' });
    await endless.until(() => endless.answers[0]!.body.toString().split('\n').length > 10);
    expect(endless.answers[0]!.body.toString()).toMatch(/^Dataset \{\n/);
    await Promise.all([finite.leave(), endless.leave()]);
    await running.isAsBefore();
  });

  it('past a limit is answered with a DAP2 Error, and carries a stream when there is room', async () => {
    await start({ limits: { maxStreams: 1 } });
    const first = await running.reader('/live.dods');
    const second = running.client().ask('/live.dods');
    const { status, head, body } = await second.answer();
    expect(status).toBe(503);
    expect(head).toMatch(/^retry-after: \d+$/im);
    expect(parseError(body.toString())?.message).toContain('limit');
    await first.leave();
    while ((await openStreams(server)) > 0) await turn();
    second.ask('/live.dods?sensor[0:1:0]');
    expect((await second.answer(1)).status).toBe(200);
    await second.leave();
    await running.isAsBefore();
  });
});
