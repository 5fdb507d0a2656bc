import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attributeTable, attributeText, parseDas } from '../../../dap/index.ts';
import { ROW_FORMATS } from '../../../server/formats/list.ts';
import { type Health, PATIENCE, Server } from './server-process.ts';

let folder: string;
let servers: Server[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-served-'));
  servers = [];
  configure('history: {flush: 1 s}\n');
});
afterEach(async () => {
  await Promise.all(servers.map(server => server.end('SIGKILL')));
  rmSync(folder, { recursive: true });
});

function configure(text: string): void {
  writeFileSync(
    join(folder, 'config.yaml'),
    `${text}datasets: { garden: { interval: 0.02, sensors: [{ kind: tmp36-simulated }, { kind: host-load }] } }\n`,
  );
}

function start(options: readonly string[], environment?: Readonly<Record<string, string>>): Server {
  const server = new Server(['--config', join(folder, 'config.yaml'), ...options], environment);
  servers.push(server);
  return server;
}

/** A netCDF file says when it was made: its bytes differ. */
const FORMATS = ROW_FORMATS.filter(({ name }) => name !== 'netcdf');

const past = async (server: Server, time: number) =>
  Promise.all(FORMATS.map(({ suffix }) => server.get(`garden${suffix}?time,temperature&time<=${time}`)));

describe('a server with a history', () => {
  it('serves the same past after it was killed', async () => {
    const first = start(['--history', join(folder, 'rows')]);
    const { lastTime } = await first.stored(60);
    expect(first.text).toContain(`  past rows   in ${join(folder, 'rows')}\n`);
    const before = await past(first, lastTime!);
    await first.end('SIGKILL');
    const second = start(['--history', join(folder, 'rows')]);
    expect(await past(second, lastTime!)).toEqual(before);
    const { firstTime } = await second.stored(120);
    expect(await past(second, lastTime!)).toEqual(before);
    expect(firstTime).toBeLessThan(lastTime!);
  });

  it('says how far its past reaches, over a restart', async () => {
    const first = start(['--history', join(folder, 'rows')]);
    const { firstTime } = await first.stored(20);
    await first.end('SIGTERM');
    const second = start(['--history', join(folder, 'rows')]);
    await second.stored(60);
    const { datasets } = JSON.parse((await second.get('catalog.json')).toString()) as Health;
    const later = (await second.health()).datasets[0]!;
    expect(datasets[0]!.extent).toEqual({ firstTime, lastTime: expect.any(Number), gaps: [] });
    expect(later.extent).toEqual({ firstTime, lastTime: later.lastTime, gaps: [] });
    const das = parseDas((await second.get('garden.das')).toString());
    const begin = attributeText(attributeTable(das, 'NC_GLOBAL'), 'time_coverage_start')!;
    expect(Date.parse(begin)).toBe(Math.floor(firstTime! * 1000));
  });

  it('loses no row at a clean end', async () => {
    const first = start(['--history', join(folder, 'rows')]);
    await first.stored(1);
    const { datasets } = await first.health();
    const lastTime = datasets[0]!.lastTime!;
    const before = await past(first, lastTime);
    await first.end('SIGTERM');
    expect(existsSync(join(folder, 'rows/.dapberry.lock'))).toBe(false);
    expect(await past(start(['--history', join(folder, 'rows')]), lastTime)).toEqual(before);
  });

  it('says that another one uses its folder, serves its rows nevertheless, and takes over when that one ends', async () => {
    const first = start(['--history', join(folder, 'rows')]);
    await first.stored(1);
    const second = start(['--history', join(folder, 'rows')]);
    const { status, datasets } = await second.health();
    expect(status).toBe('degraded');
    expect(datasets[0]!.history!.failure).toMatch(
      /another server \(process \d+ on .*\) keeps its history there/,
    );
    expect(second.text).toContain('the rows of garden cannot be stored; they wait in memory');
    expect((await second.get('metrics')).toString()).toContain('dapberry_history_ok{dataset="garden"} 0\n');
    expect((await second.get('garden.asc?sensor[0:2]')).toString().trim().split('\n').length).toBeGreaterThan(
      4,
    );
    const firstTime = (await first.stored(1)).firstTime!;
    const waiting = (await second.health()).datasets[0]!.history!.unstored;
    await first.end('SIGTERM');
    await expect.poll(() => second.text, PATIENCE).toContain('the rows of garden are stored again');
    await second.stored(waiting);
    const history = async () => (await second.health()).datasets[0]!.history!;
    await expect.poll(async () => (await history()).failure, PATIENCE).toBeUndefined();
    const { firstTime: taken, lost } = await history();
    expect([taken, lost]).toEqual([firstTime, 0]);
  });

  // Three servers start one after another.
  it('keeps it in the state directory of a service, unless it is off', { timeout: 90_000 }, async () => {
    const state = join(folder, 'state');
    await start([], { STATE_DIRECTORY: state }).stored(1);
    expect(readdirSync(join(state, 'history'))).toContain('garden');
    configure('history: off\n');
    const off = start([], { STATE_DIRECTORY: join(folder, 'none') });
    expect((await off.health()).datasets[0]!.history).toBeUndefined();
    // It would read the next configuration too.
    await off.end('SIGTERM');
    configure('history: on\n');
    const unwanted = await start(['--history', 'off'], { STATE_DIRECTORY: join(folder, 'none') }).health();
    expect(unwanted.datasets[0]!.history).toBeUndefined();
    expect(existsSync(join(folder, 'none', 'history'))).toBe(false);
  });
});
