// Clients that send many requests at once and read no answer.

import { get } from './attack.mjs';

/** Requests that may wait are answered, so that more clients come to the work of thousands of requests that may not. */
const pipelining = (name, requests, text, first = '') => ({
  name: `pipelined: ${name}`,
  clients: requests <= 8 ? 400 : 150,
  reads: 0,
  sends: () => first + text.repeat(requests),
  again: () => text,
});

const STREAM = get('/garden.dods');

export const PIPELINING = [
  pipelining('thousands of requests for a page', 1700, get('/garden.html')),
  pipelining('as many as may wait', 8, get('/garden.html')),
  pipelining('OPTIONS behind an endless stream', 1700, 'OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n', STREAM),
  pipelining('HEAD behind a stream', 7, get('/nothing').replace('GET', 'HEAD'), STREAM),
  pipelining('requests without a host behind a stream', 3000, 'GET / HTTP/1.1\r\n\r\n', STREAM),
  pipelining('expectations behind a stream', 1500, get('/', 'Expect: tea\r\n'), STREAM),
  pipelining(
    'a body without an end',
    1,
    'x'.repeat(60_000),
    get('/garden.das', 'Content-Length: 1000000000\r\n'),
  ),
  pipelining(
    'chunks without an end',
    800,
    `10\r\n${'x'.repeat(16)}\r\n`,
    get('/garden.das', 'Transfer-Encoding: chunked\r\n').replace('GET', 'POST'),
  ),
  pipelining(
    'chunks of one byte behind a stream',
    11_000,
    '1\r\nx\r\n',
    get('/garden.dods', 'Transfer-Encoding: chunked\r\n'),
  ),
  pipelining('addresses that cannot be read', 8, get('/%zz')),
];
