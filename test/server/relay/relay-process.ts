// Runs servers as processes of their own, which a test kills and starts again at the same port.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');

/** A server with a configuration of its own. */
export class RelayProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'dapberry-relay-'));
  readonly #file = join(this.folder, 'config.yaml');
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #port = 0;
  /** What it has printed since it was started last. */
  text = '';

  constructor(config: string, environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
    this.configure(config);
  }

  /** The keys besides `server`. A server that runs takes them over. */
  configure(config: string): void {
    writeFileSync(this.#file, config.replaceAll('FOLDER', this.folder));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it listens. */
  start(): Promise<void> {
    this.text = '';
    const options = ['--config', this.#file, '--host', '127.0.0.1', '--port', String(this.#port)];
    const child = spawn(process.execPath, [COMMAND, 'serve', ...options], {
      env: { ...process.env, ...this.#environment },
    });
    this.#child = child;
    const listens = new Promise<void>((resolve, reject) => {
      const take = (data: Buffer) => {
        this.text += data;
        const [, port] = /live page {3}http:\/\/127\.0\.0\.1:(\d+)/.exec(this.text) ?? [];
        if (port === undefined) return;
        this.#port = Number(port);
        resolve();
      };
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', take);
      child.once('exit', code => reject(new Error(`the server ended with ${code}: ${this.text}`)));
    });
    // A test may kill it before it listens.
    listens.catch(() => undefined);
    return listens;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.url}/${path}`);
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
