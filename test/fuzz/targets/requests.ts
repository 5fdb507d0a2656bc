// Requests of any bytes: each is answered with a status that a mistake may have, or closed, and the server goes on.

import { once } from 'node:events';
import { connect } from 'node:net';
import { type Serving, serving } from '../../serving.ts';
import { bytesOfText, type Target, textOfBytes } from '../target.ts';

const SEEDS = [
  'GET /roberrypi.dods?sensor&time>=now-1s&time<now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /roberrypi.csv?header=names&time=epoch&time%3E=0&time%3C1 HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n',
  'GET /roberrypi.events?&time>now-1s HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 1795226334.25 17 <1795226400\r\n\r\n',
  'GET /roberrypi/2026-11-28.dods?time[0:2:9] HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x", W/"y"\r\nRange: bytes=0-1\r\n\r\n',
  'POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nuser=anna',
  'OPTIONS /catalog.json HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nAccess-Control-Request-Method: GET\r\n\r\n',
  'GET /docs/page.md HTTP/1.0\r\nAuthorization: Basic YTpi\r\nX-Forwarded-For: 1.2.3.4, ::1\r\n\r\n',
  'HEAD /past/host.nc?&time<=now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
];

let server: Serving | undefined;

/** What the server answers before it closes, or the first bytes of a stream that goes on. */
async function answerTo(bytes: Uint8Array, port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', piece => {
    pieces.push(piece);
    if (Buffer.concat(pieces).includes('\r\n\r\n')) socket.destroy();
  });
  socket.end(bytes);
  await once(socket, 'close');
  return Buffer.concat(pieces).toString('latin1');
}

export const requests: Target = {
  name: 'requests',
  slowness: 4,
  async seeds() {
    server = await serving();
    return SEEDS.map(bytesOfText);
  },
  async run(bytes) {
    const answer = await answerTo(bytes, server!.port);
    if (answer !== '' && !/^HTTP\/1\.1 (?:[234]\d\d|50[1356]) /.test(answer))
      throw new Error(
        `expected an answer to ${JSON.stringify(textOfBytes(bytes))}, found ${JSON.stringify(answer.slice(0, 200))}`,
      );
    const honest = await fetch(`${server!.url}/catalog.json`);
    await honest.arrayBuffer();
    if (honest.status !== 200) throw new Error(`expected that the server goes on, found ${honest.status}`);
  },
  close: async () => void (await server?.close()),
};
