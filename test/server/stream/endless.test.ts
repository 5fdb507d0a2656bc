import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll } from '../../../dap/index.ts';
import { type Serving, serving } from '../../serving.ts';
import { openStream, stuckClient, until, untilStreams } from './open-stream.ts';

let server: Serving;
afterEach(() => server.close());

/** Checks that a dataset on demand makes no row in a hundred turns of the event loop, each of which would bring some. */
async function makesNoRows(name: string): Promise<void> {
  const dataset = server.datasets.find(({ info }) => info.name === name)!;
  const { rows } = dataset.status();
  expect(rows).toBeGreaterThan(0);
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  expect(dataset.status().rows).toBe(rows);
}

describe('an endless stream', () => {
  it('begins with the DDS at once, before the first row is made', async () => {
    server = await serving({ interval: 20 });
    await until(() => server.datasets[0]!.status().rows > 0);
    const { asked, answer } = await openStream(server, '/roberrypi.dods');
    const [chunk] = (await once(answer, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^Dataset \{\n {4}Sequence \{\n[\s\S]*\} roberrypi;\nData:\n$/);
    asked.destroy();
  });

  it('sends each row when it is made', async () => {
    server = await serving({ interval: 0.1 });
    const { asked, answer } = await openStream(server, '/roberrypi.asc?sensor.time');
    const delays: number[] = [];
    for await (const chunk of answer) {
      const time = Number(String(chunk).trim().split('\n').at(-1));
      if (!Number.isNaN(time)) delays.push(Date.now() / 1000 - time);
      if (delays.length === 5) break;
    }
    asked.destroy();
    // Made to arrive within the interval: nothing waits for the next row or for a full buffer.
    expect(Math.max(...delays)).toBeLessThan(0.09);
  });

  it('ends for a client that goes away while it waits for the next row', async () => {
    server = await serving({ interval: 60 });
    const { asked, answer } = await openStream(server, '/roberrypi.dods');
    await once(answer, 'data');
    await untilStreams(server, 1);
    asked.destroy();
    const gone = performance.now();
    await untilStreams(server, 0);
    expect(performance.now() - gone).toBeLessThan(1000);
  });

  it.each([0, 0.01])(
    'leaves no stream, socket or timer behind after 1,000 connections at interval %d',
    async interval => {
      server = await serving({ interval });
      const counts = () => process.getActiveResourcesInfo().filter(name => !name.startsWith('TTY')).length;
      const connectOnce = async () => {
        const socket = connect(server.port, '127.0.0.1');
        socket.write('GET /roberrypi.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
        await once(socket, 'data');
        socket.destroy();
        await once(socket, 'close');
      };
      for (let round = 0; round < 20; round += 1) await connectOnce();
      const before = counts();
      for (let round = 0; round < 50; round += 1) {
        await Promise.all(Array.from({ length: 20 }, connectOnce));
      }
      await untilStreams(server, 0);
      await until(() => counts() <= before + 2);
      if (interval === 0) await makesNoRows('roberrypi');
    },
  );

  it('answers HEAD and OPTIONS at once and starts no stream', async () => {
    server = await serving();
    for (const method of ['HEAD', 'OPTIONS']) {
      for (const path of ['/roberrypi.dods', '/roberrypi.asc', '/.dods', '/host.ascii']) {
        const answer = await fetch(server.url + path, { method });
        expect(answer.ok).toBe(true);
        expect(await answer.text()).toBe('');
        expect(answer.headers.get('access-control-allow-origin')).toBe('*');
        if (method === 'HEAD') expect(answer.headers.get('xdap')).toBe('3.2');
      }
    }
    await untilStreams(server, 0);
  });

  it.each([0, 0.02, 60])(
    'ends with its end marker and a complete response when the server closes, at interval %d',
    async interval => {
      server = await serving({ interval });
      const streams = await Promise.all(
        ['/roberrypi.dods', '/host.dods', '/.dods?time'].map(async path => {
          const { answer } = await openStream(server, path);
          await once(answer, 'readable');
          const chunks: Buffer[] = [];
          answer.on('data', chunk => chunks.push(chunk));
          return { answer, chunks, ended: once(answer, 'end') };
        }),
      );
      const closing = performance.now();
      await server.close();
      expect(performance.now() - closing).toBeLessThan(1000);
      for (const { answer, chunks, ended } of streams) {
        await ended;
        expect(answer.complete).toBe(true);
        const { values } = decodeAll(Buffer.concat(chunks));
        const [time] = (values[0] as Batch).columns as [Float64Array];
        expect(time.every((at, row) => row === 0 || at > time[row - 1]!)).toBe(true);
      }
    },
  );

  it('is not slowed by a client that reads nothing', async () => {
    server = await serving({ interval: 0 });
    const stuck = stuckClient(server, '/roberrypi.dods');
    const { values } = decodeAll(
      new Uint8Array(await (await fetch(`${server.url}/roberrypi.dods?sensor[0:1:99999]`)).arrayBuffer()),
    );
    expect((values[0] as Batch).length).toBe(100_000);
    stuck.destroy();
  });

  it('keeps a bounded number of bytes for a client that reads nothing', async () => {
    server = await serving({ interval: 0 });
    const accepted = once(server.app.server, 'connection') as Promise<[Socket]>;
    const stuck = stuckClient(server, '/roberrypi.dods');
    const [socket] = await accepted;
    // Until the kernel's buffers are full: what the server has written no longer grows.
    let [written, quiet] = [0, 0];
    await until(() => {
      quiet = socket.bytesWritten === written && written > 0 ? quiet + 1 : 0;
      written = socket.bytesWritten;
      return quiet > 20;
    });
    expect(socket.writableLength).toBeGreaterThan(0);
    expect(socket.writableLength).toBeLessThanOrEqual(64 * 1024);
    stuck.destroy();
  });

  it('makes no more rows for a client that has disconnected', async () => {
    server = await serving({ interval: 0, simulate: true });
    const asked = request(`${server.url}/host.dods`, { agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    await until(() => server.datasets[1]!.status().rows > 0);
    asked.destroy();
    await untilStreams(server, 0);
    await makesNoRows('host');
  });
});
