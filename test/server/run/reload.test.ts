import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll, decodeStream } from '../../../dap/index.ts';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');

/** For a machine that is busy with other tests. */
const PATIENCE = { timeout: 10_000 };

let folder: string;
let child: ChildProcess;
let address: string;
let logged: string[];

const CONFIG = join('config.yaml');
const THIRD = join('config.d', 'third.yaml');

const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const dataset = (interval: number, seed = '') =>
  `interval: ${interval}\nsensors: [{ kind: tmp36-simulated }]\n${seed}`;

/** Two datasets and what else is said, in one file. */
const two = (title: string, more = '') => `
server: { ${more} }
datasets:
  one: { title: "${title}", interval: 0.02, sensors: [{ kind: tmp36-simulated }] }
  two: { interval: 0.05, sensors: [{ kind: tmp36-simulated, name: air }] }
`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
  mkdirSync(join(folder, 'config.d'));
  write(CONFIG, two('First'));
  logged = [];
  const options = ['--config', join(folder, CONFIG), '--host', '127.0.0.1', '--port', '0'];
  child = spawn(process.execPath, [COMMAND, 'serve', ...options]);
  createInterface(child.stderr!).on('line', line => logged.push(line));
  address = await new Promise(found => {
    createInterface(child.stdout!).on('line', line => {
      const [, printed] = /live page +(http:\S+)/.exec(line) ?? [];
      if (printed !== undefined) found(printed);
    });
  });
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(folder, { recursive: true });
});

interface Health {
  readonly status: string;
  readonly streams: number;
  readonly configuration: {
    readonly files: readonly string[];
    readonly problems: readonly string[];
    readonly afterRestart: readonly string[];
  };
  readonly datasets: readonly { readonly name: string; readonly interval: number; readonly rows: number }[];
}

const get = async (path: string) => (await fetch(address + path)).text();
const health = async () => JSON.parse(await get('health')) as Health;
const intervals = async () => (await health()).datasets.map(({ name, interval }) => `${name} ${interval}`);

const gone = (file: string) =>
  `${join(folder, file)}: expected the configuration that the server runs with, found none; put it back, or restart the server to go on without it`;

/** An open stream and the rows that it gave. */
class Reader {
  readonly times: number[] = [];
  /** Resolves when it has ended with its marker; rejects where it broke off. */
  readonly ended: Promise<void>;

  constructor(path: string) {
    this.ended = this.#read(path);
    // A test that waits for it hears of it.
    this.ended.catch(() => {});
  }

  async #read(path: string): Promise<void> {
    for await (const part of decodeStream(await fetch(address + path))) {
      if (part.kind === 'rows') this.times.push(...(part.batch.columns[0] as Float64Array));
    }
  }
}

async function timesOf(name: string, from: number, to: number): Promise<number[]> {
  const answer = await fetch(`${address}${name}.dods?time&time>=${from}&time<=${to}`);
  const [batch] = decodeAll(new Uint8Array(await answer.arrayBuffer())).values as [Batch];
  return [...(batch.columns[0] as Float64Array)];
}

const ALL = ['one 0.02', 'two 0.05', 'third 0.1'];

function link(file: string, target: string): void {
  rmSync(join(folder, file));
  symlinkSync(target, join(folder, file));
}

function replaced(file: string): void {
  rmSync(join(folder, file));
  mkdirSync(join(folder, file));
}

describe('a configuration that changes while fifty streams are open', () => {
  it('takes no row from the datasets that stay, and gives none twice', async () => {
    const readers = Array.from({ length: 50 }, (_, number) => ({
      name: number % 2 === 0 ? 'one' : 'two',
      reader: new Reader(number % 2 === 0 ? 'one.dods?time' : 'two.dods?time,air_temperature'),
    }));
    await expect.poll(async () => (await health()).streams, PATIENCE).toBe(50);

    write(THIRD, dataset(0.1));
    await expect.poll(intervals, PATIENCE).toEqual(['one 0.02', 'two 0.05', 'third 0.1']);
    const before = new Reader('third.dods');
    await expect.poll(() => before.times.length, PATIENCE).toBeGreaterThan(0);

    write(THIRD, dataset(0.2));
    await expect.poll(intervals, PATIENCE).toEqual(['one 0.02', 'two 0.05', 'third 0.2']);
    await before.ended;
    const after = new Reader('third.dods');
    await expect.poll(() => after.times.length, PATIENCE).toBeGreaterThan(0);

    write(THIRD, 'intervall: 0.3\nsensors: [{ kind: tmp36-simulated }]\n');
    await expect.poll(async () => (await health()).configuration.problems.length, PATIENCE).toBe(1);
    const wrong = await health();
    expect(wrong).toMatchObject({ status: 'degraded', streams: 51 });
    const [problem] = wrong.configuration.problems;
    expect(problem).toContain(
      `${join(folder, THIRD)}:1:1: datasets.third.intervall: expected one of the keys `,
    );
    expect(problem).toContain('found "intervall"; did you mean "interval"?');
    const rowsSoFar = after.times.length;
    await expect.poll(() => after.times.length, PATIENCE).toBeGreaterThan(rowsSoFar);

    // The same mistake is logged once, however often the configuration is read.
    child.kill('SIGHUP');

    // The file may be on its way back: what it said goes on.
    rmSync(join(folder, THIRD));
    await expect.poll(async () => (await health()).configuration.problems, PATIENCE).toEqual([gone(THIRD)]);
    expect(await intervals()).toEqual(['one 0.02', 'two 0.05', 'third 0.2']);
    write(THIRD, dataset(0.2));
    await expect.poll(health, PATIENCE).toMatchObject({ status: 'ok', configuration: { problems: [] } });

    const told = logged.filter(line => line.includes('the configuration is wrong'));
    expect(told.filter(line => line.includes('intervall'))).toHaveLength(1);

    // What is said about a dataset changes while its rows go on.
    write(CONFIG, two('Second'));
    await expect.poll(() => get('one.das'), PATIENCE).toContain('String title "Second"');

    expect((await health()).streams).toBe(51);
    for (const { name, reader } of readers) {
      const times = [...reader.times];
      expect(times.length).toBeGreaterThan(20);
      expect(times).toEqual(await timesOf(name, times[0]!, times.at(-1)!));
    }
    child.kill('SIGTERM');
    await Promise.all([after, ...readers.map(({ reader }) => reader)].map(({ ended }) => ended));
  });

  it('ends the streams of a dataset that its file names no more, with the marker', async () => {
    const reader = new Reader('two.dods');
    await expect.poll(() => reader.times.length, PATIENCE).toBeGreaterThan(0);
    write(CONFIG, 'datasets: { one: { interval: 0.02, sensors: [{ kind: tmp36-simulated }] } }\n');
    await reader.ended;
    await expect.poll(intervals, PATIENCE).toEqual(['one 0.02']);
    expect((await fetch(`${address}two.dds`)).status).toBe(404);
  });

  it('takes over limits at once, and says which options wait for another start', async () => {
    const reader = new Reader('one.dods');
    await expect.poll(() => reader.times.length, PATIENCE).toBeGreaterThan(0);
    const origins = '{ origins: ["http://a.example"] }';
    write(
      CONFIG,
      two(
        'First',
        `maxStreams: 1, headersTimeout: 7, hosts: [pi.example.org], cors: ${origins}, embed: ${origins}`,
      ),
    );
    child.kill('SIGHUP');
    await expect
      .poll(async () => (await health()).configuration.afterRestart, PATIENCE)
      .toEqual(['server.headersTimeout']);
    const refused = await fetch(`${address}two.dods`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('access-control-allow-origin')).not.toBe('*');
    const frame = await fetch(`${address}embed.html`);
    expect(frame.headers.get('content-security-policy')).toContain("frame-ancestors 'self' http://a.example");
    expect(logged.filter(line => line.includes('server.headersTimeout'))).toHaveLength(1);
  });

  it('is read on a SIGHUP where nothing tells of changes, and a file that vanishes leaves all as it was', async () => {
    const reader = new Reader('two.dods');
    await expect.poll(() => reader.times.length, PATIENCE).toBeGreaterThan(0);
    rmSync(join(folder, CONFIG));
    child.kill('SIGHUP');
    await expect.poll(async () => (await health()).configuration.problems, PATIENCE).toEqual([gone(CONFIG)]);
    expect(await intervals()).toEqual(['one 0.02', 'two 0.05']);
    const { length } = reader.times;
    await expect.poll(() => reader.times.length, PATIENCE).toBeGreaterThan(length);
    write(CONFIG, two('Back'));
    await expect.poll(async () => (await health()).configuration.problems, PATIENCE).toEqual([]);
    expect(await get('one.das')).toContain('String title "Back"');
  });

  it.each([
    ['the file is moved away', () => renameSync(join(folder, CONFIG), join(folder, 'x')), CONFIG],
    ['the folder of datasets is', () => renameSync(join(folder, 'config.d'), join(folder, 'x')), 'config.d'],
    ['the file is left empty', () => write(CONFIG, ''), 'an empty file'],
    ['the file of a dataset is left empty', () => write(THIRD, ''), 'an empty file'],
    ['the file becomes a link to nothing', () => link(CONFIG, 'nothing'), CONFIG],
    ['the file becomes a folder', () => replaced(CONFIG), 'found a folder'],
  ])(
    'goes on as it was where %s, says so, and takes the files again when they are back',
    async (_what, take, told) => {
      write(THIRD, dataset(0.1));
      await expect.poll(intervals, PATIENCE).toEqual(ALL);
      const reader = new Reader('third.dods');
      const rowsBefore = (await health()).datasets.map(({ rows }) => rows);
      const saved = join(dirname(folder), `${basename(folder)}-saved`);
      cpSync(folder, saved, { recursive: true });
      take();
      await expect
        .poll(async () => (await health()).configuration.problems.join('\n'), PATIENCE)
        .toContain(told);
      await expect.poll(async () => logged.join('\n'), PATIENCE).toContain('the configuration is wrong');
      expect((await health()).status).toBe('degraded');
      child.kill('SIGHUP');
      const { length } = reader.times;
      await expect.poll(() => reader.times.length, PATIENCE).toBeGreaterThan(length + 10);
      expect(await intervals()).toEqual(ALL);
      rmSync(join(folder, CONFIG), { recursive: true, force: true });
      rmSync(join(folder, 'config.d'), { recursive: true, force: true });
      cpSync(saved, folder, { recursive: true });
      rmSync(saved, { recursive: true });
      await expect.poll(health, PATIENCE).toMatchObject({ status: 'ok', configuration: { problems: [] } });
      expect(await intervals()).toEqual(ALL);
      const rowsAfter = (await health()).datasets.map(({ rows }) => rows);
      expect(rowsAfter.every((rows, index) => rows > rowsBefore[index]!)).toBe(true);
      // It is watched as before.
      write(THIRD, dataset(0.3));
      await expect.poll(intervals, PATIENCE).toEqual(['one 0.02', 'two 0.05', 'third 0.3']);
    },
  );

  it('goes on as it was where the folder around all is moved away, and sees changes when it is back', async () => {
    write(THIRD, dataset(0.1));
    await expect.poll(intervals, PATIENCE).toEqual(ALL);
    const away = `${folder}-away`;
    renameSync(folder, away);
    await expect
      .poll(async () => (await health()).configuration.problems, PATIENCE)
      .toEqual([gone(CONFIG), gone('config.d')]);
    expect(await intervals()).toEqual(ALL);
    renameSync(away, folder);
    await expect.poll(async () => (await health()).configuration.problems, PATIENCE).toEqual([]);
    write(THIRD, dataset(0.3));
    await expect.poll(intervals, PATIENCE).toEqual(['one 0.02', 'two 0.05', 'third 0.3']);
  });

  it('answers a thousand signals with one reading a second at most', async () => {
    const before = logged.length;
    for (let signals = 0; signals < 1000; signals += 1) child.kill('SIGHUP');
    // What is written behind them is not missed.
    write(CONFIG, two('Last'));
    child.kill('SIGHUP');
    await expect.poll(() => get('one.das'), PATIENCE).toContain('String title "Last"');
    expect(logged.length - before).toBeLessThan(6);
  });
});
