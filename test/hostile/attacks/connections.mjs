// Clients that hold connections, or open and close them, and readers that hardly read.

import { randomBytes } from 'node:crypto';
import { get } from './attack.mjs';

const reading = (name, path, reads) => ({
  name: `readers: ${name}`,
  clients: 150,
  reads,
  sends: () => get(path),
});

export const CONNECTIONS = [
  reading('nothing read of rows computed for each', '/quick.dods', 0),
  reading('a kilobyte read now and then of rows computed for each', '/quick.dods', 1000),
  reading('one byte read now and then of the past', '/past/attic.csv', 1),
  reading('nothing read of live rows', '/garden.dods', 0),
  reading('nothing read of the whole past', '/past/attic.csv', 0),
  { name: 'connections: thousands that say nothing', clients: 3000, addresses: 30 },
  {
    name: 'connections: half a request, then half closed',
    clients: 200,
    back: 0,
    halfCloses: true,
    sends: () => 'GET /garden.dods HT',
  },
  {
    name: 'connections: reset at once',
    clients: 100,
    back: 0,
    leaves: 0,
    resets: true,
    sends: () => get('/garden.dods'),
  },
  {
    name: 'connections: one request each, left in the middle of the answer',
    clients: 100,
    back: 0,
    leaves: 20,
    resets: true,
    sends: () => get('/past/attic.csv'),
  },
  {
    name: 'connections: other protocols',
    clients: 100,
    back: 0,
    sends: client =>
      [
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        Buffer.from('16030100f8010000f40303', 'hex'),
        randomBytes(2000),
        'SSH-2.0-client\r\n',
      ][client % 4],
  },
  {
    name: 'slow: a byte of the head at a time',
    clients: 200,
    every: 50,
    sends: () => 'GET /garden.dods HTTP/1.1\r\nX: ',
    again: () => 'x',
  },
  {
    name: 'slow: a byte of a body at a time',
    clients: 200,
    every: 50,
    sends: () => get('/nothing', 'Content-Length: 1000000\r\n').replace('GET', 'POST'),
    again: () => 'x',
  },
  {
    name: 'slow: a head without an end',
    clients: 100,
    every: 20,
    sends: () => 'GET / HTTP/1.1\r\nHost: a\r\n',
    again: () => `X-${Math.random()}: ${'y'.repeat(5000)}\r\n`,
  },
];
