import { once } from 'node:events';
import { get } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as nap } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { CertificateFiles } from '../../../server/tls/certificate.ts';
import { LiveCertificate } from '../../../server/tls/live-certificate.ts';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';
import { describeWith } from '../../tools.ts';
import { RawClient } from '../raw-client.ts';
import { CertificateFolder, type MadeCertificate, secureClient } from './certificates.ts';

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const POLL = { timeout: 10_000, interval: 20 };

describeWith('openssl', 'a server with TLS', () => {
  let folder: CertificateFolder;
  let pair: MadeCertificate;
  let files: CertificateFiles | undefined;
  let certificate: LiveCertificate;
  let server: Serving;
  const clients: { leave(): Promise<void> }[] = [];

  beforeAll(() => {
    folder = new CertificateFolder();
    pair = folder.make('pair');
  });
  afterAll(() => folder.remove());
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(one => one.leave()));
    certificate.close();
    await server.close();
  });

  async function start(
    options: ServingOptions = {},
    named: CertificateFiles | undefined = pair,
  ): Promise<void> {
    files = named;
    certificate = new LiveCertificate({ files: () => files, environment: {}, logger: SILENT });
    await certificate.look();
    server = await serving({ trustProxy: [], ...options, certificate });
  }

  const raw = () => {
    const client = new RawClient(server.port);
    clients.push(client);
    return client;
  };

  /** A client with TLS that has asked for a path, and what it has received. */
  async function secure(path: string, ca = pair.cert): Promise<{ socket: TLSSocket; text: () => string }> {
    const socket = await secureClient(server.port, ca);
    clients.push({ leave: async () => void socket.destroy() });
    let text = '';
    socket.setEncoding('latin1').on('data', part => {
      text += part;
    });
    socket.on('error', () => {});
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return { socket, text: () => text };
  }

  const ask = (path: string, ca = pair.cert) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      get({ host: '127.0.0.1', port: server.port, path, ca, agent: false }, async response => {
        let body = '';
        for await (const part of response) body += part;
        resolve({ status: response.statusCode, body });
      }).once('error', reject);
    });
  const health = async () => (await server.app.inject('/health')).json();

  it('names itself by https, and says when its certificate expires', async () => {
    await start();
    const help = await ask('/roberrypi.help');
    expect(help.body).toContain(`https://127.0.0.1:${server.port}/roberrypi`);
    expect(help.body).not.toContain('http://127.0.0.1');
    const { certificate: told } = JSON.parse((await ask('/health')).body);
    expect(told).toMatchObject({ state: 'valid', files: { key: pair.key } });
    expect(told.expires).toBeGreaterThan(Date.now() / 1000 + 89 * 86_400);
    const { body } = await server.app.inject('/metrics');
    expect(body).toMatch(/^dapberry_certificate_expires_timestamp_seconds \d+$/m);
  });

  it('answers plain HTTP with a sentence', async () => {
    await start();
    const client = raw().ask('/roberrypi.dods');
    const { status, body } = await client.answer();
    expect(status).toBe(400);
    expect(body.toString()).toContain('expected https, found http: write https:// before the address');
    await client.end();
    expect((await health()).connections).toMatchObject({ open: 0, handshake: 1 });
  });

  it('refuses versions of TLS before 1.2', async () => {
    await start();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const options = { port: server.port, host: '127.0.0.1', ca: pair.cert };
    const refused = connect({ ...options, ...old });
    const [error] = await once(refused, 'error');
    expect(error.message).toMatch(/protocol version/);
    const secured = connect({ ...options, maxVersion: 'TLSv1.2' });
    await once(secured, 'secureConnect');
    secured.destroy();
    expect((await health()).connections).toMatchObject({ handshake: 1 });
  });

  it('closes a connection whose handshake takes too long, and counts it', async () => {
    await start({ limits: { headersTimeout: 0.3 } });
    const silent = raw();
    // The begin of a handshake of 512 bytes.
    const half = raw();
    half.socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]));
    await Promise.all([silent.end(), half.end()]);
    await expect
      .poll(async () => (await health()).connections, POLL)
      .toMatchObject({ open: 0, handshake: 2 });
    const { body } = await server.app.inject('/metrics');
    expect(body).toMatch(/^dapberry_connections_closed_total\{reason="handshake"\} 2$/m);
  });

  it('counts connections before their handshake, and lets no client keep others away by them', async () => {
    await start({ limits: { maxConnections: 10 } });
    const { text } = await secure('/roberrypi.csv');
    await expect.poll(() => text().length, POLL).toBeGreaterThan(500);
    const silent = Array.from({ length: 50 }, raw);
    await expect.poll(async () => (await health()).connections.displaced, POLL).toBe(41);
    expect((await ask('/roberrypi.dds')).status).toBe(200);
    expect((await health()).connections.open).toBeLessThanOrEqual(10);
    expect(silent.filter(({ isEnded }) => isEnded).length).toBeGreaterThanOrEqual(41);
    const { length } = text();
    await expect.poll(() => text().length, POLL).toBeGreaterThan(length);
  });

  it('refuses clients outside server.allow before the handshake', async () => {
    await start({ allow: ['192.0.2.0/24'] });
    // Programs on this machine may always connect: the relay claims that they are on another one.
    const relay = createServer(socket => {
      Object.defineProperty(socket, 'remoteAddress', { value: '198.51.100.7' });
      server.app.server.emit('connection', socket);
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const stranger = connect({ port: (relay.address() as AddressInfo).port, host: '127.0.0.1' });
    const [error] = await once(stranger, 'error');
    expect(error.message).toMatch(/ECONNRESET|disconnected before secure TLS/);
    expect((await health()).connections).toMatchObject({ barred: 1, handshake: 0 });
    relay.close();
  });

  it('waits for a client that reads nothing, loses no byte of it, and cuts it off in the end', async () => {
    await start({ interval: 0, limits: { readerTimeout: 3 } });
    const sent = async () => {
      const { body } = await server.app.inject('/metrics');
      return Number(
        /^dapberry_sent_bytes_total\{dataset="roberrypi",encoding="csv",client="loopback"\} (\d+)$/m.exec(
          body,
        )?.[1] ?? 0,
      );
    };
    const { socket, text } = await secure('/roberrypi.csv');
    await expect.poll(() => text().length, POLL).toBeGreaterThan(1_000_000);
    socket.pause();
    let before = -1;
    for (let now = await sent(); now !== before; now = await sent()) {
      before = now;
      await nap(300);
    }
    const memory = process.memoryUsage().rss;
    const received = text().length;
    expect(before).toBeGreaterThan(1_000_000);
    // The kernel's buffers hold some megabytes.
    expect(before - received).toBeLessThan(16e6);
    socket.resume();
    await expect.poll(() => text().length, POLL).toBeGreaterThan(before + 1_000_000);
    expect(process.memoryUsage().rss - memory).toBeLessThan(300e6);
    // Chunks and rows are whole.
    const [, ...chunks] = text().split(/\r\n[\da-f]+\r\n/);
    const lines = chunks.slice(0, -1).join('').split('\n').slice(1, -1);
    expect(lines.length).toBeGreaterThan(10_000);
    const columns = lines[0]!.split(',').length;
    expect(lines.filter(line => line.split(',').length !== columns || !/^\d{4}-.*Z,/.test(line))).toEqual([]);
    socket.pause();
    await expect.poll(async () => (await health()).cutOff, { timeout: 20_000, interval: 100 }).toBe(1);
  });

  it('leaves bodies of requests unread, and answers requests in turn', async () => {
    await start();
    const { socket, text } = await secure('/roberrypi.ver');
    socket.write('GET /roberrypi.dds HTTP/1.1\r\nHost: pi\r\n\r\n');
    socket.write('GET /roberrypi.das HTTP/1.1\r\nHost: pi\r\nContent-Length: 900000\r\n\r\n');
    socket.write('x'.repeat(500_000));
    socket.write('GET /roberrypi.das HTTP/1.1\r\nHost: pi\r\n\r\n');
    await once(socket, 'close');
    expect(text().match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200']);
  });

  it('takes another certificate over for new connections, while streams go on', async () => {
    await start();
    const { text } = await secure('/roberrypi.csv');
    await expect.poll(() => text().length, POLL).toBeGreaterThan(200);
    const other = folder.make('other');
    files = other;
    await certificate.look();
    expect((await ask('/roberrypi.dds', other.cert)).status).toBe(200);
    await expect(ask('/roberrypi.dds', pair.cert)).rejects.toThrow('self-signed certificate');
    const { length } = text();
    await expect.poll(() => text().length, POLL).toBeGreaterThan(length + 100);
  });

  it('lets nobody in without a certificate, and ends while a handshake is under way', async () => {
    await start({}, { certificate: folder.file('none'), key: pair.key });
    await expect(ask('/roberrypi.dds')).rejects.toThrow();
    expect(await health()).toMatchObject({ status: 'degraded', certificate: { state: 'none' } });
    files = pair;
    await certificate.look();
    expect((await ask('/roberrypi.dds')).status).toBe(200);
    expect(await health()).toMatchObject({ status: 'ok', certificate: { state: 'valid' } });
    const silent = raw();
    await expect.poll(async () => (await health()).connections.open, POLL).toBe(1);
    await server.close();
    await silent.end();
  });

  it('ends streams with their marker when it closes, with TLS and without', async () => {
    await start();
    const { socket, text } = await secure('/roberrypi.csv');
    await expect.poll(() => text().length, POLL).toBeGreaterThan(500);
    const closed = once(socket, 'close');
    await server.close();
    await closed;
    expect(text()).toMatch(/\r\n0\r\n\r\n$/);
    await start();
    files = undefined;
    const plain = raw().ask('/roberrypi.csv');
    await plain.until(() => plain.bytes.length > 500);
    await server.close();
    await plain.end();
    expect(plain.bytes.toString()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it('speaks TLS and nothing else as soon as a reload wants it', async () => {
    await start({}, undefined);
    // Without a third argument the pair would be the default.
    files = undefined;
    const stream = raw().ask('/roberrypi.csv');
    await stream.until(() => stream.bytes.length > 500);
    files = pair;
    await certificate.look();
    expect((await ask('/roberrypi.dds')).status).toBe(200);
    expect((await raw().ask('/roberrypi.dds').answer()).status).toBe(400);
    await stream.end();
    files = undefined;
    expect((await raw().ask('/roberrypi.dds').answer()).status).toBe(200);
  });
});
