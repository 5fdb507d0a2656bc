import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll, follow } from '../../../dap/index.ts';
import { PATIENCE, Server } from './server-process.ts';

const sensor = (name: string) => `sensors: [{kind: tmp36-simulated, name: ${name}}]`;
const roof = (interval: number, more = '') => `roof: {interval: ${interval}, ${more}${sensor('air')}}`;
const shed = `shed: {interval: 0.02, ${sensor('soil')}}`;

describe('a server with a history whose configuration changes', () => {
  let folder: string;
  let server: Server;
  const rows = () => join(folder, 'rows');
  const configure = (...datasets: string[]) =>
    writeFileSync(
      join(folder, 'config.yaml'),
      `history: {path: ${rows()}, flush: 1 s}\ndatasets:\n${datasets.map(text => `  ${text}\n`).join('')}`,
    );
  const start = () => {
    server = new Server(['--config', join(folder, 'config.yaml')]);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-reload-'));
    configure(roof(0.02), shed);
    start();
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  async function columnOf(dataset: string, column: string, from: number, to: number): Promise<number[]> {
    const bytes = await server.get(`${dataset}.dods?${column}&time>=${from}&time<=${to}`);
    const [batch] = decodeAll(new Uint8Array(bytes)).values as [Batch];
    return [...(batch.columns[0] as Float64Array)];
  }
  const lastTime = async (name: string) =>
    (await server.health()).datasets.find(dataset => dataset.name === name)!.lastTime!;
  const interval = async (name: string) => {
    const datasets = (await server.health()).datasets as readonly { name: string; interval?: number }[];
    return datasets.find(dataset => dataset.name === name)?.interval;
  };

  it('gives a client that follows each row once, and goes on with its positions', async () => {
    const times: number[] = [];
    const ending = new AbortController();
    const address = await server.address();
    const following = (async () => {
      for await (const { columns } of follow(`${address}roof?time`, { signal: ending.signal }))
        times.push(...(columns[0] as Float64Array));
    })().catch(() => undefined);
    await expect.poll(() => times.length, PATIENCE).toBeGreaterThan(60);
    for (const [next, more] of [
      [0.03, ''],
      [0.02, 'log: {rows: 50}, '],
    ] as const) {
      configure(roof(next, more), shed);
      await expect.poll(() => interval('roof'), PATIENCE).toBe(next);
      const { length } = times;
      await expect.poll(() => times.length, PATIENCE).toBeGreaterThan(length + 60);
    }
    ending.abort();
    await following;
    expect(await columnOf('roof', 'time', times[0]!, times.at(-1)!)).toEqual(times);
  });

  it('stores every row that a client got while the disk failed and columns changed', async () => {
    await server.end('SIGKILL');
    rmSync(rows(), { recursive: true, force: true });
    mkdirSync(join(rows(), 'roof'), { recursive: true });
    const year = join(rows(), 'roof', String(new Date().getUTCFullYear()));
    writeFileSync(year, 'no folder');
    start();
    const times: number[] = [];
    const ending = new AbortController();
    const address = await server.address();
    const following = (async () => {
      for await (const { columns } of follow(`${address}roof?time`, { signal: ending.signal }))
        times.push(...(columns[0] as Float64Array));
    })().catch(() => undefined);
    for (const name of ['soil', 'water', 'air']) {
      const { length } = times;
      await expect.poll(() => times.length, PATIENCE).toBeGreaterThan(length + 30);
      configure(`roof: {interval: 0.02, ${sensor(name)}}`, shed);
      await expect
        .poll(async () => (await server.get('roof.dds')).toString(), PATIENCE)
        .toContain(`${name}_temperature`);
    }
    const { length } = times;
    await expect.poll(() => times.length, PATIENCE).toBeGreaterThan(length + 30);
    const history = async () => (await server.health()).datasets.find(({ name }) => name === 'roof')?.history;
    expect((await history())?.unstored).toBeGreaterThan(120);
    expect(server.text).toContain('roof: kept in memory until the disk takes them: ');
    rmSync(year);
    await expect.poll(async () => (await history())?.rows, PATIENCE).toBeGreaterThan(120);
    ending.abort();
    await following;
    await server.end('SIGTERM');
    start();
    expect(await columnOf('roof', 'time', times[0]!, times.at(-1)!)).toEqual(times);
    expect(await history()).toMatchObject({ lost: 0, unfit: 0 });
  });

  it('keeps the past of each name when names are swapped or changed, and says where it is', async () => {
    const past = async (name: string, column: string, to: number) =>
      columnOf(name, `sensor.${column}`, 0, to);
    await expect.poll(() => lastTime('shed').catch(() => undefined), PATIENCE).toBeDefined();
    await server.stored(60);
    const until = Math.min(await lastTime('roof'), await lastTime('shed'));
    const [air, soil] = [
      await past('roof', 'air_temperature', until),
      await past('shed', 'soil_temperature', until),
    ];
    configure(`roof: {interval: 0.02, ${sensor('soil')}}`, `shed: {interval: 0.02, ${sensor('air')}}`);
    await expect
      .poll(() => server.text, PATIENCE)
      .toMatch(/roof has the sensors that shed had; each name keeps its past rows\. If the names were wrong/);
    await expect
      .poll(() => server.text, PATIENCE)
      .toMatch(/air_temperature stays in the files and is not served/);
    const missing = await past('roof', 'soil_temperature', until);
    expect(missing.length).toBe(air.length);
    expect(missing.every(Number.isNaN)).toBe(true);
    configure(roof(0.02), shed);
    await expect.poll(() => past('roof', 'air_temperature', until).catch(() => []), PATIENCE).toEqual(air);
    await expect.poll(() => past('shed', 'soil_temperature', until).catch(() => []), PATIENCE).toEqual(soil);

    configure(roof(0.02), shed.replace('shed', 'barn'));
    await expect
      .poll(() => server.text, PATIENCE)
      .toContain(`barn has the sensors that shed had; its past rows stay in ${join(rows(), 'shed')}`);
    configure(roof(0.02));
    await expect
      .poll(() => server.text, PATIENCE)
      .toContain(`the past rows of barn stay in ${join(rows(), 'barn')}`);
    await server.end('SIGTERM');
    expect(readdirSync(rows()).sort()).toEqual(['barn', 'roof', 'shed']);
  });

  it('is the same after a restart with a sensor more', async () => {
    await server.stored(60);
    const until = await lastTime('roof');
    const air = await columnOf('roof', 'sensor.air_temperature', 0, until);
    await server.end('SIGTERM');
    configure('roof: {interval: 0.02, sensors: [{kind: host-load}, {kind: tmp36-simulated, name: air}]}');
    start();
    await server.stored(air.length);
    expect(await columnOf('roof', 'sensor.air_temperature', 0, until)).toEqual(air);
    expect(server.text).toMatch(/the newest stored rows have other columns: .* is new, and missing in them/);
  });
});
