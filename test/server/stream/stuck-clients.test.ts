import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { parseError } from '../../../dap/index.ts';
import { type Serving, serving } from '../../serving.ts';
import { openStream, stuckClient, untilStreams } from './open-stream.ts';

let server: Serving;
afterEach(() => server.close());

describe('the limits of streams', () => {
  it('answer one stream too many with 503, Retry-After and a DAP2 Error, until another stream ends', async () => {
    server = await serving({ limits: { maxStreams: 3, maxStreamsPerAddress: 2 } });
    const streams = [await openStream(server, '/roberrypi.dods'), await openStream(server, '/host.asc')];
    const refused = await fetch(`${server.url}/roberrypi.dods`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(parseError(await refused.text())?.message).toBe(
      '2 streams to your address are open, and that is the limit; try again later',
    );
    expect((await fetch(`${server.url}/roberrypi.dds`)).status).toBe(200);
    streams[0]!.asked.destroy();
    await untilStreams(server, 1);
    const { asked, answer } = await openStream(server, '/roberrypi.dods');
    expect(answer.statusCode).toBe(200);
    asked.destroy();
    streams[1]!.asked.destroy();
  });

  it('cut off the client that reads nothing for the reader timeout, and no other client', async () => {
    server = await serving({ interval: 0, limits: { readerTimeout: 0.2 } });
    const stuck = stuckClient(server, '/roberrypi.dods');
    const { asked, answer } = await openStream(server, '/roberrypi.dods');
    answer.resume();
    const health = async () => (await fetch(`${server.url}/health`)).json();
    await expect.poll(health, { timeout: 25_000 }).toMatchObject({ streams: 1, opened: 2, cutOff: 1 });
    asked.destroy();
    stuck.destroy();
  });
});

describe('a client that reads slowly but steadily', () => {
  it('is not cut off, even if the kernel reports no progress for longer than the reader timeout', async () => {
    server = await serving({ interval: 0, limits: { readerTimeout: 3 } });
    const slow = connect(server.port, '127.0.0.1');
    slow.write('GET /roberrypi.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
    let [read, isClosed] = [0, false];
    slow.on('close', () => {
      isClosed = true;
    });
    // 200 kB a second, 4 kB at a time: the kernel makes room known when a megabyte or more has been taken.
    slow.on('readable', () => {});
    const begun = performance.now();
    const due = () => (performance.now() - begun) * 200;
    while (due() < 1_500_000 && !isClosed) {
      await delay(20);
      // A busy machine wakes it late: it takes what it has missed, so that it stays as fast.
      while (read < due()) {
        const piece = slow.read(4096) as Buffer | null;
        if (piece === null) break;
        read += piece.length;
      }
    }
    expect(isClosed).toBe(false);
    await untilStreams(server, 1);
    // The server kept up with it.
    expect(read).toBeGreaterThan(750_000);
    slow.destroy();
  });
});
