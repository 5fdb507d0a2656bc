// Tests the memory of a gateway of a fleet: loads share a bound, and rows that nobody reads make room for others.

import { expect, it, vi } from 'vitest';
import { parseConstraint, planConstraint } from '../../../dap/protocol.ts';
import { Fleet, type FleetOptions } from '../../../server/nats/fleet.ts';
import type { FleetDataset } from '../../../server/nats/fleet-dataset.ts';
import { RecentWatch } from '../../../server/recent/recent-watch.ts';
import { describeWith } from '../../tools.ts';
import { now, rowsFrom, STREAM, sinkRows } from './fleet.ts';
import type { NatsServer } from './nats-server.ts';
import { broker, closeAfterEach, closing, session, signal, taken } from './rig.ts';

closeAfterEach();

/** Bytes of the first room of a store of the scripted columns: 4096 rows of 24 bytes. */
const FIRST = 4096 * 24;

async function fleetOf(server: NatsServer, options: Partial<FleetOptions> = {}): Promise<Fleet> {
  const bounds = { rows: 1_000_000, bytes: 32 * 1024 ** 2, age: 86_400 };
  const nats = { servers: [server.url], stream: STREAM };
  const fleet = new Fleet(
    { nats, pattern: '*', bounds, rest: 600, isPublic: false, ...options },
    () => false,
  );
  closing(fleet);
  await fleet.started;
  return fleet;
}

async function filled(server: NatsServer, name: string, length = 50): Promise<void> {
  const rows = rowsFrom(now() - length, length);
  await (await session([server.url], name)).send(sinkRows(rows), signal, taken);
}

function planOf(dataset: FleetDataset, from: number) {
  return planConstraint(parseConstraint(`&time>=${from}`), dataset.model, { now: now() });
}

function named(fleet: Fleet, name: string): FleetDataset {
  return fleet.datasets.find(({ info }) => info.name === name)!;
}

const loadedIn = (fleet: Fleet) =>
  fleet.datasets.flatMap(({ isResting, info }) => (isResting ? [] : [info.name]));

describeWith('nats-server', 'the memory of a fleet', () => {
  it('gives the rows of each load positions of their own', async () => {
    const server = await broker();
    await filled(server, 'roof');
    const fleet = await fleetOf(server);
    const dataset = named(fleet, 'roof');
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    closing({ close: async () => clock.mockRestore() });
    const spans: [number, number][] = [];
    for (let load = 0; load < 3; load += 1) {
      expect(await dataset.load()).toBe(true);
      const { first } = dataset.open(planOf(dataset, now() - 1000));
      spans.push([first, dataset.end]);
      dataset.letGo(dataset.loaded[0]!);
    }
    expect(spans.map(([first, end]) => end - first)).toEqual([50, 50, 50]);
    expect(spans[1]![0]).toBeGreaterThanOrEqual(spans[0]![1]);
    expect(spans[2]![0]).toBeGreaterThanOrEqual(spans[1]![1]);
  });

  it('lets go of rows that nobody reads, those unused for longest first, where others need the memory', async () => {
    const server = await broker();
    for (const name of ['one', 'two', 'three']) await filled(server, name);
    const fleet = await fleetOf(server, { memory: 2 * FIRST });
    for (const name of ['one', 'two']) expect(await named(fleet, name).load()).toBe(true);
    expect(loadedIn(fleet)).toEqual(['one', 'two']);
    expect(await named(fleet, 'three').load()).toBe(true);
    expect(loadedIn(fleet)).toEqual(['three', 'two']);
  });

  it('loads no further rows while clients read all that are in memory, and says so', async () => {
    const server = await broker();
    for (const name of ['one', 'two']) await filled(server, name);
    const fleet = await fleetOf(server, { memory: FIRST });
    const one = named(fleet, 'one');
    const two = named(fleet, 'two');
    const reader = one.open(planOf(one, now() - 1000));
    expect(await one.load()).toBe(true);
    expect(await two.load()).toBe(false);
    expect(two.open(planOf(two, now() - 1000))).toMatchObject({ ended: true, failed: true });
    await expect(two.stretch({ from: now() - 100, to: now() - 60 })).rejects.toThrow('memory');
    expect(two.status().source).toMatchObject({ problem: expect.stringContaining('memory') });
    reader.close();
    await expect.poll(() => two.load()).toBe(true);
    expect(loadedIn(fleet)).toEqual(['two']);
  });

  it('keeps the newest rows of a large dataset where the memory is full', async () => {
    const server = await broker();
    await filled(server, 'roof', 20_000);
    const fleet = await fleetOf(server, { memory: 2 * FIRST });
    const dataset = named(fleet, 'roof');
    const reader = dataset.open(planOf(dataset, now() - 100));
    expect(await dataset.load()).toBe(true);
    const { rows = 0, bytes = 0 } = dataset.status().store ?? {};
    expect(rows).toBeLessThan(10_000);
    expect(bytes).toBeLessThanOrEqual(2 * FIRST);
    expect(dataset.newestRow()?.[1]).toBe(19_999);
    reader.close();
  });

  it('is not held by a wall that shows the recent past of all datasets', async () => {
    const server = await broker();
    for (const name of ['one', 'two']) await filled(server, name);
    const fleet = await fleetOf(server);
    const one = named(fleet, 'one');
    const reader = one.open(planOf(one, now() - 1000));
    expect(await one.load()).toBe(true);
    const watch = new RecentWatch();
    closing({ close: async () => watch.close() });
    expect([...(await watch.of(fleet.datasets)).keys()]).toEqual([one]);
    reader.close();
    expect(await one.rest(0)).toBe(false);
    expect((await watch.of(fleet.datasets)).size).toBe(0);
    // Another reader comes: the wall shows the dataset again.
    expect(await one.load()).toBe(true);
    expect([...(await watch.of(fleet.datasets)).keys()]).toEqual([one]);
  });

  it('loads nothing for a dataset that is closed', async () => {
    const server = await broker();
    await filled(server, 'roof');
    const fleet = await fleetOf(server);
    const dataset = named(fleet, 'roof');
    await dataset.close();
    expect(await dataset.load()).toBe(false);
    expect(dataset.open(planOf(dataset, now() - 100))).toMatchObject({ ended: true });
    expect(dataset.isResting).toBe(true);
  });
});
