import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll, parseError } from '../../dap/index.ts';
import { openDevice } from '../../device/index.ts';
import type { DatasetInfo } from '../../server/dataset/dataset.ts';
import { buildApp } from '../../server/http/app.ts';
import { simulatedTmp36 } from '../device/known-sensors.ts';
import { type Serving, type ServingOptions, serving } from '../serving.ts';
import { onDemand, sampled } from './datasets.ts';
import { backTo, type Holdings, holdings, openStreams } from './holdings.ts';
import { RawClient } from './raw-client.ts';
import { ScriptedConnection } from './scripted-connection.ts';

const info = (name: string): DatasetInfo => ({ name, title: name, summary: name, source: 'simulation' });

/** `live` at 20 rows a second, and `fast` as fast as it is read. */
async function liveAndFast(options: ServingOptions = {}): Promise<Serving> {
  const sensors = [simulatedTmp36({ seed: 1 })];
  return serving({
    ...options,
    datasets: [
      sampled(info('live'), await openDevice({ sensors, interval: 0.05 })),
      onDemand(info('fast'), await openDevice({ sensors, interval: 0 })),
    ],
  });
}

const END = Buffer.from([0xa5, 0, 0, 0]);

/** A row of `time`, `voltage` and `temperature`. */
const ROW_BYTES = 28;

let server: Serving;
let before: Holdings;
const clients: RawClient[] = [];

async function start(options?: ServingOptions): Promise<void> {
  server = await liveAndFast(options);
  // What a server makes once and keeps is not what is looked for.
  const first = client().ask('/live.dods?sensor[0:1:1]');
  await first.answer();
  await first.leave();
  before = await holdings(server);
}

function client(options?: { reading: boolean }): RawClient {
  const made = new RawClient(server.port, options);
  clients.push(made);
  return made;
}

/** A client that reads an endless stream. */
async function reader(path: string): Promise<RawClient> {
  const made = client().ask(path);
  await made.until(() => made.answers[0]!.body.length > 0);
  return made;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server.close();
});

function rowsOf(body: Buffer): Batch {
  return decodeAll(body).values[0] as Batch;
}

describe('a client that goes', () => {
  it.each(['/live.dods', '/fast.dods', '/live.asc?&time>0'])(
    'by kill -9 in mid-stream of %s leaves nothing behind',
    async path => {
      await start();
      const script = `require('node:http').get('${server.url}${path}', answer => answer.on('data', () => console.log('.')))`;
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      expect(await openStreams(server)).toBe(1);
      child.kill('SIGKILL');
      child.stdout.destroy();
      await once(child, 'close');
      await backTo(before, server);
    },
  );

  it.each(['/live.dods', '/fast.dods'])(
    'by a reset, or by closing its sending side alone, leaves nothing of %s',
    async path => {
      await start();
      const reset = await reader(path);
      const half = await reader(path);
      const stuck = await reader(path);
      stuck.socket.pause();
      expect(await openStreams(server)).toBe(3);
      reset.socket.resetAndDestroy();
      half.socket.end();
      await half.end();
      await half.leave();
      stuck.socket.resetAndDestroy();
      await backTo(before, server);
    },
  );

  it('while its request is looked at is not counted as a stream for ever', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0.05 });
    const datasets = [sampled(info('live'), device)];
    const app = await buildApp({ state: { datasets } });
    const connection = new ScriptedConnection();
    let looked = 0;
    app.addHook('onRequest', async request => {
      if (request.url !== '/live.dods') return;
      const closed = once(connection, 'close');
      connection.destroy();
      await closed;
      looked += 1;
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    server = { url: '', port: 0, app, datasets, close: () => app.close() };
    app.server.emit('connection', connection);
    connection.ask('/live.dods');
    while (looked === 0) await turn();
    await turn();
    expect(await openStreams(server)).toBe(0);
  });

  it('with others, hundreds a second for seconds and in every manner, leaves nothing behind', async () => {
    await start();
    const manners: ((one: RawClient) => unknown)[] = [
      one => one.socket.destroy(),
      one => one.socket.resetAndDestroy(),
      one => one.socket.end(),
      one => one.ask('/live.dds').ask('/fast.dods').socket.destroy(),
      // Leaves before the answer, of which it never reads a byte.
      one => one.socket.pause(),
    ];
    const end = performance.now() + 3000;
    let connects = 0;
    while (performance.now() < end) {
      await Promise.all(
        manners.map(async (leave, index) => {
          const one = new RawClient(server.port);
          one.ask(['/live.dods?&time>0', '/fast.dods', '/live.asc'][(connects + index) % 3]!);
          if (index < 4) await one.until(() => one.bytes.length > 0);
          else await once(one.socket, 'connect');
          leave(one);
          if (index !== 2) one.socket.destroy();
          await one.end();
          await one.leave();
        }),
      );
      connects += manners.length;
    }
    expect(connects).toBeGreaterThan(100);
    await backTo(before, server);
    const well = client().ask('/live.dods?sensor[0:1:2]');
    expect(rowsOf((await well.answer()).body).length).toBe(3);
  });
});

describe('a slow client', () => {
  it('that reads byte by byte holds nobody up, and loses no row itself', async () => {
    await start();
    const live = server.datasets[0]!;
    const since = live.status().lastTime!;
    const path = `/live.dods?&time>${since}`;
    const slow = client({ reading: false }).ask(path);
    client({ reading: false }).ask('/fast.dods');
    const text = client().ask(`/live.asc?time&time>${since}`);
    const fast = client().ask(path);
    // A byte for each row that the others get.
    for (let row = 1; row <= 40; row += 1) {
      await fast.until(() => fast.answers[0]!.body.length > row * ROW_BYTES + 200);
      slow.readByte();
    }
    expect(slow.bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 200/);
    const direct = client().ask(`/live.dods?&time>${since}&time<=${live.status().lastTime}`);
    const window = (await direct.answer()).body;
    const rows = window.subarray(0, -END.length);
    await fast.until(() => fast.answers[0]!.body.length >= rows.length);
    expect(fast.answers[0]!.body.subarray(0, rows.length).equals(rows)).toBe(true);
    const times = [...(rowsOf(window).columns[0] as Float64Array)];
    expect(times.length).toBeGreaterThan(30);
    const lines = () => text.answers[0]!.body.toString().split('\n').slice(7, -1);
    await text.until(() => lines().length >= times.length);
    expect(lines().slice(0, times.length).map(Number)).toEqual(times);
    // It goes on where it is, and has missed nothing.
    slow.read();
    await slow.until(() => slow.answers[0]!.body.length >= rows.length);
    expect(slow.answers[0]!.body.subarray(0, rows.length).equals(rows)).toBe(true);
    expect(live.status().overrun).toBe(0);
  });

  it('that never takes the end of a finite stream is cut off like any other', async () => {
    await start({ limits: { readerTimeout: 0.3 } });
    const connection = new ScriptedConnection({ taking: false });
    server.app.server.emit('connection', connection);
    connection.ask('/live.dods?&time<0');
    await once(connection, 'close');
    const { cutOff } = (await server.app.inject('/health')).json<{ cutOff: number }>();
    expect(cutOff).toBe(1);
    await backTo(before, server);
  });
});

describe('a request that is no good', () => {
  it('and never comes to its end is given up with 408', async () => {
    await start();
    expect(server.app.server.headersTimeout).toBeLessThanOrEqual(10_000);
    server.app.server.headersTimeout = 300;
    const half = client().say('GET /live.do');
    const silent = client();
    const dribble = client().say('GET /live.dods HTTP/1.1\r\n');
    const drip = setInterval(() => dribble.socket.writable && dribble.say('X-Header: 1\r\n'), 50);
    const good = await reader('/live.dods');
    await Promise.all([half.end(), dribble.end()]);
    clearInterval(drip);
    for (const one of [half, dribble]) expect(one.bytes.toString()).toMatch(/^HTTP\/1\.1 408 /);
    const rows = good.answers[0]!.body.length;
    await good.until(() => good.answers[0]!.body.length > rows);
    await Promise.all([half, silent, dribble, good].map(one => one.leave()));
    await backTo(before, server);
  });

  it.each([
    ['a path that is far too long', `GET /${'x'.repeat(2000)} HTTP/1.1\r\nHost: pi\r\n\r\n`, 414],
    ['a line longer than all headers may be', `GET /live.dods?${'x'.repeat(1e6)} HTTP/1.1\r\n`, 431],
    ['a header without end', `GET /live.dods HTTP/1.1\r\nHost: pi\r\nX: ${'x'.repeat(1e6)}`, 431],
    ['no HTTP at all', 'EHLO pi\r\n\r\n', 400],
    ['no host', 'GET /live.dods HTTP/1.1\r\n\r\n', 400],
  ])('%s', async (_, text, status) => {
    await start();
    const one = client().say(text);
    await one.until(() => one.bytes.includes('\r\n\r\n'));
    expect(one.bytes.toString('latin1')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await one.leave();
    await backTo(before, server);
  });
});

describe('one connection', () => {
  it('carries one finite stream after another, and other answers and HEAD between them', async () => {
    await start();
    const one = client();
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
    await backTo(before, server);
  });

  it('gives the answers to pipelined requests in their order, each stream in its turn', async () => {
    await start();
    const one = client();
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
    await backTo(before, server);
  });

  it('with requests behind an endless stream keeps them waiting, and lets go of all of them when it closes', async () => {
    await start({ limits: { maxStreamsPerAddress: 20, readerTimeout: 0.3 } });
    for (const leave of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const one = client();
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
      await backTo(before, server);
    }
    const well = client().ask('/live.dods?sensor[0:1:0]');
    expect((await well.answer()).status).toBe(200);
  });

  it('counts once against the limit, whether its stream had to wait or not', async () => {
    await start({ limits: { maxStreamsPerAddress: 2 } });
    const waited = client().ask('/live.dods?time[0:1:0]').ask('/live.dods');
    await waited.answer();
    await waited.until(() => waited.answers[1]!.body.length > 0);
    const other = await reader('/live.dods');
    const status = async () => {
      const one = client().ask('/live.dods');
      const answer = await one.answer();
      await one.leave();
      return answer.status;
    };
    expect(await status()).toBe(503);
    await waited.leave();
    while ((await openStreams(server)) > 1) await turn();
    const third = await reader('/live.dods');
    expect(await status()).toBe(503);
    await Promise.all([other, third].map(one => one.leave()));
    await backTo(before, server);
  });

  it('of HTTP/1.0 gets a body without chunks that ends with the connection', async () => {
    await start();
    const finite = client().ask('/live.dods?sensor[0:1:4]', { protocol: 'HTTP/1.0' });
    const { head, body } = await finite.answer();
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(rowsOf(body).length).toBe(5);
    const endless = client().ask('/live.asc', { protocol: 'HTTP/1.0' });
    await endless.until(() => endless.answers[0]!.body.toString().split('\n').length > 10);
    expect(endless.answers[0]!.body.toString()).toMatch(/^Dataset \{\n/);
    await Promise.all([finite.leave(), endless.leave()]);
    await backTo(before, server);
  });

  it('past a limit is answered with a DAP2 Error, and carries a stream when there is room', async () => {
    await start({ limits: { maxStreams: 1 } });
    const first = await reader('/live.dods');
    const second = client().ask('/live.dods');
    const { status, head, body } = await second.answer();
    expect(status).toBe(503);
    expect(head).toMatch(/^retry-after: \d+$/im);
    expect(parseError(body.toString())?.message).toContain('limit');
    await first.leave();
    while ((await openStreams(server)) > 0) await turn();
    second.ask('/live.dods?sensor[0:1:0]');
    expect((await second.answer(1)).status).toBe(200);
    await second.leave();
    await backTo(before, server);
  });
});
