// Tests a gateway: it serves every dataset of a stream, loads rows when they are asked for and lets go of them when unused.

import { expect, it } from 'vitest';
import { follow, read } from '../../../dap/client/index.ts';
import type { Batch } from '../../../dap/index.ts';
import { Fleet, type FleetOptions } from '../../../server/nats/fleet.ts';
import { serving } from '../../serving.ts';
import { describeWith } from '../../tools.ts';
import { FEWER, fewerRows, now, rowsFrom, STREAM, sinkRows } from './fleet.ts';
import type { NatsServer } from './nats-server.ts';
import { broker, closeAfterEach, closing, connectionTo, managerOf, session, signal, taken } from './rig.ts';

closeAfterEach();

const publisher = (server: NatsServer, name: string) => session([server.url], name);

async function gateway(server: NatsServer, options: Partial<FleetOptions> = {}) {
  const bounds = { rows: 1_000_000, bytes: 32 * 1024 ** 2, age: 3600 };
  const nats = { servers: [server.url], stream: STREAM };
  let serve: Awaited<ReturnType<typeof serving>> | undefined;
  const changes: string[] = [];
  const taken = new Set(['health']);
  const fleet = new Fleet(
    { nats, pattern: '*', bounds, rest: 0, isPublic: false, lookEvery: 100, ...options },
    name => taken.has(name),
    {
      onEvent: event => {
        changes.push(`${event.kind} ${'dataset' in event ? event.dataset : ''}`);
        serve?.change({ datasets: fleet.datasets });
      },
    },
  );
  closing(fleet);
  await fleet.started;
  serve = await serving({ datasets: fleet.datasets });
  closing(serve);
  const { url } = serve;
  const json = async (path: string) => (await fetch(`${url}${path}`)).json();
  const times = async (address: string) => {
    const { values } = await read(`${url}/${address}`);
    const [rows] = values as [Batch];
    return [...(rows.columns[0] as Float64Array)];
  };
  return { fleet, url, json, times, changes, taken };
}

/** Resolves when the condition holds. */
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(resolve => setTimeout(resolve, 20));
}

/** The times of rows from a time on, as they come; until the test ends. */
function followedTimes(url: string, from: number): readonly number[] {
  const found: number[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const { columns } of follow(url, { constraint: `&time>=${from}`, signal: stop.signal }))
      found.push(...(columns[0] as Float64Array));
  })().catch(() => undefined);
  closing({
    close: async () => {
      stop.abort();
      await reading;
    },
  });
  return found;
}

const timesIn = (rows: readonly (readonly number[])[]) => rows.map(([time]) => time!);

describeWith('nats-server', 'a gateway of a fleet', () => {
  it('lists and describes the datasets of the stream, without loading a row', async () => {
    const server = await broker();
    for (const name of ['roof', 'cellar']) await publisher(server, name);
    const { json, url, fleet } = await gateway(server);
    const { datasets } = (await json('/catalog.json')) as { datasets: { name: string; columns: string[] }[] };
    expect(datasets.map(({ name }) => name)).toEqual(['cellar', 'roof']);
    expect(datasets[0]!.columns).toEqual(['a', 'b', 'c']);
    expect(await (await fetch(`${url}/roof.dds`)).text()).toContain('Sequence');
    expect(await (await fetch(`${url}/roof.das`)).text()).toContain('may be missing');
    expect((await fetch(`${url}/roof.html`)).status).toBe(200);
    expect(await json('/health')).toMatchObject({ status: 'ok' });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'dapberry_dataset_interval_seconds{dataset="roof"} 1\n',
    );
    expect(fleet.status).toMatchObject({ datasets: 2, loaded: 0, state: 'following' });
  });

  it('answers with past rows as the first request comes, and lets go of them later', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 900, 900);
    await (await publisher(server, 'roof')).send(sinkRows(rows), signal, taken);
    const { times, fleet } = await gateway(server, { rest: 1 });
    const [from, to] = [rows[100]![0]!, rows[499]![0]!];
    expect(await times(`roof?time&time>=${from}&time<=${to}`)).toEqual(timesIn(rows.slice(100, 500)));
    expect(fleet.status.loaded).toBe(1);
    await until(() => fleet.status.loaded === 0);
    // The rows of a window are the same after they are loaded again.
    expect(await times(`roof?time&time>=${from}&time<=${to}`)).toEqual(timesIn(rows.slice(100, 500)));
  }, 30_000);

  it('reaches further back than it keeps rows in memory', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 90_000, 90_000);
    const session = await publisher(server, 'roof');
    for (let at = 0; at < rows.length; at += 4096)
      await session.send(sinkRows(rows.slice(at, at + 4096)), signal, taken);
    const { times } = await gateway(server);
    expect((await times(`roof?time&time>=${now() - 300}&time<=${now() - 200}`)).length).toBeGreaterThan(90);
    const [from, to] = [rows[10]![0]!, rows[1009]![0]!];
    expect(await times(`roof?time&time>=${from}&time<=${to}`)).toEqual(timesIn(rows.slice(10, 1010)));
  }, 60_000);

  it('streams live rows to readers, each once, over a restart of the broker', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 50, 40);
    const first = await publisher(server, 'roof');
    await first.send(sinkRows(rows.slice(0, 10)), signal, taken);
    const { url, fleet } = await gateway(server);
    const found = followedTimes(`${url}/roof`, rows[0]![0]!);
    await until(() => found.length === 10);
    await first.send(sinkRows(rows.slice(10, 20)), signal, taken);
    await until(() => found.length === 20);
    await server.stop('SIGKILL');
    await until(() => fleet.status.state === 'away');
    await server.start();
    const second = await publisher(server, 'roof');
    await second.send(sinkRows(rows.slice(10)), signal, taken);
    await until(() => found.length === 40);
    expect(found).toEqual(timesIn(rows));
  }, 30_000);

  it('gives all rows until now to readers that need an end', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 50, 40);
    await (await publisher(server, 'roof')).send(sinkRows(rows), signal, taken);
    const { times } = await gateway(server);
    expect(await times('past/roof?time')).toEqual(timesIn(rows));
  });

  it('refuses rows until now that do not come, instead of giving none', async () => {
    const server = await broker();
    await (await publisher(server, 'roof')).send(sinkRows(rowsFrom(now() - 50, 40)), signal, taken);
    const { url, fleet } = await gateway(server, { patience: 300 });
    await server.stop();
    await until(() => fleet.status.state === 'away');
    const answer = await fetch(`${url}/past/roof.csv`);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('the rows of roof do not come; /health says why'),
    ]);
  }, 30_000);

  it('takes up datasets that come, have other words, have other columns, and go, while others go on', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 50, 40);
    const roof = await publisher(server, 'roof');
    await roof.send(sinkRows(rows.slice(0, 10)), signal, taken);
    const { changes, json, url, times } = await gateway(server, { pattern: '*o*', sweep: 100 });
    const found = followedTimes(`${url}/roof`, rows[0]![0]!);
    await until(() => found.length === 10);
    const names = async () =>
      ((await json('/catalog.json')) as { datasets: { name: string }[] }).datasets.map(({ name }) => name);
    await publisher(server, 'cellar');
    const door = await publisher(server, 'door');
    await until(() => changes.includes('added door'));
    expect(await names()).toEqual(['door', 'roof']);
    expect((await fetch(`${url}/cellar.dds`)).status).toBe(404);
    await door.send(sinkRows(rows.slice(0, 5)), signal, taken);
    expect(await times(`door?time&time>=${rows[0]![0]}&time<=${rows[4]![0]}`)).toHaveLength(5);
    // Other words for the same columns.
    await session([server.url], 'door', {}, { words: { title: 'The front door' } });
    const titleOf = async () => (await fetch(`${url}/door.das`)).text();
    await until(async () => (await titleOf()).includes('The front door'));
    expect(changes.filter(change => change.endsWith('door'))).toEqual(['added door']);
    // Other columns.
    const fewer = await session([server.url], 'door', {}, { layout: FEWER });
    await until(() => changes.includes('changed door'));
    expect(await (await fetch(`${url}/door.dds`)).text()).not.toContain('Int32 b');
    await fewer.send(fewerRows(rows.slice(5, 15)), signal, taken);
    expect(await times(`door?time&time>=${rows[0]![0]}&time<=${rows[14]![0]}`)).toEqual(
      timesIn(rows.slice(5, 15)),
    );
    // It goes.
    const manager = await managerOf(server);
    await manager.streams.purge(`${STREAM}_layouts`, { filter: `${STREAM}.layout.door` });
    await until(() => changes.includes('removed door'));
    expect(await names()).toEqual(['roof']);
    expect((await fetch(`${url}/door.dds`)).status).toBe(404);
    // The reader of the other dataset was not disturbed.
    await roof.send(sinkRows(rows.slice(10)), signal, taken);
    await until(() => found.length === 40);
    expect(found).toEqual(timesIn(rows));
  }, 30_000);

  it('says which datasets it can not serve', async () => {
    const server = await broker();
    await publisher(server, 'health');
    await publisher(server, 'roof');
    const connection = await connectionTo(server);
    await connection.request(`${STREAM}.layout.later`, JSON.stringify({ version: 2 }));
    const { fleet } = await gateway(server);
    expect(fleet.status.refused).toEqual({
      health: expect.stringContaining('taken'),
      later: expect.stringContaining('found version 2'),
    });
    expect(fleet.status.datasets).toBe(1);
  });

  it('serves a dataset once the configuration has given up its name', async () => {
    const server = await broker();
    await publisher(server, 'health');
    const { fleet, taken: names, changes } = await gateway(server);
    expect(fleet.datasets).toEqual([]);
    names.delete('health');
    fleet.lookAgain();
    expect(fleet.datasets.map(({ info }) => info.name)).toEqual(['health']);
    expect(fleet.status.refused).toEqual({});
    names.add('health');
    fleet.lookAgain();
    expect(fleet.status.refused).toEqual({ health: expect.stringContaining('taken') });
    expect(changes).toEqual(['refused health', 'added health', 'refused health']);
  });

  it('tells that the broker is away at the start', async () => {
    const server = await broker();
    await server.stop();
    const { fleet, changes } = await gateway(server);
    await until(() => changes.length > 0);
    expect(changes).toEqual(['away ']);
    expect(fleet.status).toMatchObject({ state: 'away', problem: expect.stringContaining(server.url) });
    await server.start();
    await publisher(server, 'roof');
    await until(() => changes.includes('added roof'));
    expect(changes).toContain('back ');
  }, 30_000);

  it('closes at once while the broker does not answer', async () => {
    const server = await broker();
    await publisher(server, 'roof');
    const { fleet } = await gateway(server);
    const manager = await managerOf(server);
    server.signal('SIGSTOP');
    // The requests for these rows, as this other one, wait for an answer until they give up.
    const loading = fleet.datasets[0]!.load();
    const other = manager.streams.info(STREAM).catch(() => 'given up');
    expect(await Promise.race([fleet.close().then(() => 'closed'), other])).toBe('closed');
    server.signal('SIGCONT');
    expect(await loading).toBe(false);
  }, 30_000);

  it('shows the newest rows of all datasets without loading any', async () => {
    const server = await broker();
    for (const name of ['roof', 'cellar'])
      await (await publisher(server, name)).send(sinkRows(rowsFrom(now() - 5, 5)), signal, taken);
    const { json, fleet } = await gateway(server);
    const values = async () =>
      ((await json('/latest.json?spark=60')) as { datasets: { values: { a: number } }[] }).datasets.map(
        dataset => dataset.values.a,
      );
    await until(async () => (await values()).every(value => value === 4));
    expect(fleet.status.loaded).toBe(0);
  });

  it('cuts off an answer whose rows can not be loaded', async () => {
    const server = await broker();
    await (await publisher(server, 'roof')).send(sinkRows(rowsFrom(now() - 50, 50)), signal, taken);
    const { url, fleet } = await gateway(server, { patience: 300 });
    await server.stop();
    await until(() => fleet.status.state === 'away');
    const answer = await fetch(`${url}/roof.dods?time&time>=${now() - 40}&time<=${now() - 30}`);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  }, 30_000);
});
