// Runs the built program in a folder with drivers, as a process, as a user would.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../sources.ts';

export const COMMAND = resolve(ROOT, 'dist/server/main.js');

/** For a machine that is busy with other tests. */
export const PATIENCE = { timeout: 15_000 };

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A folder outside the project, where nothing is installed. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'dapberry-site-'));
  /** What the server has logged, a line each. */
  readonly logged: string[] = [];
  /** Added to the environment of the programs that it runs. */
  env: NodeJS.ProcessEnv = {};
  /** Begins the command line of the server, such as `prlimit` with its arguments. */
  prefix: readonly string[] = [];
  #child: ChildProcess | undefined;

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file so that nobody reads half of it. */
  write(name: string, text: string): void {
    const unfinished = `${this.path(name)}.part`;
    writeFileSync(unfinished, text);
    renameSync(unfinished, this.path(name));
  }

  /** Puts a new folder with one file there, at once. */
  folderWith(folder: string, name: string, text: string): void {
    const unfinished = this.path(`${folder}.part`);
    mkdirSync(unfinished);
    writeFileSync(join(unfinished, name), text);
    renameSync(unfinished, this.path(folder));
  }

  /** Puts a file of the project there. */
  copy(from: string, name: string): void {
    cpSync(join(ROOT, from), this.path(name));
  }

  /** Runs `dapberry ARGS` in the folder. */
  run(args: readonly string[]): Promise<Ran> {
    const options = { cwd: this.folder, timeout: 25_000, env: { ...process.env, ...this.env } };
    return new Promise(done =>
      execFile(process.execPath, [COMMAND, ...args], options, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
      ),
    );
  }

  /** Starts `dapberry serve` with `config.yaml` on a free port; gives the address, with a slash at its end. */
  serve(...args: string[]): Promise<string> {
    return this.serveAsConfigured('--host', '127.0.0.1', '--port', '0', ...args);
  }

  /** As `serve`, at the address that the configuration states. */
  async serveAsConfigured(...args: string[]): Promise<string> {
    const options = ['--config', 'config.yaml', ...args];
    const [program = '', ...rest] = [...this.prefix, process.execPath, COMMAND, 'serve', ...options];
    const child = spawn(program, rest, {
      cwd: this.folder,
      env: { ...process.env, ...this.env },
    });
    this.#child = child;
    createInterface(child.stderr).on('line', line => this.logged.push(line));
    for await (const line of createInterface(child.stdout)) {
      const [, address] = /live page +(http:\S+)/.exec(line) ?? [];
      if (address !== undefined) return address;
    }
    throw new Error(`the server ended before it printed an address: ${this.logged.join('\n')}`);
  }

  /** Starts the server, waits until it has logged `text`, kills it, and gives what it has logged. */
  async serveUntil(text: string): Promise<string> {
    const started = this.serveAsConfigured('--host', '127.0.0.1', '--port', '0').catch(() => undefined);
    while (!this.logged.some(line => line.includes(text)) && this.isServing) await delay(20);
    this.signal('SIGKILL');
    await started;
    await this.ended();
    return this.logged.join('\n');
  }

  /** Whether the server is still there. */
  get isServing(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The exit code of the server, when it has ended. */
  async ended(): Promise<unknown> {
    if (this.isServing) await once(this.#child!, 'close');
    return this.#child?.exitCode;
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async dispose(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
    rmSync(this.folder, { recursive: true });
  }
}

/** A driver of one column, with whatever is said otherwise of it in JavaScript. */
export function driverText(parts: Readonly<Record<string, string>> = {}): string {
  const fields = {
    name: "'mine'",
    title: "'Mine'",
    description: "'A sensor.'",
    needs: '[]',
    options: 'z.strictObject({ value: z.number().default(1) })',
    channels: "() => [{ name: 'depth', units: 'm', longName: 'Depth' }]",
    conversionTime: '() => 0',
    read: 'async () => [value]',
    open: '',
    ...parts,
  };
  const { read, open, ...others } = fields;
  const usual = `async ({ value }, host) => ({
    name: 'mine',
    channels: [{ name: 'depth', units: 'm', longName: 'Depth' }],
    read: ${read},
    close: async () => {},
  })`;
  const lines = Object.entries({ ...others, open: open === '' ? usual : open });
  return `export default ({ z }) => ({\n${lines.map(([key, text]) => `  ${key}: ${text},\n`).join('')}});\n`;
}

/** A dataset with the driver mine.js, and one without a driver. */
export const TWO_DATASETS = `datasets:
  mine: {interval: 0.02, sensors: [{driver: ./mine.js}]}
  other: {interval: 0.02, sensors: [{kind: tmp36-simulated}]}
`;

/** A driver whose readings are this number. */
export const giving = (value: number) => driverText({ read: `async () => [${value}]` });
