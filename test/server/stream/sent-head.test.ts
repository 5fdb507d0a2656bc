import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { sendHead } from '../../../server/stream/sent-head.ts';

let close: (() => void) | undefined;
afterEach(() => close?.());

/** Serves one kind of response and reads it twice on one connection. */
async function answers(respond: (response: ServerResponse) => void): Promise<[IncomingMessage, string][]> {
  const server = createServer((_request, response) => respond(response));
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  close = () => void server.close().closeAllConnections();
  const { port } = server.address() as AddressInfo;
  const found: [IncomingMessage, string][] = [];
  for (let count = 0; count < 2; count += 1) {
    const answer = await new Promise<IncomingMessage>((done, failed) =>
      get({ host: '127.0.0.1', port, headers: { Connection: 'keep-alive' } }, done).once('error', failed),
    );
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    found.push([answer, text]);
  }
  return found;
}

it('sends the head and keeps none of it, on this version of Node', async () => {
  const kept: object[] = [];
  const found = await answers(response => {
    response.setHeader('X-First', 'set before');
    response.writeHead(200, { 'X-Second': 'given with the status' });
    sendHead(response);
    kept.push(response.getHeaders(), {
      header: Reflect.get(response, '_header'),
      sent: response.headersSent,
    });
    response.write('rows ');
    response.end('end');
  });
  for (const [{ statusCode, headers }, text] of found) {
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'x-first': 'set before', 'x-second': 'given with the status' });
    expect(text).toBe('rows end');
  }
  expect(kept).toEqual([{}, { header: 'sent', sent: true }, {}, { header: 'sent', sent: true }]);
});

it('keeps the length that was announced', async () => {
  const found = await answers(response => {
    response.writeHead(200, { 'Content-Length': 4 });
    sendHead(response);
    response.end('rows');
  });
  expect(found.map(([{ headers }, text]) => [headers['content-length'], text])).toEqual([
    ['4', 'rows'],
    ['4', 'rows'],
  ]);
});
