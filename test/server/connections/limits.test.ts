import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { parseError } from '../../../dap/index.ts';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';
import { RawClient } from '../raw-client.ts';
import { ScriptedConnection } from '../scripted-connection.ts';

let server: Serving;
const clients: RawClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server.close();
});

async function start(options: ServingOptions): Promise<void> {
  server = await serving(options);
}

function client(): RawClient {
  const made = new RawClient(server.port);
  clients.push(made);
  return made;
}

/** A client whose stream has begun. */
async function reader(path = '/roberrypi.dods'): Promise<RawClient> {
  const one = client().ask(path);
  await one.until(() => one.answers[0]!.body.length > 0);
  return one;
}

interface Connections {
  readonly open: number;
  readonly refused: number;
  readonly displaced: number;
  readonly flooded: number;
  readonly stuck: number;
}

async function connections(): Promise<Connections> {
  return (await server.app.inject('/health')).json<{ connections: Connections }>().connections;
}

const NO_PROXY: readonly string[] = [];

describe('connections', () => {
  it.each([
    ['in all', { maxConnections: 3 }, '3 connections in all are open'],
    ['of one address', { maxConnectionsPerAddress: 3 }, '3 connections of your address are open'],
  ])(
    'past the limit %s are answered 503 before they ask, where each of the others is in use',
    async (_, limits, sentence) => {
      await start({ limits, trustProxy: NO_PROXY });
      const readers = [await reader(), await reader(), await reader()];
      const [first] = readers as [RawClient];
      const one = client();
      await one.end();
      const [head = '', body = ''] = one.bytes.toString().split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 503 /);
      expect(head).toMatch(/^Retry-After: \d+$/im);
      expect(parseError(body)?.message).toContain(sentence);
      expect(await connections()).toMatchObject({ open: 3, refused: 1, displaced: 0 });
      const bytes = first.bytes.length;
      await first.until(() => first.bytes.length > bytes + 100);
      await first.leave();
      await expect.poll(async () => (await connections()).open).toBe(2);
      expect((await client().ask('/roberrypi.ver').answer()).status).toBe(200);
    },
  );

  it('of a proxy are not counted for its address, but in all', async () => {
    await start({ limits: { maxConnections: 5, maxConnectionsPerAddress: 2 } });
    for (let count = 0; count < 5; count += 1) await reader();
    const one = client();
    await one.end();
    expect(one.bytes.toString()).toContain('5 connections in all are open');
  });

  it('without a request make room for others, the oldest first', async () => {
    await start({ limits: { maxConnectionsPerAddress: 4 }, trustProxy: NO_PROXY });
    const streaming = await reader();
    const answered = client().ask('/roberrypi.ver');
    await answered.answer();
    const silent = client();
    await expect.poll(async () => (await connections()).open).toBe(3);
    const half = client().say('GET /roberrypi.d');
    await expect.poll(async () => (await connections()).open).toBe(4);
    for (const [index, oldest] of [answered, silent, half].entries()) {
      // In use: it stays.
      await reader();
      await oldest.end();
      expect(await connections()).toMatchObject({ open: 4, refused: 0, displaced: index + 1 });
    }
    expect(streaming.isEnded).toBe(false);
    const none = client();
    await none.end();
    expect(none.bytes.toString()).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('by the thousand that send nothing keep no honest client away', async () => {
    await start({ limits: { maxConnections: 50 } });
    const honest = await reader();
    const silent = Array.from({ length: 400 }, () => new RawClient(server.port));
    clients.push(...silent);
    await expect
      .poll(async () => (await connections()).displaced, { timeout: 20_000 })
      .toBeGreaterThanOrEqual(351);
    const { length } = honest.bytes;
    expect((await client().ask('/roberrypi.dods?sensor[0:1:4]').answer()).status).toBe(200);
    await honest.until(() => honest.bytes.length > length);
    expect((await connections()).open).toBeLessThanOrEqual(50);
  });

  it('whose client takes nothing of its answers are closed in the end', async () => {
    await start({ limits: { readerTimeout: 0.5 } });
    const honest = await reader();
    const stuck = new ScriptedConnection({ taking: false });
    server.app.server.emit('connection', stuck);
    stuck.ask('/metrics');
    stuck.ask('/metrics');
    await once(stuck, 'close');
    expect(await connections()).toMatchObject({ open: 1, stuck: 1 });
    expect(honest.isEnded).toBe(false);
  });

  it('are all counted in /metrics', async () => {
    await start({ limits: { maxConnections: 2 } });
    await reader();
    await reader();
    await client().end();
    const { body } = await server.app.inject('/metrics');
    expect(body).toMatch(/^dapberry_connections_open 2$/m);
    expect(body).toMatch(/^dapberry_connections_limit 2$/m);
    expect(body).toMatch(/^dapberry_connections_accepted_total 2$/m);
    expect(body).toMatch(/^dapberry_connections_closed_total\{reason="refused"\} 1$/m);
  });

  it('may be as many as the streams that may be open, and some more', async () => {
    await start({ limits: { maxStreams: 3000 } });
    const { body } = await server.app.inject('/metrics');
    expect(body).toMatch(/^dapberry_connections_limit 3500$/m);
  });
});

describe('requests of one connection', () => {
  it('are answered in their order, as many as may wait', async () => {
    await start({});
    const one = client();
    const paths = [
      '.ver',
      '.dds',
      '.das',
      '.html',
      '.info',
      '.help',
      '.dods?sensor[0:1:3]',
      '.asc?sensor[0]',
    ];
    for (const path of paths) one.ask(`/roberrypi${path}`);
    await one.answer(7);
    expect(one.answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(one.answers[0]!.body.toString()).toMatch(/^Core version/);
    expect(one.answers[7]!.body.toString()).toMatch(/^Dataset/);
    // Hundreds may follow, each after an answer.
    for (let count = 8; count < 200; count += 1) {
      one.ask('/roberrypi.ver');
      expect((await one.answer(count)).status).toBe(200);
    }
  });

  it('that are too many end the connection', async () => {
    await start({ limits: { maxUnansweredRequests: 3 } });
    const one = await reader();
    one.say('GET /roberrypi.ver HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
    await one.end();
    expect(await connections()).toMatchObject({ open: 0, flooded: 1 });
    const other = client();
    other.ask('/roberrypi.ver').ask('/roberrypi.ver').ask('/roberrypi.ver');
    expect((await other.answer(2)).status).toBe(200);
  });

  it.each([
    ['Content-Length: 1000000000', 'GET /roberrypi.das'],
    ['Content-Length: 1000000000', 'HEAD /roberrypi.das'],
    ['Content-Length: 1000000000', 'GET /nothing'],
    ['Content-Length: 1000000000\r\nExpect: 100-continue', 'GET /roberrypi.das'],
    ['Transfer-Encoding: chunked', 'GET /roberrypi.das'],
    ['Transfer-Encoding: chunked\r\nContent-Type: application/json', 'POST /roberrypi.das'],
    ['Content-Length: 1000000000\r\nContent-Type: application/json', 'OPTIONS /roberrypi.das'],
    ['Content-Length: 9\r\nContent-Type: text/plain', 'PUT /roberrypi.das'],
  ])('with a body (%s, %s) are answered without it, and end the connection', async (headers, line) => {
    await start({});
    const one = client().say(`${line} HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`);
    await one.end();
    const [, status] = one.bytes.toString().split(' ');
    const expected = /^(POST|PUT)/.test(line)
      ? '405'
      : line.endsWith('nothing')
        ? '404'
        : line.startsWith('OPTIONS')
          ? '204'
          : '200';
    expect(status).toBe(expected);
    expect(one.bytes.toString()).toMatch(/^connection: close\r$/im);
    expect(one.bytes.toString()).not.toContain('100 Continue');
  });

  it('with a body get their rows, whatever the body is', async () => {
    await start({});
    const one = client().say(
      'GET /roberrypi.dods HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n',
    );
    for (const body of [
      '1\r\nx\r\n'.repeat(1000),
      'no chunk at all\r\n\r\n',
      'GET /roberrypi.ver HTTP/1.1\r\nHost: a\r\n\r\n',
    ]) {
      one.say(body);
      const { length } = one.bytes;
      await one.until(() => one.bytes.length > length + 200);
    }
    expect(one.bytes.toString('latin1').match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect((await connections()).open).toBe(1);
    await one.leave();
    await expect.poll(async () => (await connections()).open).toBe(0);
  });

  it('for another protocol, to another server or with an expectation are no way around the limits', async () => {
    await start({});
    const upgrade = client().say(
      'GET /roberrypi.ver HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await upgrade.until(() => upgrade.bytes.includes('Core version'));
    const tunnel = client().say('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n');
    await tunnel.end();
    const tea = client().say('GET /roberrypi.ver HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n');
    await tea.until(() => tea.bytes.includes('Error {'));
    expect(tea.bytes.toString()).toMatch(/^HTTP\/1\.1 417 /);
    const hostless = client().say('GET /roberrypi.ver HTTP/1.1\r\n\r\n');
    await hostless.end();
    expect(hostless.bytes.toString()).toMatch(/^HTTP\/1\.1 400 .*Error \{/s);
    for (const request of ['Expect: tea', 'Expect: 100-continue']) {
      const many = await reader();
      many.say(`GET /roberrypi.ver HTTP/1.1\r\nHost: a\r\n${request}\r\n\r\n`.repeat(100));
      await many.end();
    }
    expect((await connections()).flooded).toBe(2);
  });
});
