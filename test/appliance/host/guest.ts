// How does a test boot a machine, reach it, and pull its plug?

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, connected, type Ran } from './agent.ts';
import { cacheFolder } from './cache.ts';
import { emulator, MACHINES, type MachineName } from './machines.ts';
import { Qmp } from './qmp.ts';

export interface GuestOptions {
  /** Folders of this machine that the guest sees read-only, not the Pi: `{ app: '...' }` is its `/app`. */
  readonly shares?: Readonly<Record<string, string>>;
  /** Files appended to the Pi's file system: an archive as cpio makes it. */
  readonly files?: Uint8Array;
  /** Ports of the guest that this machine can reach. */
  readonly ports?: readonly number[];
  /** A disk made by `makeDisk`, that outlives the guest; without one, the guest's writes go with it. */
  readonly disk?: string;
  /** What the hardware clock says at the start, not that of the Pi, such as `1970-01-01T00:00:00`. */
  readonly clock?: string;
  /** How long it may take to come up, in seconds. */
  readonly patience?: number;
}

/** A script in the guest may take so long unless told otherwise, in seconds. */
const PATIENCE = 60;

export class Guest {
  /** Seconds from the start of QEMU until the guest ran scripts. */
  readonly bootTime: number;
  /** Changes the machine from outside. */
  readonly qmp: Qmp;
  readonly #agent: Agent;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #ports: ReadonlyMap<number, number>;

  private constructor(
    bootTime: number,
    qmp: Qmp,
    agent: Agent,
    started: ChildProcess,
    folder: string,
    ports: ReadonlyMap<number, number>,
  ) {
    this.bootTime = bootTime;
    this.qmp = qmp;
    this.#agent = agent;
    this.#process = started;
    this.#folder = folder;
    this.#ports = ports;
  }

  /** Boots a machine whose images have been made; resolves when it runs scripts. */
  static async boot(name: MachineName, options: GuestOptions = {}): Promise<Guest> {
    const { shares = {}, ports = [8080], patience = 400 } = options;
    const machine = MACHINES[name];
    const cache = cacheFolder();
    const folder = await mkdtemp(join(tmpdir(), `dapberry-${name}-`));
    const began = performance.now();
    const forwards = new Map<number, number>();
    for (const port of ports) forwards.set(port, await freePort());
    let initramfs = join(cache, machine.initramfs);
    if (options.files !== undefined) {
      const appended = join(folder, 'initramfs');
      writeFileSync(appended, Buffer.concat([readFileSync(initramfs), options.files]));
      initramfs = appended;
    }
    const { command, environment, options: files } = emulator(cache, machine);
    const disk = options.disk ?? (machine.hasDisk ? makeDisk(join(folder, 'disk')) : undefined);
    const network = [...forwards].map(([port, here]) => `hostfwd=tcp:127.0.0.1:${here}-:${port}`).join(',');
    const started = spawn(
      // A machine does not outlive the tests, however they end.
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', command, ...files, '-display', 'none', '-no-reboot'],
        ...machine.options({ cache, run: folder, shares, disk, clock: options.clock, network, initramfs }),
        ...[
          '-chardev',
          `socket,id=agent,path=${join(folder, 'agent')},server=on,wait=off,logfile=${join(folder, 'agent.log')}`,
        ],
        ...['-qmp', `unix:${join(folder, 'qmp')},server=on,wait=off`],
      ],
      {
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', openSync(join(folder, 'qemu.log'), 'w')],
      },
    );
    const late = new AbortController();
    started.once('exit', () => late.abort(new Error('QEMU has ended')));
    const timer = setTimeout(() => late.abort(new Error(`not up within ${patience} s`)), patience * 1000);
    const seconds = () => (performance.now() - began) / 1000;
    try {
      const agent = new Agent(await connected(join(folder, 'agent'), late.signal));
      const qmp = new Qmp(await connected(join(folder, 'qmp'), late.signal));
      await Promise.race([agent.ready, aborted(late.signal)]);
      const guest = new Guest(seconds(), qmp, agent, started, folder, forwards);
      return guest;
    } catch (error) {
      started.kill('SIGKILL');
      const said = ['qemu.log', 'console', 'agent.log'].map(file => tail(join(folder, file))).join('');
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`the ${name} guest did not come up after ${seconds().toFixed(0)} s\n${said}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Where a port of the guest is reached from this machine, without a slash at the end. */
  url(port = 8080): string {
    const here = this.#ports.get(port);
    if (here === undefined)
      throw new Error(`expected one of the ports ${[...this.#ports.keys()]}, found ${port}`);
    return `http://127.0.0.1:${here}`;
  }

  /** Runs a shell script as root, `seconds` long at most, after those that were asked for before. */
  try(script: string, seconds = PATIENCE): Promise<Ran> {
    return this.#agent.run(script, seconds);
  }

  /**
   * Runs a shell script as root.
   * @returns what it printed, without white space at the ends
   * @throws with what it printed, where it does not end with 0
   */
  async run(script: string, seconds = PATIENCE): Promise<string> {
    const { code, output } = await this.try(script, seconds);
    if (code !== 0) throw new Error(`in the guest, exit code ${code}: ${script}\n${output}`);
    return output.trim();
  }

  /** The end of the machine, as by a power cut: nothing that it holds in memory is written. */
  async cutPower(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise(resolve => this.#process.once('exit', resolve));
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An empty disk with a file system, of megabytes; the PC guest writes to it what it writes. */
export function makeDisk(path: string, megabytes = 1024): string {
  writeFileSync(path, '');
  truncateSync(path, megabytes * 2 ** 20);
  execFileSync('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=1,lazy_journal_init=1', path]);
  return path;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

function tail(file: string): string {
  return existsSync(file)
    ? readFileSync(file, 'latin1')
        .replace(/[\0\r]/g, '')
        .slice(-4000)
    : '';
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('expected a port'));
      });
    });
  });
}
