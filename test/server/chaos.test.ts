import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../server/http/app.ts';
import type { Serving, ServingOptions } from '../serving.ts';
import { openStreams } from './holdings.ts';
import { END, LiveAndFast, ROW_BYTES, rowsOf } from './live-and-fast.ts';
import { RawClient } from './raw-client.ts';
import { ScriptedConnection } from './scripted-connection.ts';

let running: LiveAndFast;
let server: Serving;
afterEach(() => running.close());

async function start(options?: ServingOptions): Promise<void> {
  running = await LiveAndFast.start(options);
  server = running.server;
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
      await running.isAsBefore();
    },
  );

  it.each(['/live.dods', '/fast.dods'])(
    'by a reset, or by closing its sending side alone, leaves nothing of %s',
    async path => {
      await start();
      const reset = await running.reader(path);
      const half = await running.reader(path);
      const stuck = await running.reader(path);
      stuck.socket.pause();
      expect(await openStreams(server)).toBe(3);
      reset.socket.resetAndDestroy();
      half.socket.end();
      await half.end();
      await half.leave();
      stuck.socket.resetAndDestroy();
      await running.isAsBefore();
    },
  );

  it('while its request is looked at is not counted as a stream for ever', async () => {
    await start();
    const { datasets } = server;
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
    app.server.emit('connection', connection);
    connection.ask('/live.dods');
    while (looked === 0) await turn();
    await turn();
    expect((await app.inject('/health')).json()).toMatchObject({ streams: 0 });
    await app.close();
  });

  it('with others, by the hundred and in every manner, leaves nothing behind', async () => {
    await start();
    const manners: ((one: RawClient) => unknown)[] = [
      one => one.socket.destroy(),
      one => one.socket.resetAndDestroy(),
      one => one.socket.end(),
      one => one.ask('/live.dds').ask('/fast.dods').socket.destroy(),
      // Leaves before the answer, of which it never reads a byte.
      one => one.socket.pause(),
    ];
    for (let connects = 0; connects < 500; connects += manners.length) {
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
    }
    await running.isAsBefore();
    const well = running.client().ask('/live.dods?sensor[0:1:2]');
    expect(rowsOf((await well.answer()).body).length).toBe(3);
  });
});

describe('a slow client', () => {
  it('that reads byte by byte holds nobody up, and loses no row itself', async () => {
    await start();
    const live = server.datasets[0]!;
    const since = live.status().lastTime!;
    const path = `/live.dods?&time>${since}`;
    const slow = running.client({ reading: false }).ask(path);
    running.client({ reading: false }).ask('/fast.dods');
    const text = running.client().ask(`/live.asc?time&time>${since}`);
    const fast = running.client().ask(path);
    // A byte for each row that the others get.
    for (let row = 1; row <= 40; row += 1) {
      await fast.until(() => fast.answers[0]!.body.length > row * ROW_BYTES + 200);
      slow.readByte();
    }
    expect(slow.bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 200/);
    const direct = running.client().ask(`/live.dods?&time>${since}&time<=${live.status().lastTime}`);
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
    await running.isAsBefore();
  });
});
