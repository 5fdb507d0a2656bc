import { execFile, execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../sources.ts';
import { PATIENCE, Site } from '../drivers/command.ts';

const COMMAND = join(ROOT, 'dist/server/main.js');
const LONG = { timeout: 40_000 };

let site: Site;
let sockets: Socket[];
beforeEach(() => {
  site = new Site();
  sockets = [];
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  return site.dispose();
});

/** Runs `dapberry ARGS` in a process that may open `files` files. */
function limited(files: number, ...args: string[]): Promise<{ code: unknown; err: string }> {
  const command = [`--nofile=${files}:${files}`, process.execPath, COMMAND, ...args];
  return new Promise(done =>
    execFile('prlimit', command, { timeout: 30_000 }, (error, _out, err) =>
      done({ code: error?.code ?? 0, err }),
    ),
  );
}

describe('a process that may open few files', LONG, () => {
  it.each([24, 40, 64, 128, 200])('says so before it begins: %d', async files => {
    for (const command of ['serve', 'check']) {
      const { code, err } = await limited(files, command);
      expect(err).toMatch(
        new RegExp(
          `^dapberry: expected that this process may open \\d+ more files, found a limit of ${files} open files, \\d+ of which are open: raise the limit \\(ulimit -n 4096; LimitNOFILE=4096 in the unit of a service\\)\\n$`,
        ),
      );
      expect(code).toBe(1);
    }
  });

  it('begins with those that it asks for', async () => {
    const { err } = await limited(24, 'check');
    const [, more] = /may open (\d+) more files, .* (\d+) of which are open/.exec(err) ?? [];
    const { code } = await limited(Number(more) + 30, 'read', '--simulate');
    expect(code).toBe(0);
  });
});

interface Health {
  readonly status: string;
  readonly streams: number;
  readonly connections: { readonly limit: number };
  readonly configuration: { readonly problems: readonly string[] };
  readonly datasets: readonly {
    readonly name: string;
    readonly sensors: readonly { readonly state: string }[];
  }[];
}

describe('a server that may open fewer files than connections', { timeout: 60_000 }, () => {
  it('leaves some to its sensors, however many connect', async () => {
    site.prefix = ['prlimit', '--nofile=300:300'];
    site.write('config.yaml', 'datasets: { one: { interval: 0.1, sensors: [{ kind: host-load }] } }\n');
    const address = await site.serve();
    expect(site.logged.join('\n')).toMatch(
      /expected that this process may open 2628 files, for 2500 connections \(server\.maxConnections\), found a limit of 300: at most 172 connections are accepted/,
    );
    const before = (await (await fetch(`${address}health`)).json()) as Health;
    expect(before.connections.limit).toBe(172);
    const { port } = new URL(address);
    let gone = 0;
    const reader = connect(Number(port), '127.0.0.1').setEncoding('latin1');
    let text = '';
    reader.on('data', piece => {
      text += piece;
    });
    reader.write('GET /one.asc HTTP/1.1\r\nHost: pi\r\n\r\n');
    await expect.poll(() => text, PATIENCE).toMatch(/\n\d+\.?\d*, /);
    for (let number = 0; number < 400; number += 1) {
      const socket = connect(Number(port), '127.0.0.1').resume();
      socket.on('error', () => {}).on('close', () => (gone += 1));
      socket.write('GET /one.dods HTTP/1.1\r\nHost: pi\r\n\r\n');
      sockets.push(socket);
    }
    await expect.poll(() => gone, PATIENCE).toBeGreaterThanOrEqual(400 - 172);
    const already = text.length;
    await expect.poll(() => text.slice(already).split('\n').length, PATIENCE).toBeGreaterThan(20);
    expect(text).not.toContain('NaN');
    expect(site.logged.join('\n')).not.toContain('EMFILE');
    reader.destroy();
  });
});

describe('a reload', { timeout: 60_000 }, () => {
  it('warns of what it has made too much, once', async () => {
    site.prefix = ['prlimit', '--nofile=300:300'];
    const write = (server: string, interval: number) =>
      site.write(
        'config.yaml',
        `server: {${server}}\ndatasets: { one: { interval: ${interval}, sensors: [{ kind: tmp36-simulated }] } }\n`,
      );
    const logged = (text: string) => site.logged.filter(line => line.includes(text)).length;
    write('maxConnections: 50', 0.1);
    await site.serve();
    write('', 60);
    await expect.poll(() => logged('may open 2628 files, for 2500 connections'), PATIENCE).toBe(1);
    await expect.poll(() => logged('dataset one: an interval of 60 s: clients'), PATIENCE).toBe(1);
    write('maxStreams: 1999', 60);
    await expect.poll(() => logged('configuration reloaded'), PATIENCE).toBe(2);
    await expect.poll(() => logged('may open 2627 files'), PATIENCE).toBe(1);
    expect(logged('an interval of 60 s')).toBe(1);
  });
});

describe('a server whose descriptors run out', { timeout: 90_000 }, () => {
  it.each([
    [
      'one',
      'datasets: { one: { interval: 0.1, sensors: [{ kind: tmp36-simulated }, { kind: host-load }, { kind: host-cpu }] } }\n',
    ],
    // These are the built-in ones, which are looked for anew.
    ['host', 'server: {}\n'],
  ])('goes on with %s, and has all again when it has some', async (name, config) => {
    site.write('config.yaml', config);
    const address = await site.serve('--interval', '0.1');
    const health = async () => (await (await fetch(`${address}health`)).json()) as Health;
    const before = await health();
    execFileSync('prlimit', ['--pid', String(site.pid), '--nofile=40:40']);
    const bytes: string[] = [];
    for (let number = 0; number < 60; number += 1) {
      bytes.push('');
      const socket = connect(Number(new URL(address).port), '127.0.0.1');
      socket.setEncoding('latin1').on('data', piece => {
        bytes[number] = `${bytes[number]}${piece}`;
      });
      socket.on('error', () => {});
      socket.write(`GET /${name}.asc?time HTTP/1.1\r\nHost: pi\r\n\r\n`);
      sockets.push(socket);
    }
    const told = () => site.logged.join('\n');
    const rows = () => Math.max(...bytes.map(text => text.split('\n').length));
    // Failing sensors are proof that there is none left.
    await expect.poll(told, PATIENCE).toContain('EMFILE');
    const already = rows();
    site.signal('SIGHUP');
    await expect
      .poll(told, PATIENCE)
      .toContain('the configuration is wrong, and the previous one stays in use');
    // The clock is looked at each ten seconds.
    await expect.poll(rows, { timeout: 60_000 }).toBeGreaterThan(already + 120);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await health()).configuration.problems, { timeout: 40_000 }).toEqual([]);
    const names = ({ datasets }: Health) => datasets.map(dataset => [dataset.name, dataset.sensors.length]);
    expect(names(await health())).toEqual(names(before));
    await expect.poll(async () => (await health()).status, { timeout: 40_000 }).toBe('ok');
    expect((await health()).streams).toBe(0);
    expect(await (await fetch(`${address}metrics`)).text()).toContain('process_max_fds 40');
    expect(await (await fetch(`${address}${name}.asc?time[0:2]`)).text()).toMatch(/(\n\d+\.?\d*){3}\n$/);
    expect(site.logged.length).toBeLessThan(40);
    site.signal('SIGTERM');
    expect(await site.ended()).toBe(0);
  });
});
