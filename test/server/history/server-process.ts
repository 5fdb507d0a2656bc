// Runs the server command with a history, for tests.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import type { HistoryStatus } from '../../../server/store/row-store.ts';
import type { TimeExtent } from '../../../server/store/time-extent.ts';

export const COMMAND = resolve(import.meta.dirname, '../../../dist/server/main.js');

/** For a machine that is busy with other tests. */
export const PATIENCE = { timeout: 20_000 };

export interface Health {
  readonly status: string;
  readonly datasets: readonly {
    readonly name: string;
    readonly extent?: TimeExtent;
    readonly lastTime?: number;
    readonly history?: HistoryStatus;
  }[];
}

/** A server process. */
export class Server {
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

  /** Where it serves, as soon as it does. */
  async address(): Promise<string> {
    await expect.poll(() => this.#text, PATIENCE).toMatch(/live page {3}(\S+)/);
    return /live page {3}(\S+)/.exec(this.#text)![1]!;
  }

  async get(path: string): Promise<Buffer> {
    return Buffer.from(await (await fetch(`${await this.address()}${path}`)).arrayBuffer());
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
