import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BUFFER_BYTES, BufferPool } from '../../../server/stream/buffer-pool.ts';
import { type Serving, serving } from '../../serving.ts';

describe('a buffer', () => {
  it('is used again after it is given back, and not before', () => {
    const pool = new BufferPool();
    const [one, two] = [pool.take(), pool.take()];
    expect(one).not.toBe(two);
    expect([one.length, two.length]).toEqual([BUFFER_BYTES, BUFFER_BYTES]);
    pool.giveBack(one);
    expect(pool.take()).toBe(one);
    expect(pool.take()).not.toBe(one);
  });

  it('is freed if the pool has many spare ones', () => {
    const pool = new BufferPool();
    const many = Array.from({ length: 100 }, () => pool.take());
    for (const buffer of many) pool.giveBack(buffer);
    const again = Array.from({ length: 100 }, () => pool.take());
    expect(again.filter(buffer => many.includes(buffer)).length).toBeLessThan(50);
  });
});

describe('clients that read at the same time, at any speed', () => {
  let server: Serving;
  afterEach(() => server.close());

  /** The body of a window's response, read with pauses. */
  function read(path: string, pause: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', chunk => {
        chunks.push(chunk);
        if (pause === 0) return;
        socket.pause();
        setTimeout(() => socket.resume(), pause);
      });
      socket.on('end', () => {
        const whole = Buffer.concat(chunks);
        resolve(whole.subarray(whole.indexOf('Dataset')));
      });
      socket.on('error', reject);
      // Without chunks (HTTP/1.0), so that what differs is the rows alone.
      socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    });
  }

  it.each(['dods', 'asc'])('each get their own rows (.%s)', async suffix => {
    server = await serving({ interval: 0 });
    const windows = [1, 2, 3].map(n => `/roberrypi.${suffix}?&time>=${n}000000000&time<${n}000150000`);
    const alone: Buffer[] = [];
    for (const path of windows) alone.push(await read(path, 0));
    const together = await Promise.all([0, 0, 1, 3].flatMap(pause => windows.map(path => read(path, pause))));
    expect(together.map((body, i) => body.equals(alone[i % 3]!))).toEqual(together.map(() => true));
    expect(alone[0]!.length).toBeGreaterThan(150_000 * 20);
  });
});
