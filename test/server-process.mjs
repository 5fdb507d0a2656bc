// Runs the built command as a process of its own, which a program ends or kills and starts again at the same port.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = resolve(import.meta.dirname, '../dist/server/main.js');

/** Lines of the log that are kept. */
const LOG_LINES = 200;

export class ServerProcess {
  #args;
  #options;
  #port = 0;
  #child;
  #log = [];
  /** The exit code or the signal of a process that ended without being asked to. */
  ended;

  /**
   * @param args of `serve`, besides host and port
   * @param options of `spawn`; `nodeOptions` are options of Node itself
   */
  constructor(args, { nodeOptions = [], ...options } = {}) {
    this.#args = [...nodeOptions, COMMAND, 'serve', '--host', '127.0.0.1', ...args];
    this.#options = options;
  }

  get pid() {
    return this.#child.pid;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The last lines that it printed. */
  get log() {
    return this.#log.join('\n');
  }

  /** Resolves when it listens. */
  async start() {
    const args = [...this.#args, '--port', String(this.#port)];
    const child = spawn(process.execPath, args, { ...this.#options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', (code, signal) => {
      process.off('exit', kill);
      if (this.#child === child) this.ended = code ?? signal;
    });
    await new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        createInterface(stream).on('line', line => {
          this.#log.push(line);
          if (this.#log.length > LOG_LINES) this.#log.shift();
          const [, port] = /live page +http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
          if (port === undefined) return;
          this.#port = Number(port);
          resolve();
        });
      child.once('exit', code => reject(new Error(`the server ended with ${code}:\n${this.log}`)));
    });
  }

  /** Ends it as asked, and resolves when it has ended. */
  async end(signal = 'SIGTERM') {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
