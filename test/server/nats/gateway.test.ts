// Tests the server command as a gateway: a fleet, and a dataset with a history that takes its rows from a stream of NATS.

import { expect, it } from 'vitest';
import { describeWith } from '../../tools.ts';
import { PATIENCE } from '../history/server-process.ts';
import { FEWER, fewerRows, now, rowsFrom, STREAM, sinkRows } from './fleet.ts';
import type { NatsServer } from './nats-server.ts';
import { broker, closeAfterEach, session, signal, taken } from './rig.ts';
import { served } from './served.ts';

closeAfterEach();

const publisher = (server: NatsServer, name: string) => session([server.url], name);

/** Starts the server with a configuration; `{folder}` stands for a new folder. */
async function start(config: string, folder?: string) {
  const { server, place } = await served(config, folder === undefined ? {} : { folder });
  /** Whether the answers of a dataset say that its rows come from elsewhere. */
  const isRelayed = async (dataset: string) =>
    (await fetch(`${await server.address()}${dataset}.dds`)).headers.has('dapberry-relay-path');
  const csv = async (path: string) => {
    const text = (await server.get(path)).toString();
    const lines = text.trim().split('\n').slice(1);
    return lines.filter(line => /^[\d"]/.test(line)).map(line => Number(line.split(',')[1]));
  };
  return { server, place, csv, isRelayed };
}

/** A dataset with a history, of the rows of the dataset `roof` of the stream. */
const archiveOf = ({ url }: NatsServer) => `
history: {path: '{folder}/history'}
datasets:
  archive:
    source: {nats: {servers: '${url}', stream: ${STREAM}, dataset: roof}}
`;

/** The values of its column `a`; none while it is not open. */
const known = ({ csv }: Awaited<ReturnType<typeof start>>) =>
  csv('past/archive.csv?time,a').catch((): number[] => []);

const aValues = (rows: readonly (readonly number[])[]) => rows.map(([, a]) => a);

describeWith('nats-server', 'the server command as a gateway', () => {
  it('serves the datasets of a fleet in the catalogue, beside its own', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 100, 50);
    await (await publisher(server, 'roof')).send(sinkRows(rows), signal, taken);
    const {
      server: gateway,
      csv,
      isRelayed,
    } = await start(`
fleet:
  nats:
    servers: ${server.url}
    stream: ${STREAM}
`);
    const health = async () => JSON.parse((await gateway.get('health')).toString()) as { fleet: object };
    expect((await health()).fleet).toMatchObject({ state: 'following', datasets: 1, loaded: 0, refused: {} });
    expect(await csv(`past/roof.csv?time,a`)).toEqual(aValues(rows));
    expect((await health()).fleet).toMatchObject({ loaded: 1 });
    expect(await isRelayed('roof')).toBe(true);
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
    const config = archiveOf(server);
    const before = await start(config);
    await expect.poll(() => known(before), PATIENCE).toHaveLength(300);
    expect(await before.isRelayed('archive')).toBe(true);
    await before.server.end('SIGTERM');
    await first.send(sinkRows(rows.slice(300, 600)), signal, taken);
    await server.stop('SIGKILL');
    await server.start();
    const after = await start(config, before.place);
    await expect.poll(() => known(after), PATIENCE).toHaveLength(600);
    const second = await publisher(server, 'roof');
    await second.send(sinkRows(rows.slice(500)), signal, taken);
    await expect.poll(() => known(after), PATIENCE).toHaveLength(900);
    expect(await after.csv('past/archive.csv?time,a')).toEqual(aValues(rows));
    expect((await after.server.get('archive.das')).toString()).toContain('may be missing');
  }, 60_000);

  it('keeps the rows of a former layout that it has not read, and those of the next layouts', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 1000, 40);
    const first = await publisher(server, 'roof');
    await first.send(sinkRows(rows.slice(0, 10)), signal, taken);
    const config = archiveOf(server);
    const before = await start(config);
    await expect.poll(() => known(before), PATIENCE).toHaveLength(10);
    await before.server.end('SIGTERM');
    // Two changes of the columns, each with rows, while the gateway is away.
    await first.send(sinkRows(rows.slice(10, 20)), signal, taken);
    const fewer = await session([server.url], 'roof', {}, { layout: FEWER });
    await fewer.send(fewerRows(rows.slice(20, 25)), signal, taken);
    const again = await publisher(server, 'roof');
    await again.send(sinkRows(rows.slice(25, 30)), signal, taken);
    const after = await start(config, before.place);
    await expect.poll(() => known(after), PATIENCE).toHaveLength(30);
    // And one while it reads.
    const last = await session([server.url], 'roof', {}, { layout: FEWER });
    await last.send(fewerRows(rows.slice(30)), signal, taken);
    await expect.poll(() => known(after), PATIENCE).toHaveLength(40);
    expect(await known(after)).toEqual(aValues(rows));
    const { source } = JSON.parse((await after.server.get('health')).toString()).datasets[0];
    expect(source).toMatchObject({ state: 'following', unread: 0, gaps: 0, early: 0 });
  }, 90_000);

  it('opens a history while the broker is away, and goes on with the rows that came meanwhile', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 1000, 30);
    const first = await publisher(server, 'roof');
    await first.send(sinkRows(rows.slice(0, 10)), signal, taken);
    const config = archiveOf(server);
    const before = await start(config);
    await expect.poll(() => known(before), PATIENCE).toHaveLength(10);
    await before.server.end('SIGTERM');
    await first.send(sinkRows(rows.slice(10, 20)), signal, taken);
    await server.stop();
    const after = await start(config, before.place);
    await expect.poll(() => known(after), PATIENCE).toEqual(aValues(rows.slice(0, 10)));
    const health = async () => (await after.server.get('health')).toString();
    await expect.poll(health, PATIENCE).toContain('"state":"away"');
    expect(await health()).toContain(server.url);
    expect(after.server.text).toContain(server.url);
    await server.start();
    await expect.poll(() => known(after), PATIENCE).toEqual(aValues(rows.slice(0, 20)));
    await (await publisher(server, 'roof')).send(sinkRows(rows.slice(15)), signal, taken);
    await expect.poll(() => known(after), PATIENCE).toEqual(aValues(rows));
    expect(await health()).toContain('"status":"ok"');
  }, 90_000);

  it('serves the new columns of a dataset without a history as soon as rows of them come', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 1000, 30);
    await (await publisher(server, 'roof')).send(sinkRows(rows.slice(0, 10)), signal, taken);
    const gateway = await start(`
datasets:
  roof:
    source: {nats: {servers: '${server.url}', stream: ${STREAM}}}
`);
    const known = (columns: string) => gateway.csv(`past/roof.csv?time,${columns}`).catch(() => []);
    await expect.poll(() => known('a,b'), PATIENCE).toEqual(aValues(rows.slice(0, 10)));
    const fewer = await session([server.url], 'roof', {}, { layout: FEWER });
    await fewer.send(fewerRows(rows.slice(10, 20)), signal, taken);
    await expect.poll(() => known('a'), PATIENCE).toEqual(aValues(rows.slice(10, 20)));
    expect((await gateway.server.get('roof.dds')).toString()).not.toContain('Int32 b');
    await fewer.send(fewerRows(rows.slice(20)), signal, taken);
    await expect.poll(() => known('a'), PATIENCE).toEqual(aValues(rows.slice(10)));
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
