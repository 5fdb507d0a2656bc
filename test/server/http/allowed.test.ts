import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isHostEntry, isOwnHost } from '../../../server/network/host-list.ts';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';

let server: Serving | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(options: ServingOptions): Promise<Serving> {
  server = await serving(options);
  return server;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port: server!.port, path, headers, method, agent: false }).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const part of response) body += part;
  return { status: response.statusCode, body };
}

const forwarded = async (client: string, path = '/health', method = 'GET') =>
  ask(path, { 'X-Forwarded-For': client }, method);

describe('server.allow', () => {
  const allow = ['192.168.7.0/24', '2001:db8::/32', '::ffff:10.1.2.3'];

  it('answers clients in the list alone, by the address that a trusted proxy names', async () => {
    await start({ allow });
    for (const client of ['192.168.7.9', '::ffff:192.168.7.9', '[2001:db8::7]:4711', '10.1.2.3', '127.0.0.1'])
      expect([client, (await forwarded(client)).status]).toEqual([client, 200]);
    for (const client of ['192.168.8.9', '2001:db9::1', '::ffff:10.1.2.4', 'unknown', '192.168.7.9, 8.8.8.8'])
      expect([client, (await forwarded(client)).status]).toEqual([client, 403]);
    const { body } = await forwarded('8.8.8.8');
    expect(body).toContain('expected a client that this server allows (server.allow), found 8.8.8.8');
    // Whatever is asked for, and in whatever way.
    for (const path of ['/', '/roberrypi.dods', '/nothing', '/%zz', '/docs/'])
      expect([path, (await forwarded('8.8.8.8', path)).status]).toEqual([path, 403]);
    for (const method of ['HEAD', 'OPTIONS', 'POST'])
      expect([method, (await forwarded('8.8.8.8', '/', method)).status]).toEqual([method, 403]);
    expect((await ask('/metrics')).body).toMatch(
      /^dapberry_connections_closed_total\{reason="barred"\} 14$/m,
    );
  });

  it('names no dataset on the page of a refusal', async () => {
    const { datasets } = await start({ allow, hosts: ['pi.example.org'] });
    const { name, title } = datasets[0]!.info;
    for (const headers of [{ 'X-Forwarded-For': '8.8.8.8' }, { Host: 'evil.example' }]) {
      const { status, body } = await ask(`/${name}.info`, { ...headers, Accept: 'text/html' });
      expect([403, 421]).toContain(status);
      expect(body).toContain('<h1>This request was refused</h1>');
      expect(body).not.toContain(title);
    }
    expect((await ask(`/${name}.info`, { Accept: 'text/html' })).body).toContain(title);
  });

  it('believes no header of a client that is no trusted proxy', async () => {
    await start({ allow: ['192.168.7.0/24'], trustProxy: [] });
    // The client is this machine, whatever it says.
    expect((await forwarded('8.8.8.8')).status).toBe(200);
  });

  it('closes a connection from elsewhere without an answer, and one that a reload no longer allows', async () => {
    const state = { allow: ['192.0.2.0/24'] };
    const { app } = await start(state);
    const relay = createServer((socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: peer });
      app.server.emit('connection', socket);
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const { port } = relay.address() as AddressInfo;
    let peer = '::ffff:198.51.100.7';
    const refused = connect(port, '127.0.0.1');
    refused.on('error', () => {});
    let received = '';
    refused.on('data', bytes => {
      received += bytes;
    });
    refused.write('GET /health HTTP/1.1\r\nHost: pi\r\n\r\n');
    await once(refused, 'close');
    expect(received).toBe('');
    expect(app.connections.ended.barred).toBe(1);
    peer = '::ffff:192.0.2.7';
    const allowed = connect(port, '127.0.0.1');
    allowed.on('error', () => {});
    allowed.write('GET /health HTTP/1.1\r\nHost: pi\r\n\r\n');
    const [answer] = await once(allowed, 'data');
    expect(String(answer)).toContain(' 200 ');
    server!.change({ allow: ['198.51.100.0/24'] });
    await once(allowed, 'close');
    expect(app.connections.ended.barred).toBe(2);
    relay.close();
  });
});

describe('server.hosts', () => {
  it('refuses other names than those of this server, as a page that rebinds its own has', async () => {
    await start({ hosts: ['pi.example.org', '*.sensors.example'] });
    const ofHost = async (host: string) => (await ask('/catalog.json', { Host: host })).status;
    const right = ['127.0.0.1:8080', '[::1]:1', 'localhost', 'PI.example.org.:80', 'a.b.sensors.example'];
    expect(await Promise.all(right.map(ofHost))).toEqual(right.map(() => 200));
    const wrong = [
      'evil.example',
      'pi.example.org.evil.example',
      'sensors.example',
      '127.0.0.1.evil.example',
    ];
    expect(await Promise.all(wrong.map(ofHost))).toEqual(wrong.map(() => 421));
    const { status, body } = await ask('/roberrypi.dods', { Host: 'evil.example' });
    expect(status).toBe(421);
    expect(body).toContain('found the Host \\"evil.example\\"; use its IP address or a name from the list');
    // A trusted proxy names the host that its client asked for.
    const behind = async (host: string) =>
      (await ask('/health', { Host: 'backend', 'X-Forwarded-Host': host })).status;
    expect(await Promise.all(['pi.example.org', 'evil.example'].map(behind))).toEqual([200, 421]);
    // A page on this machine, which is a trusted proxy, adds headers, but cannot change the Host.
    const rebound = await ask('/health', { Host: 'evil.example:80', 'X-Forwarded-Host': 'pi.example.org' });
    expect(rebound.status).toBe(421);
    expect(rebound.body).toContain('found the Host \\"evil.example:80\\"');
  });

  it('accepts any name without the key', async () => {
    await start({});
    expect((await ask('/health', { Host: 'any.example' })).status).toBe(200);
  });

  it('accepts the names of the machine, addresses and the entries of the list', () => {
    const accepted = (host: string, list: string[] = []) => isOwnHost(host, list, 'Roof.lan');
    const own = ['roof', 'ROOF.lan:8080', 'roof.local', 'localhost:1', '10.0.0.1', '[fe80::1]', 'roof.'];
    expect(own.filter(host => !accepted(host))).toEqual([]);
    const foreign = [
      '',
      'roof.evil.example',
      'roof2',
      '10.0.0.1.nip.io',
      '[evil]',
      'a b',
      'roof:8080:1',
      '0x7f.1',
    ];
    expect(foreign.filter(host => accepted(host))).toEqual([]);
    expect(accepted('x.local', ['*.local'])).toBe(true);
    expect([accepted('.local', ['*.local']), accepted('local', ['*.local'])]).toEqual([false, false]);
    expect(accepted('anything', ['*'])).toBe(true);
    expect(['*', 'a.example', '*.local', 'my_pi'].every(isHostEntry)).toBe(true);
    expect(['', 'a:1', '*.', 'a.*', '10.0.0.1', '::1', 'http://a', 'a b', '-a'].filter(isHostEntry)).toEqual(
      [],
    );
  });
});
