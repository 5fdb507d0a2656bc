import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll, parseError } from '../../dap/index.ts';
import { type Serving, serving } from '../serving.ts';
import { RawClient } from './raw-client.ts';

let server: Serving;
afterEach(() => server.close());

/** Resolves when `what` holds, looked at each turn of a short timer; fails with the test's own timeout. */
async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise(resolve => setTimeout(resolve, 5));
}

async function streamCount(): Promise<number> {
  const health = (await (await fetch(`${server.url}/health`)).json()) as { streams: number };
  return health.streams;
}

function open(path: string): Promise<{ asked: ClientRequest; answer: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const asked = get(`${server.url}${path}`, { agent: false });
    asked.once('response', answer => resolve({ asked, answer }));
    asked.once('error', reject);
  });
}

describe('an endless stream', () => {
  it('begins with the DDS at once, before the first row is made', async () => {
    server = await serving({ interval: 20 });
    await until(() => server.datasets[0]!.status().rows > 0);
    const { asked, answer } = await open('/roberrypi.dods');
    const [chunk] = (await once(answer, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^Dataset \{\n {4}Sequence \{\n[\s\S]*\} roberrypi;\nData:\n$/);
    asked.destroy();
  });

  it('sends each row when it is made', async () => {
    server = await serving({ interval: 0.1 });
    const { asked, answer } = await open('/roberrypi.asc?sensor.time');
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
    const { asked, answer } = await open('/roberrypi.dods');
    await once(answer, 'data');
    expect(await streamCount()).toBe(1);
    asked.destroy();
    const gone = performance.now();
    while ((await streamCount()) > 0);
    expect(performance.now() - gone).toBeLessThan(1000);
  });

  it.each([0, 0.01])('leaves nothing behind after 1,000 connects at interval %d', async interval => {
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
    while ((await streamCount()) > 0);
    await until(() => counts() <= before + 2);
    const start = process.cpuUsage();
    const idle = performance.now();
    await new Promise(resolve => setTimeout(resolve, 300));
    const { user, system } = process.cpuUsage(start);
    // A generator that went on would take a whole core.
    expect((user + system) / 1000 / (performance.now() - idle)).toBeLessThan(0.5);
  });

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
    expect(await streamCount()).toBe(0);
  });

  it.each([0, 0.02, 60])(
    'ends with its marker and a whole response when the server closes, interval %d',
    async interval => {
      server = await serving({ interval });
      const streams = await Promise.all(
        ['/roberrypi.dods', '/host.dods', '/.dods?time'].map(async path => {
          const { answer } = await open(path);
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
    const stuck = connect(server.port, '127.0.0.1');
    stuck.pause();
    stuck.write('GET /roberrypi.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
    const { values } = decodeAll(
      new Uint8Array(await (await fetch(`${server.url}/roberrypi.dods?sensor[0:1:99999]`)).arrayBuffer()),
    );
    expect((values[0] as Batch).length).toBe(100_000);
    stuck.destroy();
  });

  it('holds what waits for a stuck client within bounds', async () => {
    server = await serving({ interval: 0 });
    const accepted = once(server.app.server, 'connection') as Promise<[Socket]>;
    const stuck = connect(server.port, '127.0.0.1');
    stuck.pause();
    stuck.write('GET /roberrypi.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
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
});

describe('a limit', () => {
  it('on open streams answers 503 with Retry-After and a DAP2 Error, and lifts when a stream ends', async () => {
    server = await serving({ limits: { maxStreams: 3, maxStreamsPerAddress: 2 } });
    const streams = [await open('/roberrypi.dods'), await open('/host.asc')];
    const refused = await fetch(`${server.url}/roberrypi.dods`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(parseError(await refused.text())?.message).toBe(
      '2 streams to your address are open, and that is the limit; try again later',
    );
    expect((await fetch(`${server.url}/roberrypi.dds`)).status).toBe(200);
    streams[0]!.asked.destroy();
    while ((await streamCount()) > 1);
    const { asked, answer } = await open('/roberrypi.dods');
    expect(answer.statusCode).toBe(200);
    asked.destroy();
    streams[1]!.asked.destroy();
  });

  it('on the time that a client takes nothing cuts it off, and it alone', async () => {
    server = await serving({ interval: 0, limits: { readerTimeout: 0.2 } });
    const stuck = connect(server.port, '127.0.0.1');
    stuck.on('error', () => undefined).pause();
    stuck.write('GET /roberrypi.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
    const { asked, answer } = await open('/roberrypi.dods');
    answer.resume();
    let health = { streams: 2, cutOff: 0 };
    while (health.streams !== 1) {
      health = (await (await fetch(`${server.url}/health`)).json()) as typeof health;
    }
    expect(health.cutOff).toBe(1);
    asked.destroy();
    stuck.destroy();
  });
});

describe('a request that cannot be read', () => {
  it('is not answered in the place of a good one before it', async () => {
    server = await serving();
    const client = new RawClient(server.port);
    client.say('GET /health HTTP/1.1\r\nHost: pi\r\n\r\nNONSENSE\r\n\r\n');
    await client.end();
    expect(client.bytes.toString()).not.toMatch(/^HTTP\/1\.1 400/);
    const other = new RawClient(server.port);
    await other.say('NONSENSE\r\n\r\n').end();
    expect(other.bytes.toString()).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe('a client that reads slowly', () => {
  it('but steadily is not cut off, though the kernel says nothing of it for longer than a client may be stuck', async () => {
    server = await serving({ interval: 0, limits: { readerTimeout: 2 } });
    const slow = connect(server.port, '127.0.0.1');
    slow.write('GET /roberrypi.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
    let [read, isClosed] = [0, false];
    slow.on('close', () => {
      isClosed = true;
    });
    // 4 kB at a time: the kernel makes room known when a megabyte or more has been taken.
    slow.on('readable', () => {});
    const begun = performance.now();
    while (performance.now() - begun < 5000 && !isClosed) {
      read += (slow.read(4096) as Buffer | null)?.length ?? 0;
      await delay(20);
    }
    expect([isClosed, await streamCount()]).toEqual([false, 1]);
    expect(read).toBeGreaterThan(200_000);
    slow.destroy();
  });
});

describe('a finite stream', () => {
  it('is over once an upper bound on time is past', async () => {
    server = await serving();
    const [high] = [Date.now() / 1000 + 0.5];
    const text = await (await fetch(`${server.url}/roberrypi.asc?time&time<${high}`)).text();
    const times = text.trim().split('\n').slice(1).map(Number).filter(Number.isFinite);
    expect(times.length).toBeGreaterThan(3);
    expect(Math.max(...times)).toBeLessThan(high);
  });

  it.each(['time<now-1second', 'time<=now', 'time<now%2B300milliseconds'])(
    'is over when every row to come is past %s, though the next one is a minute away',
    async bound => {
      server = await serving({ interval: 60 });
      await until(() => server.datasets[0]!.status().rows > 0);
      const answer = await fetch(`${server.url}/roberrypi.dods?&${bound}`);
      const { length } = decodeAll(new Uint8Array(await answer.arrayBuffer())).values[0] as Batch;
      expect(length).toBe(bound === 'time<now-1second' ? 0 : 1);
    },
  );

  it('begins at the oldest row that can match, and runs on into live rows without gap or double', async () => {
    server = await serving({ interval: 0.02 });
    await until(() => server.datasets[0]!.status().rows >= 10);
    const answer = await fetch(`${server.url}/roberrypi.dods?time&time>now-1hour&time<now%2B1second`);
    const live = decodeAll(new Uint8Array(await answer.arrayBuffer()));
    const again = await fetch(`${server.url}/roberrypi.dods?time&time>now-1hour&time<now`);
    const past = decodeAll(new Uint8Array(await again.arrayBuffer()));
    const [first] = (live.values[0] as Batch).columns as [Float64Array];
    const [second] = (past.values[0] as Batch).columns as [Float64Array];
    expect(first.length).toBeGreaterThan(20);
    expect(second.subarray(0, first.length)).toEqual(first);
  });

  it('is the same bytes each time for the same past window', async () => {
    server = await serving({ interval: 0.02 });
    await until(() => server.datasets[0]!.status().rows >= 20);
    const high = server.datasets[0]!.status().lastTime!;
    const address = `${server.url}/roberrypi.dods?&sensor.time<=${high}`;
    const [once_, again] = await Promise.all(
      [address, address].map(at => fetch(at).then(a => a.arrayBuffer())),
    );
    expect(Buffer.compare(new Uint8Array(again!), new Uint8Array(once_!))).toBe(0);
  });

  it('ends at once where nothing can match', async () => {
    server = await serving({ interval: 60 });
    const answer = await fetch(`${server.url}/roberrypi.dods?&time>5&time<3`);
    expect((decodeAll(new Uint8Array(await answer.arrayBuffer())).values[0] as Batch).length).toBe(0);
  });
});

describe('interval 0', () => {
  it('gives every client rows of its own, as fast as it reads, from the time that it asks for', async () => {
    server = await serving({ interval: 0 });
    const window = 'roberrypi.dods?&time>=1000000000&time<1000086400';
    const [one, two] = await Promise.all(
      [1, 2].map(async () => new Uint8Array(await (await fetch(`${server.url}/${window}`)).arrayBuffer())),
    );
    expect(Buffer.compare(two!, one!)).toBe(0);
    const { length, columns } = decodeAll(one!).values[0] as Batch;
    expect(length).toBe(86_400);
    expect((columns[0] as Float64Array)[0]).toBe(1_000_000_000);
  });

  it('ends where times are so far away that a number no longer tells them apart', async () => {
    server = await serving({ interval: 0 });
    for (const far of ['1e16', '1e300']) {
      const answer = await fetch(`${server.url}/roberrypi.dods?&time>=${far}`);
      expect((decodeAll(new Uint8Array(await answer.arrayBuffer())).values[0] as Batch).length).toBe(0);
    }
  });

  it('stops making rows for a client that has gone', async () => {
    server = await serving({ interval: 0, simulate: true });
    const asked = request(`${server.url}/host.dods`, { agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    await once(answer, 'data');
    asked.destroy();
    while ((await streamCount()) > 0);
  });
});
