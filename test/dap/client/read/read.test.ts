import { describe, expect, it } from 'vitest';
import { read } from '../../../../dap/client/index.ts';
import { answering, station } from '../opened.ts';
import { type Row, responseBytes, rowBytes } from '../station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [n, 10 * n]);

describe('read', () => {
  it('gives all rows of a finite Sequence at once', async () => {
    const pi = await station(five);
    const { dataset, values } = await read(pi.url, { constraint: '&sensor.time>1&sensor.time<4.5' });
    expect(dataset.name).toBe('roberrypi');
    expect(values).toEqual([{ length: 3, columns: [Float64Array.of(2, 3, 4), Float64Array.of(20, 30, 40)] }]);
  });

  it('gives the values of variables of any kind', async () => {
    const bytes = Buffer.concat([
      Buffer.from('Dataset {\n    Int32 n;\n    String s;\n} mixed;\nData:\n'),
      Uint8Array.of(0, 0, 0, 7, 0, 0, 0, 2, 0x68, 0x69, 0, 0),
    ]);
    const server = await answering((_request, response) => response.end(bytes));
    expect((await read(`${server.origin}/mixed`)).values).toEqual([7, 'hi']);
  });

  it.each([
    ['a response that is cut off', responseBytes(five, { end: false }), /more bytes of sensor/],
    ['a page', Buffer.from('<html></html>'), /found "<html>/],
    ['an Error object', Buffer.from('Error {\n    message = "no";\n};\n'), /\.dods: no$/],
  ])('rejects for %s, with the address', async (_what, body, message) => {
    const server = await answering((_request, response) => response.end(body));
    const failure = await read(`${server.origin}/x`).catch((error: unknown) => error);
    expect(String(failure)).toMatch(message);
    expect(String(failure)).toContain(`${server.origin}/x.dods`);
  });

  it('does not fill the memory from a Sequence without end', async () => {
    const rows = Buffer.concat(Array.from({ length: 1000 }, (_, n) => rowBytes([n, n])));
    const server = await answering(async (_request, response) => {
      response.write(responseBytes([], { end: false }));
      while (!response.destroyed) {
        response.write(rows);
        await new Promise(setImmediate);
      }
    });
    await expect(read(`${server.origin}/x`, { maxBytes: 1_000_000 })).rejects.toThrow(
      /at most 1000000 bytes/,
    );
  });
});
