// Tests the server command as a gateway: a fleet, and a dataset with a history that takes its rows from a stream of NATS.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeWith } from '../../tools.ts';
import { PATIENCE, Server } from '../history/server-process.ts';
import { now, rowsFrom, STREAM, sinkOf, sinkRows } from './fleet.ts';
import { NatsServer } from './nats-server.ts';

const signal = new AbortController().signal;
const taken = () => {};
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function broker(): Promise<NatsServer> {
  const server = await NatsServer.start();
  opened.push({ close: () => server.remove() });
  return server;
}

async function publisher(server: NatsServer, name: string) {
  const session = await (await sinkOf([server.url], name)).connect(signal);
  opened.push(session);
  return session;
}

/** Starts the server with a configuration; `{folder}` stands for a new folder. */
async function start(config: string, folder?: string) {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'gateway-')));
  if (folder === undefined) opened.push({ close: () => rm(place, { recursive: true, force: true }) });
  const file = join(place, 'config.yaml');
  await mkdir(place, { recursive: true });
  await writeFile(file, config.replaceAll('{folder}', place));
  const server = new Server(['--config', file]);
  opened.push({ close: () => server.end('SIGTERM') });
  const csv = async (path: string) => {
    const text = (await server.get(path)).toString();
    const lines = text.trim().split('\n').slice(1);
    return lines.filter(line => /^[\d"]/.test(line)).map(line => Number(line.split(',')[1]));
  };
  return { server, place, csv };
}

const aValues = (rows: readonly (readonly number[])[]) => rows.map(([, a]) => a);

describeWith('nats-server', 'the server command as a gateway', () => {
  it('serves the datasets of a fleet in the catalogue, beside its own', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 100, 50);
    await (await publisher(server, 'roof')).send(sinkRows(rows), signal, taken);
    const { server: gateway, csv } = await start(`
fleet:
  nats:
    servers: ${server.url}
    stream: ${STREAM}
`);
    const health = async () => JSON.parse((await gateway.get('health')).toString()) as { fleet: object };
    expect((await health()).fleet).toMatchObject({ state: 'following', datasets: 1, loaded: 0, refused: {} });
    expect(await csv(`past/roof.csv?time,a`)).toEqual(aValues(rows));
    expect((await health()).fleet).toMatchObject({ loaded: 1 });
    expect((await gateway.get('metrics')).toString()).toContain(
      `dapberry_fleet_loaded_datasets{stream="${STREAM}"} 1`,
    );
    await publisher(server, 'cellar');
    await expect
      .poll(async () => (await gateway.get('catalog.json')).toString(), PATIENCE)
      .toContain('"name":"cellar"');
  }, 60_000);

  it('keeps each row of a stream in a history once, over restarts of the gateway and the broker', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 1000, 900);
    const first = await publisher(server, 'roof');
    await first.send(sinkRows(rows.slice(0, 300)), signal, taken);
    const config = `
history: {path: '{folder}/history'}
datasets:
  archive:
    source: {nats: {servers: '${server.url}', stream: ${STREAM}, dataset: roof}}
`;
    const before = await start(config);
    await expect
      .poll(() => before.csv('past/archive.csv?time,a').catch(() => []), PATIENCE)
      .toHaveLength(300);
    await before.server.end('SIGTERM');
    await first.send(sinkRows(rows.slice(300, 600)), signal, taken);
    await server.stop('SIGKILL');
    await server.start();
    const after = await start(config, before.place);
    await expect.poll(() => after.csv('past/archive.csv?time,a').catch(() => []), PATIENCE).toHaveLength(600);
    const second = await publisher(server, 'roof');
    await second.send(sinkRows(rows.slice(500)), signal, taken);
    await expect.poll(() => after.csv('past/archive.csv?time,a').catch(() => []), PATIENCE).toHaveLength(900);
    expect(await after.csv('past/archive.csv?time,a')).toEqual(aValues(rows));
    expect((await after.server.get('archive.das')).toString()).toContain('may be missing');
  }, 60_000);

  it('lets a dataset wait while the broker is away at its start', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 100, 50);
    await (await publisher(server, 'roof')).send(sinkRows(rows), signal, taken);
    await server.stop();
    const { server: gateway, csv } = await start(`
datasets:
  roof:
    source: {nats: {servers: '${server.url}', stream: ${STREAM}}}
`);
    const health = async () => (await gateway.get('health')).toString();
    await expect.poll(health, PATIENCE).toContain('"waiting":[{"name":"roof"');
    expect(await health()).toContain(server.url);
    await server.start();
    await expect.poll(() => csv('past/roof.csv?time,a').catch(() => []), PATIENCE).toHaveLength(50);
    expect(await health()).toContain('"status":"ok"');
  }, 60_000);
});
