// The server that is attacked: with a small heap, a history of a day, and a dataset behind a password.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServerProcess } from '../server-process.mjs';

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');

/** The server's heap in megabytes: what an attack could fill. */
const HEAP = 96;

const DAY_SECONDS = 86_400;

/** Seconds between the rows of the honest reader. */
export const INTERVAL = 0.05;

export class AttackedServer {
  #folder = mkdtempSync(join(tmpdir(), 'dapberry-hostile-'));
  #process;

  async start() {
    const path = name => join(this.#folder, name);
    const users = execFileSync(process.execPath, [COMMAND, 'password', 'anna', '--stdin'], {
      input: 'correct horse battery\n',
    });
    writeFileSync(path('users'), users, { mode: 0o600 });
    writeFileSync(
      path('config.yaml'),
      `history: {path: ${path('history')}}
access: {users: ${path('users')}, public: [health, metrics]}
server: {trustProxy: false}
datasets:
  garden: {public: true, interval: ${INTERVAL}, sensors: [{kind: tmp36-simulated}]}
  attic: {public: true, interval: 1, sensors: [{kind: tmp36-simulated}]}
  quick: {public: true, interval: 0, sensors: [{kind: tmp36-simulated}]}
  locked: {interval: 1, sensors: [{kind: tmp36-simulated}]}
`,
    );
    // All of yesterday.
    const begin = Math.floor(Date.now() / 1000 / DAY_SECONDS - 1) * DAY_SECONDS;
    const rows = Array.from({ length: DAY_SECONDS }, (_, row) => {
      const time = new Date((begin + row) * 1000).toISOString();
      return `${time},${700 + Math.sin(row) * 10},${20 + Math.sin(row)}\n`;
    });
    writeFileSync(path('attic.csv'), `time,voltage,temperature\n${rows.join('')}`);
    const options = ['--config', path('config.yaml')];
    execFileSync(process.execPath, [COMMAND, 'import', path('attic.csv'), '--dataset', 'attic', ...options]);
    this.#process = new ServerProcess(options, {
      nodeOptions: [`--max-old-space-size=${HEAP}`],
      env: { ...process.env, XDG_STATE_HOME: path('state') },
    });
    await this.#process.start();
  }

  get url() {
    return this.#process.url;
  }

  get pid() {
    return this.#process.pid;
  }

  get ended() {
    return this.#process.ended;
  }

  /** Resident memory in megabytes. */
  get memory() {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return Number(kilobytes) / 1024;
  }

  async health() {
    return (await fetch(`${this.url}/health`)).json();
  }

  /** The slots that its sampler has missed since the start. */
  async missedSlots() {
    const { datasets } = await this.health();
    return datasets.find(({ name }) => name === 'garden').missedSlots;
  }

  async stop() {
    await this.#process.end();
    rmSync(this.#folder, { recursive: true });
    return this.#process.log;
  }
}
