// Starts the server of the soak: its folder, its configuration, a history on a small disk, and a clock that can be stepped.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../server-process.mjs';

/** Seconds between the rows of `fast`. A day at a row each ten seconds has as many rows as this makes in three minutes. */
export const FAST = 0.02;

/** A driver whose readings fail, hang and lie in turns. */
const FLAKY = `export default ({ z, sensorKind }) => sensorKind({
  name: 'flaky', title: 'Flaky', description: 'Fails, hangs and lies in turns.', needs: [], options: z.strictObject({}),
  channels: () => [{ name: 'value', units: '1', longName: 'Value' }],
  conversionTime: () => 0.01,
  open: async () => {
    let reading = 0;
    return {
      name: 'flaky',
      channels: [{ name: 'value', units: '1', longName: 'Value' }],
      read: async ({ signal }) => {
        reading += 1;
        if (reading % 7 === 3) throw new Error('expected a reading, found a loose wire');
        if (reading % 50 === 10) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        return [reading % 11 === 5 ? Number.NaN : reading];
      },
      close: async () => undefined,
    };
  },
});
`;

/**
 * @param layout changes the columns of `changing`
 * @param broker the address of a broker that gets all rows; undefined without one
 */
function configuration({ title, layout, folder, broker }) {
  const columns = ['a', 'b', 'c'].slice(0, 1 + (layout % 3));
  const publish =
    broker === undefined
      ? ''
      : `publish: {mqtt: {url: "${broker}", topic: "soak/{dataset}", qos: 1, values: false}}\n`;
  return `history: {path: ${folder}, flush: 1 s}
${publish}datasets:
  fast: {title: ${title}, interval: ${FAST}, sensors: [{kind: waveform, name: wave}, {kind: tmp36-simulated}]}
  slow: {interval: 1 s, sensors: [{kind: host-load}, {kind: host-cpu}]}
  flaky: {interval: 0.1 s, sensors: [{driver: ./flaky.js}]}
  changing:
    interval: 0.1 s
    sensors:
${columns.map(name => `      - {kind: waveform, name: ${name}}`).join('\n')}
`;
}

export class SoakServer {
  #process;
  #folder = mkdtempSync(join(tmpdir(), 'dapberry-soak-'));
  #history = join(this.#folder, 'history');
  #broker;
  #title = 'Fast';
  #layout = 0;
  #offset = 0;
  #isMounted = false;

  /** @param broker the address of a broker that gets all rows; undefined without one */
  constructor(broker) {
    this.#broker = broker;
    mkdirSync(this.#history);
    if (process.getuid() === 0) this.#mount();
    writeFileSync(join(this.#folder, 'flaky.js'), FLAKY);
    this.#write();
    this.stepClock(0);
    const preload = faketime();
    this.#process = new ServerProcess(['--config', join(this.#folder, 'config.yaml')], {
      cwd: this.#folder,
      // Options of Node, to look into the server: --cpu-prof --cpu-prof-dir=FOLDER.
      nodeOptions: process.env.DAPBERRY_NODE_OPTIONS?.split(' '),
      env: {
        ...process.env,
        XDG_STATE_HOME: join(this.#folder, 'state'),
        ...(preload === undefined
          ? {}
          : {
              LD_PRELOAD: preload,
              FAKETIME_TIMESTAMP_FILE: join(this.#folder, 'clock'),
              FAKETIME_CACHE_DURATION: '1',
              FAKETIME_DONT_FAKE_MONOTONIC: '1',
              DONT_FAKE_MONOTONIC: '1',
            }),
      },
    });
  }

  start() {
    return this.#process.start();
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

  canStepClock() {
    return faketime() !== undefined;
  }

  /** Steps the clock of the server. */
  stepClock(seconds) {
    this.#offset += seconds;
    writeFileSync(join(this.#folder, 'clock'), `${this.#offset < 0 ? '-' : '+'}${Math.abs(this.#offset)}\n`);
  }

  reload() {
    this.#title = this.#title === 'Fast' ? 'Still fast' : 'Fast';
    this.#write();
  }

  changeLayout() {
    this.#layout += 1;
    this.#write();
  }

  canFillDisk() {
    return this.#isMounted;
  }

  fillDisk() {
    try {
      writeFileSync(this.#filler(), Buffer.alloc(512 * 1024 ** 2));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
    if (statSync(this.#filler()).size === 0) throw new Error('expected that the disk is full');
  }

  freeDisk() {
    rmSync(this.#filler());
  }

  async metrics() {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Object.fromEntries(
      [...text.matchAll(/^([a-z_]+)(\{[^}]*\})? (\S+)$/gm)].map(([, name, labels = '', value]) => [
        `${name}${labels}`,
        Number(value),
      ]),
    );
  }

  async stop() {
    await this.#process.end();
    if (this.#isMounted) execFileSync('umount', ['-l', this.#history]);
    rmSync(this.#folder, { recursive: true });
    return this.#process.log;
  }

  #filler() {
    return join(this.#history, 'filler');
  }

  #mount() {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', this.#history]);
      this.#isMounted = true;
    } catch {
      // A container without the right to mount.
    }
  }

  #write() {
    const text = configuration({
      title: this.#title,
      layout: this.#layout,
      folder: this.#history,
      broker: this.#broker,
    });
    writeFileSync(join(this.#folder, 'config.yaml'), text);
  }
}

/** The library that changes the clock of a process; undefined where it is not installed. */
function faketime() {
  try {
    const preload = execFileSync('faketime', ['-f', '+0', 'sh', '-c', 'echo $LD_PRELOAD']).toString().trim();
    return preload === '' ? undefined : preload;
  } catch {
    return undefined;
  }
}
