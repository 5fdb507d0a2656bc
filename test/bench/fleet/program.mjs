// A program of the bench: starts, answers questions, tells its memory and processor time, and is killed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { MANY_FILES, ROOT, sleep } from '../processes.mjs';

/** Kernel ticks in a second. */
const TICKS = 100;

export async function freePort(host = '127.0.0.1') {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

export class Program {
  name;
  #command;
  #args;
  #ready;
  #child;
  #answers;
  /** What it has printed since its start. */
  text = '';

  /** @param ready what it prints when it is ready, or a function that tells whether it is */
  constructor({ name, command, args, ready }) {
    this.name = name;
    this.#command = command;
    this.#args = args;
    this.#ready = ready;
  }

  async start() {
    const args = ['-c', MANY_FILES, 'sh', this.#command, ...this.#args];
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
    const child = spawn('sh', args, { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    this.#answers = undefined;
    child.stdin.on('error', () => {});
    this.text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', data => {
        this.text = `${this.text}${data}`.slice(-20_000);
      });
    while (!(await this.#isReady())) {
      if (!this.isRunning) throw new Error(`${this.name} has ended: ${this.text}`);
      await sleep(0.02);
    }
    return this;
  }

  /** Asks one question at a time. */
  async ask(question, details = {}) {
    this.#answers ??= createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stdin.write(`${JSON.stringify({ question, ...details })}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.name} has ended: ${this.text.slice(-2000)}`);
    return JSON.parse(value);
  }

  async #isReady() {
    return typeof this.#ready === 'function' ? this.#ready() : this.#ready.test(this.text);
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its memory in bytes and its processor time in seconds. */
  get usage() {
    if (!this.isRunning) return { resident: 0, processor: 0 };
    const { pid } = this.#child;
    const resident =
      Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return { resident, processor: (Number(fields[11]) + Number(fields[12])) / TICKS };
  }

  async kill() {
    if (!this.isRunning) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
