import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Batch, decodeAll } from '../../../dap/index.ts';
import { readFooter } from '../../../server/history/parquet/file-reader.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import type { HistoryStatus } from '../../../server/store/row-store.ts';
import { describeWith, tools } from '../../tools.ts';
import { PATIENCE, Server } from './server-process.ts';

const HOUR = 3600;

describeWith('faketime', 'a server with a history whose clock is wrong', () => {
  let folder: string;
  let servers: Server[];
  const rows = () => join(folder, 'rows');

  /** Writes a file that programs read again and again, at once as a whole. */
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  };
  /** Sets the clock: by how many seconds it differs from the right one. */
  const setClock = (seconds: number) => put('clock', `${seconds < 0 ? '' : '+'}${seconds}`);
  const say = (synchronized: Synchronized) => put('synchronized', synchronized);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-clock-'));
    servers = [];
    writeFileSync(join(folder, 'timedatectl'), `#!/bin/sh\ncat ${join(folder, 'synchronized')}\n`);
    chmodSync(join(folder, 'timedatectl'), 0o755);
    writeFileSync(
      join(folder, 'config.yaml'),
      'history: {flush: 1 s}\ndatasets: {garden: {interval: 0.02, sensors: [{kind: tmp36-simulated}]}}\n',
    );
  });
  afterEach(async () => {
    await Promise.all(servers.map(server => server.end('SIGKILL')));
    rmSync(folder, { recursive: true });
  });

  function start(seconds: number, synchronized: Synchronized): Server {
    setClock(seconds);
    say(synchronized);
    const preload = execFileSync(tools.faketime!, ['-f', '+0', 'sh', '-c', 'echo $LD_PRELOAD']);
    const server = new Server(['--config', join(folder, 'config.yaml'), '--history', rows()], {
      LD_PRELOAD: preload.toString().trim(),
      FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
      FAKETIME_NO_CACHE: '1',
      // Timers go by the monotonic clock, which a wrong date does not change.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      PATH: `${folder}:${process.env['PATH']}`,
    });
    servers.push(server);
    return server;
  }

  const historyIn = async (server: Server): Promise<HistoryStatus> =>
    (await server.health()).datasets[0]!.history!;

  const timesIn = (server: Server, from: number, to: number) =>
    timesOf(server, `garden.dods?time&time>=${from}&time<=${to}`);

  async function timesOf(server: Server, path: string): Promise<number[]> {
    const bytes = await server.get(path);
    const [batch] = decodeAll(new Uint8Array(bytes)).values as [Batch];
    return [...(batch.columns[0] as Float64Array)];
  }

  const names = () =>
    readdirSync(rows(), { recursive: true, encoding: 'utf8' }).filter(name => name.includes('.parquet'));
  const marks = async () => {
    const files = names().filter(name => name.endsWith('.parquet') && !name.includes('summaries'));
    return (await Promise.all(files.map(async name => (await readFooter(join(rows(), name)))!.clock))).flat();
  };
  const isIncreasing = (times: readonly number[]) =>
    times.every((time, index) => index === 0 || time > times[index - 1]!);

  it('stores the rows from before a step forward over the end of a day with their right times', async () => {
    const begin = Date.now() / 1000;
    const server = start(-86_400, 'no');
    await expect.poll(() => server.text, PATIENCE).toMatch(/the system clock is not synchronised/);
    await expect.poll(async () => (await historyIn(server)).unstored, PATIENCE).toBeGreaterThan(60);
    expect((await historyIn(server)).rows).toBe(0);
    say('yes');
    setClock(0);
    const { firstTime, lastTime, unfit } = await server.stored(100);
    expect(firstTime).toBeGreaterThan(begin - 0.1);
    expect(unfit).toBe(0);
    const times = await timesIn(server, begin - 200_000, lastTime!);
    expect(times.length).toBeGreaterThanOrEqual(100);
    expect(times[0]).toBe(firstTime);
    expect(isIncreasing(times)).toBe(true);
    expect(server.text).toMatch(/the system clock was set forward by/);
    await server.end('SIGTERM');
    expect(await marks()).toEqual([]);
    expect(await timesIn(start(0, 'yes'), begin - 200_000, lastTime!)).toEqual(times);
  });

  it('marks the rows that run ahead after a step back, and has corrected those before it', async () => {
    const begin = Date.now() / 1000;
    const server = start(2 * HOUR, 'no');
    await expect.poll(() => server.text, PATIENCE).toMatch(/the system clock is not synchronised/);
    await expect.poll(async () => (await historyIn(server)).unstored, PATIENCE).toBeGreaterThan(60);
    const setAt = Date.now() / 1000;
    say('yes');
    setClock(0);
    const { firstTime, lastTime, unfit } = await server.stored(100);
    expect(firstTime).toBeGreaterThan(begin - 0.1);
    expect(firstTime).toBeLessThan(begin + 60);
    expect(lastTime).toBeGreaterThan(begin + 2 * HOUR - 1);
    expect(unfit).toBe(0);
    await server.end('SIGTERM');
    expect(new Set(await marks())).toEqual(
      new Set([expect.stringMatching(/^row time was ahead of the system clock: by (7200|7199\.\d+) s at /)]),
    );
    // They are marked: once the clock is known to be right, rows of the present are stored at once.
    const next = start(0, 'yes');
    await expect.poll(() => next.text, PATIENCE).toMatch(/set aside as .*\.future-1/);
    // There may be several files, which are set aside one after the other.
    await expect
      .poll(async () => (await historyIn(next)).lastTime! - Date.now() / 1000, PATIENCE)
      .toBeLessThan(1);
    await next.stored(100);
    expect((await historyIn(next)).unfit).toBe(0);
    expect((await timesIn(next, firstTime!, setAt)).length).toBeGreaterThanOrEqual(60);
  });

  it('goes on from the last stored row with a clock ten minutes behind, and marks the rows', async () => {
    const first = start(0, 'yes');
    const { rows: before, lastTime } = await first.stored(60);
    await first.end('SIGTERM');
    const second = start(-600, 'unknown');
    await second.stored(before + 100);
    const { unfit, lastTime: end } = await historyIn(second);
    expect(unfit).toBe(0);
    const times = await timesIn(second, lastTime! - 1000, end!);
    expect(times.length).toBeGreaterThanOrEqual(before + 100);
    expect(isIncreasing(times)).toBe(true);
    expect(end! - lastTime!).toBeLessThan(60);
    expect(await marks()).toContainEqual(
      expect.stringMatching(/row time was ahead of the system clock: by (5\d\d|600)/),
    );
  });

  it('counts the rows that a clock two hours behind would store before the last one', async () => {
    const first = start(0, 'yes');
    const { lastTime } = await first.stored(60);
    await first.end('SIGTERM');
    const second = start(-7200, 'unknown');
    await expect.poll(async () => (await historyIn(second)).unfit, PATIENCE).toBeGreaterThan(50);
    expect(second.text).toContain(
      'new rows are not stored: their times are not later than the last stored row',
    );
    expect((await historyIn(second)).lastTime).toBeGreaterThanOrEqual(lastTime!);
    expect(names().every(name => !name.includes('.future'))).toBe(true);
  });

  it('serves the rows of a clock years behind the stored rows by the times of that clock', async () => {
    const YEARS = 5 * 365 * 86_400;
    const begin = Date.now() / 1000;
    const first = start(0, 'yes');
    await first.stored(60);
    await first.end('SIGTERM');
    const second = start(-YEARS, 'no');
    await expect.poll(async () => (await historyIn(second)).unstored, PATIENCE).toBeGreaterThan(60);
    const now = Date.now() / 1000 - YEARS;
    const behind = await timesIn(second, now - HOUR, now);
    expect(behind.length).toBeGreaterThan(60);
    expect(isIncreasing(behind)).toBe(true);
    expect(behind.every(time => begin - YEARS < time && time <= now)).toBe(true);
    const { rows: count, lastTime } = await historyIn(second);
    const stored = await timesIn(second, begin - HOUR, lastTime!);
    expect(stored.length).toBe(count);
    expect(await timesOf(second, 'past/garden.dods?time')).toEqual(stored);
  });

  it('keeps good files while a clock that counts as synchronised is years back for a moment', async () => {
    const begin = Date.now() / 1000;
    const first = start(0, 'yes');
    await first.stored(60);
    await first.end('SIGTERM');
    const second = start(-5 * 365 * 86_400, 'yes');
    await expect
      .poll(() => second.text, PATIENCE)
      .toMatch(/ahead of the synchronised clock; rows wait in memory/);
    const { rows: before } = await historyIn(second);
    await expect.poll(async () => (await historyIn(second)).unstored, PATIENCE).toBeGreaterThan(60);
    setClock(0);
    const { lastTime } = await second.stored(before + 100);
    expect((await historyIn(second)).unfit).toBe(0);
    expect(names().every(name => !name.includes('.future'))).toBe(true);
    const times = await timesIn(second, begin - 10 * 365 * 86_400, lastTime!);
    expect(times.length).toBeGreaterThanOrEqual(before + 100);
    expect(times[0]).toBeGreaterThan(begin - 0.1);
    expect(isIncreasing(times)).toBe(true);
  });
});
