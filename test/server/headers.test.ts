import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseError } from '../../dap/index.ts';
import { type Serving, serving } from '../serving.ts';

/** The head and the body of what a connection gives until it ends. */
async function exchange(place: number | Socket, text: string): Promise<{ head: string; body: string }> {
  const socket = typeof place === 'number' ? connect({ port: place, host: '127.0.0.1' }) : place;
  socket.on('error', () => {});
  let bytes = '';
  socket.setEncoding('latin1').on('data', piece => {
    bytes += piece;
  });
  socket.write(text);
  await once(socket, 'close');
  const [head = '', ...body] = bytes.split('\r\n\r\n');
  return { head, body: body.join('\r\n\r\n') };
}

const request = (path: string, more = '', method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\nHost: pi\r\nConnection: close\r\n${more}\r\n`;

const header = (head: string, name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];

/** What every response has, whatever it answers. */
function expectCommon(head: string): void {
  expect(header(head, 'XDODS-Server'), head).toBe('dods/3.2');
  expect(header(head, 'XDAP'), head).toBe('3.2');
  expect(header(head, 'Server'), head).toMatch(/^dapberry\/\d+\.\d+\.\d+/);
  expect(header(head, 'XOPeNDAP-Server'), head).toBe(header(head, 'Server'));
  expect(header(head, 'Date'), head).toBeTruthy();
}

function expectSecure(head: string): void {
  expect(header(head, 'X-Content-Type-Options'), head).toBe('nosniff');
  expect(header(head, 'Content-Security-Policy'), head).toContain("default-src 'self'");
  expect(header(head, 'X-Frame-Options'), head).toBe('SAMEORIGIN');
  expect(header(head, 'Referrer-Policy'), head).toBe('no-referrer');
}

function expectError(head: string, body: string, status: number): void {
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(header(head, 'Content-Description'), head).toBe('dods_error');
  expect(header(head, 'Cache-Control'), head).toBe('no-store, no-transform');
  expect(header(head, 'Content-Type'), head).toBe('text/plain; charset=utf-8');
  const sized = header(head, 'Content-Length');
  expect(Number(sized), head).toBe(Buffer.byteLength(body, 'latin1'));
  expect(parseError(body)?.code).toBe(status);
  expect(parseError(body)?.message).toBeTruthy();
}

const SUFFIXES = ['dds', 'das', 'dods', 'asc', 'ascii', 'ver', 'info', 'html', 'help'];
const PATHS = ['/', '/health', '/metrics', '/catalog.json', '/pages.css', '/roberrypi'].concat(
  SUFFIXES.map(suffix => `/roberrypi.${suffix}?sensor[0:0]`),
);

/** What is refused, by the framework's router, below it, and above; and the status. */
const REFUSED: readonly (readonly [what: string, sent: string, status: number])[] = [
  ['a wrong constraint', request('/roberrypi.dods?nothing'), 400],
  ['a wrong function', request('/roberrypi.asc?&mean(time)'), 400],
  ['an unknown dataset', request('/nothing.dods'), 404],
  ['an unknown suffix', request('/roberrypi.xls'), 404],
  ['an unknown path', request('/a/b/c'), 404],
  ['a file of the page that is not there', request('/assets/none.js'), 404],
  ['a method', request('/roberrypi.dods', 'Content-Length: 0\r\n', 'POST'), 405],
  ['a method on the root', request('/', 'Content-Length: 0\r\n', 'DELETE'), 405],
  ['a method that has a body', request('/roberrypi.dods', '', 'QUERY'), 405],
  ['CONNECT', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n', 405],
  ['a percent sign', request('/%'), 400],
  ['percent and no hexadecimal', request('/%zz'), 400],
  ['bytes that are no UTF-8', request('/%ff.dods'), 400],
  ['a path that is too long', request(`/${'x'.repeat(600)}`), 414],
  ['a constraint that is too long', request(`/roberrypi.dds?${'x'.repeat(60_000)}`), 400],
  ['a head that is too long', request('/', `X: ${'x'.repeat(70_000)}\r\n`), 431],
  ['an address that is too long', request(`/.dds?${'x'.repeat(70_000)}`), 431],
  ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['two Hosts', request('/health', 'host: other\r\n'), 400],
  ['an expectation', request('/roberrypi.ver', 'Expect: tea\r\n'), 417],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01', 400],
  ['two lengths', request('/', 'Content-Length: 1\r\nContent-Length: 2\r\n'), 400],
  ['a control character in a header', request('/', 'X: \x01\r\n'), 400],
  ['a head that does not end', 'GET / HTTP/1.1\r\nHost: pi\r\n', 408],
];

describe('every response says what answers, and how', () => {
  let server: Serving;
  beforeAll(async () => {
    server = await serving({ interval: 0.02, limits: { headersTimeout: 1, requestTimeout: 1 } });
  });
  afterAll(() => server.close());

  it.each(PATHS)('of %s', async path => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const { head, body } = await exchange(server.port, request(path, '', method));
      expect(head).toMatch(/^HTTP\/1\.1 [23]0\d /);
      expectCommon(head);
      if (method !== 'OPTIONS') expectSecure(head);
      expect(header(head, 'Access-Control-Allow-Origin')).toBe('*');
      if (method !== 'GET') expect(body).toBe('');
    }
  });

  it('of a preflight request, which may read all of them', async () => {
    const more = 'Origin: http://a.example\r\nAccess-Control-Request-Method: GET\r\n';
    const { head } = await exchange(server.port, request('/roberrypi.dods', more, 'OPTIONS'));
    expectCommon(head);
    const answer = await exchange(server.port, request('/roberrypi.dds', more));
    const exposed = header(answer.head, 'Access-Control-Expose-Headers')?.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['XDODS-Server', 'XDAP', 'XOPeNDAP-Server', 'Server', 'Content-Description']),
    );
  });

  it.each(REFUSED)('of an error: %s', { timeout: 20_000 }, async (_what, sent, status) => {
    const { head, body } = await exchange(server.port, sent);
    expectError(head, body, status);
    expectCommon(head);
    expectSecure(head);
    expect(header(head, 'Access-Control-Allow-Origin')).toBe('*');
    expect(head.match(/^XDAP:/gim)).toHaveLength(1);
  });

  it.each([
    ['/%zz', 'expected a path with percent-escapes that are UTF-8, found \\"/%zz\\"'],
    ['/%ff.dods?time', 'expected a path with percent-escapes that are UTF-8, found \\"/%ff.dods\\"'],
    [`/${'x'.repeat(600)}`, 'expected a shorter path, found one of 601 characters'],
  ])('says what is wrong with the path %.20s', async (path, message) => {
    const { body } = await exchange(server.port, request(path));
    expect(body).toContain(`message = "${message}";`);
  });

  it.each(REFUSED)('of an error behind an answer: %s', { timeout: 20_000 }, async (_what, sent, status) => {
    const before = request('/roberrypi.ver').replace('Connection: close\r\n', '');
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    let bytes = '';
    socket.setEncoding('latin1').on('data', piece => {
      bytes += piece;
    });
    socket.on('error', () => {});
    socket.write(before);
    while (!bytes.includes('Server version')) await once(socket, 'data');
    const answered = bytes.length;
    socket.write(sent);
    await once(socket, 'close');
    const [head = '', ...body] = bytes.slice(answered).split('\r\n\r\n');
    expectError(head, body.join('\r\n\r\n'), status);
    expectCommon(head);
    expectSecure(head);
  });

  it.each(['/%zz', '/nothing.dods', `/${'x'.repeat(600)}`])(
    'of a HEAD that is refused: %.20s',
    async path => {
      const { head, body } = await exchange(server.port, request(path, '', 'HEAD'));
      expect(head).toMatch(/^HTTP\/1\.1 4/);
      expect(body).toBe('');
      expect(header(head, 'Content-Description')).toBe('dods_error');
      expectCommon(head);
      expectSecure(head);
    },
  );
});

describe('where the configuration names origins', () => {
  let server: Serving;
  beforeAll(async () => {
    const limits = { maxStreams: 0, headersTimeout: 1, requestTimeout: 1 };
    server = await serving({ interval: 0.02, origins: ['http://a.example'], limits });
  });
  afterAll(() => server.close());

  it.each([['at a limit', request('/roberrypi.dods'), 503] as const, ...REFUSED])(
    'an error may be read by pages of those alone: %s',
    { timeout: 20_000 },
    async (_what, sent, status) => {
      const { head, body } = await exchange(server.port, sent);
      expectError(head, body, status);
      expectCommon(head);
      expectSecure(head);
      expect(header(head, 'Access-Control-Allow-Origin')).toBeUndefined();
      expect(header(head, 'Vary')).toContain('Origin');
    },
  );

  it.each([
    ['/%zz', 400],
    [`/${'x'.repeat(600)}`, 414],
    ['/roberrypi.dods', 503],
  ])('one of those reads the error of %.20s', async (path, status) => {
    const { head, body } = await exchange(server.port, request(path, 'Origin: http://a.example\r\n'));
    expectError(head, body, status);
    expect(header(head, 'Access-Control-Allow-Origin')).toBe('http://a.example');
    const other = await exchange(server.port, request(path, 'Origin: http://b.example\r\n'));
    expect(header(other.head, 'Access-Control-Allow-Origin')).toBeUndefined();
  });
});

describe('where the configuration names origins of frames', () => {
  it.each([
    ['/embed.html', "'self' http://a.example https://*.b.example", null],
    ['/embed.html?d=roof', "'self' http://a.example https://*.b.example", null],
    ['/', "'self'", 'SAMEORIGIN'],
    ['/roberrypi.html', "'self'", 'SAMEORIGIN'],
    ['/embed.htmlx', "'self'", 'SAMEORIGIN'],
  ])('pages of those may show %s in a frame as both headers say', async (path, ancestors, options) => {
    const frameOrigins = ['http://a.example', 'https://*.b.example'];
    const server = await serving({ interval: 0.02, frameOrigins });
    const { headers } = await fetch(`${server.url}${path}`);
    const [, found] = /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '') ?? [];
    expect(found).toBe(ancestors);
    expect(headers.get('x-frame-options')).toBe(options);
    await server.close();
  });

  it('the page for frames is like every other one by default', async () => {
    const server = await serving({ interval: 0.02 });
    const { headers } = await fetch(`${server.url}/embed.html`);
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'self'(;|$)/);
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    await server.close();
  });
});

it('a connection that is one too many is refused with all headers', async () => {
  const origins = ['http://a.example'];
  const server = await serving({ interval: 0.02, origins, limits: { maxConnections: 1 } });
  const first = connect({ port: server.port, host: '127.0.0.1' });
  first.write('GET /roberrypi.asc HTTP/1.1\r\nHost: pi\r\n\r\n');
  await once(first, 'data');
  const { head, body } = await exchange(server.port, request('/health'));
  expectError(head, body, 503);
  expectCommon(head);
  expectSecure(head);
  expect(header(head, 'Retry-After')).toBeTruthy();
  expect(header(head, 'Access-Control-Allow-Origin')).toBeUndefined();
  first.destroy();
  await server.close();
});

it('a request that comes while the server ends is refused with all headers', async () => {
  const server = await serving({ interval: 0.02 });
  // A sensor that is slow to close is waited for.
  vi.spyOn(server.datasets[0]!, 'close').mockReturnValue(new Promise(() => {}));
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  await once(socket, 'connect');
  const closing = server.close();
  const { head, body } = await exchange(socket, request('/health'));
  await closing;
  expectError(head, body, 503);
  expectCommon(head);
  expectSecure(head);
  expect(header(head, 'Retry-After')).toBe('10');
});
