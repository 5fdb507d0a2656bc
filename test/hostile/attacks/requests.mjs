// Requests that are too long, wrong or lying, and logins that are guessed.

import { gzipSync } from 'node:zlib';
import { asking, get, once, one } from './attack.mjs';

const ZEROS = gzipSync(Buffer.alloc(20_000_000)).toString('latin1');

/** Constraints, percent-encoded by the caller where that is needed. */
const CONSTRAINTS = [
  ['thousands of conditions', `time${'&time>=1'.repeat(7000)}`],
  ['thousands of columns', Array(9000).fill('time').join()],
  ['thousands of wrong columns', Array(9000).fill('tmie').join()],
  ['deep parentheses', `&${'('.repeat(20_000)}`],
  ['numbers of thousands of digits', `&time>${'9'.repeat(30_000)}`],
  ['hyperslabs as large as numbers are', 'sensor[0:1:4294967295].time&time>9e99'],
  ['hyperslabs larger than numbers are', `sensor[0:${'9'.repeat(400)}:${'9'.repeat(9000)}]`],
];

const wild = () => Math.floor(Math.random() * 0xffffffff);
const address = () => Array.from({ length: 4 }, () => Math.floor(Math.random() * 256)).join('.');
const login = () => `Authorization: Basic ${Buffer.from(`anna:${Math.random()}`).toString('base64')}\r\n`;

const EVENT_IDS = [
  () => '-1',
  () => 'NaN',
  () => '9'.repeat(400),
  () => `${wild()}.${wild()}`,
  () => '0',
  () => 'ÿ'.repeat(200),
  () => `1e${wild()}`,
  () => '',
];

export const REQUESTS = [
  ...CONSTRAINTS.map(([name, constraint]) => asking(`constraints: ${name}`, [`/garden.dods?${constraint}`])),
  asking('heads: 60 kB in one header', ['/health'], `X: ${'y'.repeat(60_000)}\r\n`),
  asking('heads: thousands of headers', ['/health'], 'X-A: y\r\n'.repeat(7000)),
  asking('heads: longer than allowed', ['/health'], `X: ${'y'.repeat(100_000)}\r\n`),
  asking('heads: addresses of 60 kB', [`/${'a/'.repeat(30_000)}`, `/garden.dods?${'a'.repeat(60_000)}`]),
  asking('heads: bad escapes and bytes', [
    '/%zz',
    '/%ff%fe.dods',
    '/garden.dods?%',
    '/\xff\xfe',
    '/%00',
    '//../..//%2e%2e/',
  ]),
  asking(
    'heads: names of other hosts',
    ['/', '/health'],
    () => `X-Forwarded-Host: ${Math.random()}.example\r\n`,
  ),
  asking(
    'heads: other addresses behind a proxy',
    ['/garden.das'],
    () => `X-Forwarded-For: ${address()}, ${address()}\r\n`,
  ),
  {
    name: 'heads: two lengths of one body',
    clients: 50,
    back: 0,
    sends: () =>
      `${get('/health', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n').replace('GET', 'POST')}0\r\n\r\n${get('/metrics')}`,
  },
  {
    name: 'methods: those that change something, and tunnels',
    clients: 50,
    back: 0,
    sends: () =>
      once('/garden.dods', 'Upgrade: websocket\r\n').replace(
        'GET',
        one(['PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT', 'PROPFIND', 'LOCK', 'GET']),
      ),
  },
  {
    name: 'bodies: gigabytes of zeros, compressed',
    clients: 50,
    back: 0,
    sends: () =>
      Buffer.from(
        get('/garden.dods', `Content-Encoding: gzip\r\nContent-Length: ${ZEROS.length}\r\n`).replace(
          'GET',
          'POST',
        ) + ZEROS,
        'latin1',
      ),
  },
  asking('logins: guessed passwords', ['/locked.dods', '/health'], login),
  asking('logins: guessed tokens', ['/locked.dods'], () => `Authorization: Bearer ${Math.random()}\r\n`),
  asking('logins: of 50 kB', ['/locked.dods'], `Authorization: Basic ${'QUFB'.repeat(12_000)}\r\n`),
  {
    name: 'events: reconnects with a wrong Last-Event-ID',
    clients: 100,
    back: 0,
    leaves: 40,
    sends: () => Buffer.from(get('/garden.events', `Last-Event-ID: ${one(EVENT_IDS)()}\r\n`), 'latin1'),
  },
];
