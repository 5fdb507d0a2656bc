// Runs servers and the reader for a bench, each in a process of its own, and measures their memory and CPU time.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname ?? '.', '../..');
const CACHE = join(ROOT, 'test', '.cache');
const READER = join(CACHE, 'bench-reader');

/** Raises the limit of open files to the hard limit. */
export const MANY_FILES = 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"';

export function compileReader() {
  mkdirSync(CACHE, { recursive: true });
  const flags = ['-O2', '-Wall', '-Wextra', '-D_GNU_SOURCE'];
  const { status, stderr } = spawnSync('cc', [
    ...flags,
    '-o',
    READER,
    join(ROOT, 'test/bench/reader/reader.c'),
  ]);
  if (status !== 0) throw new Error(`the reader did not compile:\n${stderr}`);
}

/** The number of files that one process may open. */
export function mostFiles() {
  return (
    Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout) || Number.POSITIVE_INFINITY
  );
}

/** A server that prints its port in its first line; `port` finds it there. */
export class Server {
  #child;
  port;

  static async start(args, port = Number, program = process.execPath) {
    const child = spawn('sh', ['-c', MANY_FILES, 'sh', program, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const server = new Server();
    server.#child = child;
    server.port = port(await output(child));
    return server;
  }

  static dapberry(...datasets) {
    const limits = { maxStreams: 100_000, maxStreamsPerAddress: 100_000 };
    return Server.start([
      join(ROOT, 'test/bench/servers/dapberry.mjs'),
      JSON.stringify({ datasets, limits }),
    ]);
  }

  static ceiling() {
    return Server.start([join(ROOT, 'test/bench/servers/ceiling.mjs')]);
  }

  get pid() {
    return this.#child.pid;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resident memory in bytes. */
  get resident() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
  }

  /** Processor time so far in seconds, in steps of 10 ms. */
  get processorTime() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Runs the reader against this server; see reader/reader.c. */
  async read(path, { clients = 1, warmUp = 0.3, seconds = 1, stride } = {}) {
    const args = [path, clients, warmUp, seconds, this.pid, ...(stride === undefined ? [] : [stride])];
    const mode = stride === undefined ? 'stream' : 'rows';
    const child = spawn('sh', ['-c', MANY_FILES, 'sh', READER, mode, this.port, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(await output(child));
  }

  async stop() {
    const ended = new Promise(done => {
      this.#child.once('exit', done);
    });
    this.#child.kill();
    await ended;
  }
}

/** The first lines that a child prints. */
function output(child) {
  return new Promise((resolve, reject) => {
    child.stdout.once('data', data => resolve(String(data)));
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`${child.spawnargs.slice(3).join(' ')} ended with ${code}`)));
  });
}

/** Runs a script of `scripts/` and parses the JSON that it prints. */
export async function runScript(name, ...args) {
  const child = spawn(process.execPath, [join(ROOT, 'test/bench/scripts', name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await output(child));
}

export function sleep(seconds) {
  return new Promise(done => setTimeout(done, seconds * 1000));
}
