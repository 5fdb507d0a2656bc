// Boots a guest for a test, runs scripts in it, forwards its ports, and cuts its power.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, connected, type ScriptResult } from './agent.ts';
import { cacheFolder } from './cache.ts';
import { emulator, MACHINES, type MachineName } from './machines.ts';
import { Qmp } from './qmp.ts';

export interface GuestOptions {
  /** Folders of this machine that the guest mounts read-only: `{ app: '...' }` is its `/app`. The Pi mounts none. */
  readonly shares?: Readonly<Record<string, string>>;
  /** A cpio archive with files to append to the file system of the Pi. */
  readonly files?: Uint8Array;
  /** Ports of the guest that this machine can reach. */
  readonly ports?: readonly number[];
  /** A disk made by `makeDisk`, which survives the guest; without one, the writes of the guest are lost. */
  readonly disk?: string;
  /** The time of the hardware clock at the start, such as `1970-01-01T00:00:00`; the Pi has no such clock. */
  readonly clock?: string;
  /** The timeout of the boot in seconds. */
  readonly patience?: number;
}

/** An assertion of QEMU 7.2 that now and then fails in its own code while a guest boots on a busy machine; the next attempt succeeds. */
const FAULT_OF_QEMU = /iotlb_to_section: Assertion/;
const ATTEMPTS = 3;

/** The default timeout of a script in the guest, in seconds. */
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
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await Guest.#bootOnce(name, options);
      } catch (error) {
        if (attempt === ATTEMPTS || !FAULT_OF_QEMU.test(String(error))) throw error;
      }
    }
  }

  static async #bootOnce(name: MachineName, options: GuestOptions): Promise<Guest> {
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
      // Kills the machine when the tests end, in whatever way.
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
    const timer = setTimeout(
      () => late.abort(new Error(`the guest did not boot within ${patience} s`)),
      patience * 1000,
    );
    const seconds = () => (performance.now() - began) / 1000;
    try {
      const agent = new Agent(await connected(join(folder, 'agent'), late.signal));
      const qmp = new Qmp(await connected(join(folder, 'qmp'), late.signal));
      await Promise.race([agent.ready, aborted(late.signal)]);
      const guest = new Guest(seconds(), qmp, agent, started, folder, forwards);
      return guest;
    } catch (error) {
      started.kill('SIGKILL');
      const logs = ['qemu.log', 'console', 'agent.log'].map(file => tail(join(folder, file))).join('');
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`the ${name} guest did not boot within ${seconds().toFixed(0)} s\n${logs}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The URL of a port of the guest on this machine, without a slash at the end. */
  url(port = 8080): string {
    const here = this.#ports.get(port);
    if (here === undefined)
      throw new Error(`expected one of the ports ${[...this.#ports.keys()]}, found ${port}`);
    return `http://127.0.0.1:${here}`;
  }

  /** Runs a shell script as root, after earlier scripts have ended, for at most `seconds`. */
  try(script: string, seconds = PATIENCE): Promise<ScriptResult> {
    return this.#agent.run(script, seconds);
  }

  /**
   * Runs a shell script as root.
   * @returns its output, without white space at the ends
   * @throws an error with its output if it does not exit with 0
   */
  async run(script: string, seconds = PATIENCE): Promise<string> {
    const { code, output } = await this.try(script, seconds);
    if (code !== 0) throw new Error(`in the guest, exit code ${code}: ${script}\n${output}`);
    return output.trim();
  }

  /** Restarts the machine as `sudo reboot` does. QEMU ends in place of the new boot, for which the disk may be used again. */
  async shutDown(seconds = 180): Promise<void> {
    const ended = new Promise<boolean>(resolve => {
      const timer = setTimeout(() => resolve(false), seconds * 1000);
      const end = () => {
        clearTimeout(timer);
        resolve(true);
      };
      if (this.#process.exitCode === null) this.#process.once('exit', end);
      else end();
    });
    // The machine may be down before it has told the result.
    await this.run('systemctl --no-block reboot').catch(() => undefined);
    if (!(await ended)) throw new Error(`expected the machine to shut down within ${seconds} s`);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends the machine as a power cut does: it writes nothing that it holds in memory. */
  async cutPower(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise(resolve => this.#process.once('exit', resolve));
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Makes an empty disk with a file system, which the PC guest writes to. */
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
