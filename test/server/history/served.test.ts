import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryStatus } from '../../../server/store/row-store.ts';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');
const PATIENCE = { timeout: 20_000 };

interface Health {
  readonly status: string;
  readonly datasets: readonly {
    readonly name: string;
    readonly lastTime?: number;
    readonly history?: HistoryStatus;
  }[];
}

/** A server process. */
class Server {
  readonly #child: ChildProcess;
  #text = '';

  constructor(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const all = [COMMAND, 'serve', '--host', '127.0.0.1', '--port', '0', ...options];
    this.#child = spawn(process.execPath, all, { env: { ...process.env, ...environment } });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (data: Buffer) => {
        this.#text += data;
      });
    }
  }

  get text(): string {
    return this.#text;
  }

  async get(path: string): Promise<Buffer> {
    await expect.poll(() => this.#text, PATIENCE).toMatch(/live page {3}(\S+)/);
    const [, address] = /live page {3}(\S+)/.exec(this.#text)!;
    return Buffer.from(await (await fetch(`${address}${path}`)).arrayBuffer());
  }

  async health(): Promise<Health> {
    return JSON.parse((await this.get('health')).toString()) as Health;
  }

  /** Resolves when the history of the first dataset has this many rows at least. */
  async stored(rows: number): Promise<HistoryStatus> {
    await expect
      .poll(async () => (await this.health()).datasets[0]?.history?.rows, PATIENCE)
      .toBeGreaterThanOrEqual(rows);
    return (await this.health()).datasets[0]!.history!;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await once(this.#child, 'close');
  }
}

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

const past = async (server: Server, time: number) =>
  Promise.all(
    ['garden.dods', 'garden.asc', 'garden.csv'].map(name =>
      server.get(`${name}?time,temperature&time<=${time}`),
    ),
  );

describe('a server with a history', () => {
  it('serves the same past after it was killed', async () => {
    const first = start(['--history', join(folder, 'rows')]);
    const { lastTime } = await first.stored(60);
    const before = await past(first, lastTime!);
    await first.end('SIGKILL');
    const second = start(['--history', join(folder, 'rows')]);
    expect(await past(second, lastTime!)).toEqual(before);
    const { firstTime } = await second.stored(120);
    expect(await past(second, lastTime!)).toEqual(before);
    expect(firstTime).toBeLessThan(lastTime!);
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

  it('says that another one uses its folder, and serves its rows nevertheless', async () => {
    await start(['--history', join(folder, 'rows')]).stored(1);
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
  });

  it('keeps it in the state directory of a service, unless it is off', async () => {
    const state = join(folder, 'state');
    await start([], { STATE_DIRECTORY: state }).stored(1);
    expect(readdirSync(join(state, 'history/garden')).length).toBe(1);
    configure('history: off\n');
    const off = await start([], { STATE_DIRECTORY: join(folder, 'none') }).health();
    expect(off.datasets[0]!.history).toBeUndefined();
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
