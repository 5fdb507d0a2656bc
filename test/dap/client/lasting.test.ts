import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { failureIn } from '../../../dap/client/http/failure.ts';
import { describe as describeDataset, follow, read } from '../../../dap/client/index.ts';
import { all, States, take } from './collect.ts';
import { answering, closedAfterTest } from './opened.ts';
import { type Row, responseBytes } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
const retry = { base: 0 };

/** The address to which a server redirects all requests. */
const REDIRECTS: readonly (readonly [what: string, location: string, message: RegExp])[] = [
  ['in a circle', '/roberrypi.dods', /it redirects in a circle, or more than 20 times/],
  ['to a file', 'file:///etc/passwd', /an address that is neither http nor https/],
  ['to data', 'data:text/plain,Dataset', /an address that is neither http nor https/],
  ['to a blocked port', 'http://127.0.0.1:6000/', /a port that fetch refuses/],
  ['to no address', 'http://[::zz', /an invalid address/],
];

describe('a failure that no further attempt can mend is thrown at once', () => {
  it.each(REDIRECTS)('a redirection %s', async (_what, location, message) => {
    const server = await answering((_request, response) => response.writeHead(302, { location }).end());
    const states = new States();
    const url = `${server.origin}/roberrypi`;
    const failure = await all(follow(url, { retry, onState: states.onState })).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'ResponseError', message: expect.stringMatching(message) });
    expect(String(failure)).toContain(url);
    expect(states.names).toEqual(['connecting', 'ended']);
    await expect(describeDataset(url)).rejects.toThrow(message);
    await expect(read(url)).rejects.toThrow(message);
  });

  it('a redirection without an address to go to', async () => {
    const server = await answering((_request, response) => response.writeHead(302).end());
    await expect(all(follow(`${server.origin}/x`, { retry }))).rejects.toMatchObject({ status: 302 });
  });

  it('a server that speaks no HTTP', async () => {
    const server = createTcpServer(socket => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.2\r\n', () => socket.destroy());
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    closedAfterTest({ close: () => new Promise<void>(done => void server.close(() => done())) });
    const { port } = server.address() as { port: number };
    await expect(all(follow(`http://127.0.0.1:${port}/x`, { retry }))).rejects.toThrow(
      /expected a server that speaks HTTP, found another protocol/,
    );
  });

  it('a server at https that speaks no TLS', async () => {
    const server = await answering((_request, response) => response.end());
    const url = server.origin.replace('http:', 'https:');
    await expect(all(follow(`${url}/x`, { retry }))).rejects.toThrow(
      /speaks https.*does its address begin with http:/,
    );
  });

  it('a body that is compressed in another way than its header says', async () => {
    const server = await answering((_request, response) =>
      response.setHeader('content-encoding', 'gzip').end(responseBytes(five)),
    );
    await expect(all(follow(`${server.origin}/x`, { retry }))).rejects.toThrow(/Content-Encoding/);
  });

  it.each([6000, 22, 10080])('port %d, which fetch refuses', async port => {
    const states = new States();
    const failing = all(follow(`http://127.0.0.1:${port}/x`, { onState: states.onState }));
    await expect(failing).rejects.toThrow(`found ${port}: let the server listen`);
    expect(states.names).toEqual(['ended']);
  });
});

it('after rows have come, such a failure is retried a few times and then thrown', async () => {
  let requests = 0;
  const server = await answering((_request, response, number) => {
    requests++;
    if (number === 0) response.end(responseBytes(five.slice(0, 2), { end: false }));
    else if (number === 6) response.end(responseBytes(five.slice(1, 4), { end: false }));
    else response.writeHead(302, { location: 'file:///' }).end();
  });
  const states = new States();
  const rows = follow(`${server.origin}/x`, { retry, onState: states.onState });
  await expect(take(5, rows)).rejects.toThrow(/neither http nor https/);
  expect(requests).toBe(1 + 5 + 1 + 11);
});

it.each([
  ['years', '315360000', /its Retry-After is 3650 days, the next attempt follows after an hour$/],
  ['a date', 'Sat, 01 Aug 2526 12:00:00 GMT', /its Retry-After is more than 9999 days/],
  ['more digits than a number has', '9'.repeat(400), /its Retry-After is more than 9999 days/],
])('a Retry-After of %s is reported and shortened to an hour', async (_what, value, message) => {
  const server = await answering((_request, response) =>
    response.writeHead(503, { 'retry-after': value }).end('Error { message = "maintenance"; };'),
  );
  const states = new States();
  const rows = follow(`${server.origin}/x`, { retry, onState: states.onState });
  const reading = rows.next();
  const { delay, reason } = await states.next('reconnecting');
  expect(delay).toBe(3600);
  expect(reason).toMatch(/maintenance/);
  expect(reason).toMatch(message);
  await rows.return();
  await reading;
});

it.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
  ['SELF_SIGNED_CERT_IN_CHAIN', true],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
  ['CERT_HAS_EXPIRED', true],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true],
  ['CERT_NOT_YET_VALID', false],
  ['ENOTFOUND', false],
  ['EAI_AGAIN', false],
  ['ECONNREFUSED', false],
  ['ECONNRESET', false],
])('the error %s counts as lasting: %s', (code, isLasting) => {
  const cause = Object.assign(new Error('what Node says'), { code });
  const failure = failureIn(new TypeError('fetch failed', { cause }));
  expect(failure).toEqual({ isLasting, text: expect.stringContaining('what Node says') });
});

it.each([
  [
    'ECONNREFUSED',
    'connect ECONNREFUSED 127.0.0.1:8199',
    'no server listens there: connect ECONNREFUSED 127.0.0.1:8199',
  ],
  [
    'ENOTFOUND',
    'getaddrinfo ENOTFOUND pi.local',
    'the name cannot be resolved: getaddrinfo ENOTFOUND pi.local',
  ],
  ['UND_ERR_SOCKET', 'other side closed', 'the connection broke: other side closed'],
  ['ECONNRESET', 'read ECONNRESET', 'the connection broke: read ECONNRESET'],
  [
    'EHOSTUNREACH',
    'connect EHOSTUNREACH 10.0.0.9:80',
    'the network does not reach it: connect EHOSTUNREACH 10.0.0.9:80',
  ],
  ['ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.9:80', 'no answer: connect ETIMEDOUT 10.0.0.9:80'],
])('%s is explained before it is quoted', (code, message, text) => {
  const cause = Object.assign(new Error(message), { code });
  expect(failureIn(new TypeError('fetch failed', { cause }))).toEqual({ isLasting: false, text });
});

it('an unknown host name is reported at the first failure, and tried again', async () => {
  const states = new States();
  const rows = follow('http://no-such-host.invalid/x', { onState: states.onState });
  const reading = rows.next();
  expect(await states.next('reconnecting')).toMatchObject({
    attempt: 2,
    reason: expect.stringMatching(/no-such-host\.invalid/),
  });
  await rows.return();
  await reading;
});
