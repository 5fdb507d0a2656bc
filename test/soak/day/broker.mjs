// A mosquitto that is restarted now and then, and a subscriber that accounts for every row that was published to it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { timesOf } from './honest-reader.mjs';

/** How long rows may take to arrive after the last restart, in milliseconds. */
const PATIENCE = 60_000;

function findMosquitto() {
  return [...process.env.PATH.split(delimiter), '/usr/sbin']
    .map(path => join(path, 'mosquitto'))
    .find(path => existsSync(path));
}

/** A port that nothing listens at. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class SoakBroker {
  #folder = mkdtempSync(join(tmpdir(), 'dapberry-broker-'));
  #port;
  #process;
  #client;
  /** The times of the rows that came, by dataset. */
  #times = new Map();

  /** Undefined where mosquitto is not installed. */
  static async start() {
    if (findMosquitto() === undefined) return undefined;
    const broker = new SoakBroker();
    broker.#port = await freePort();
    mkdirSync(join(broker.#folder, 'data'));
    // What it has acknowledged it keeps over a restart, and for a subscriber that is away.
    const lines = [
      `listener ${broker.#port} 127.0.0.1`,
      `user ${userInfo().username}`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${broker.#folder}/data/`,
      'max_queued_messages 0',
    ];
    writeFileSync(join(broker.#folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    await broker.#begin();
    await broker.#subscribe();
    return broker;
  }

  get url() {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Ends it, is away for `seconds`, and starts it again with what it has stored. */
  async restart(seconds) {
    await this.#end();
    await pause(seconds * 1000);
    await this.#begin();
  }

  /**
   * Waits for the rows that the server has now. Returns how many rows of a dataset came, and what is wrong, undefined if nothing is.
   * @param url of the server
   */
  async verdict(url, dataset) {
    const latest = await fetch(`${url}/${dataset}/latest.json`);
    const { epoch: newest } = await latest.json();
    const deadline = performance.now() + PATIENCE;
    const came = () => this.#times.get(dataset) ?? [];
    while (!(came().at(-1) >= newest) && performance.now() < deadline) await pause(100);
    const times = new Set(came().filter(time => time <= newest));
    const first = Math.min(...came().slice(0, 1));
    const stored = await timesOf(`${url}/${dataset}`, `&time>=${first}&time<=${newest}`);
    const missing = stored.filter(time => !times.has(time));
    const strange = times.size - (stored.length - missing.length);
    return {
      rows: times.size,
      twice: came().length - new Set(came()).size,
      wrong:
        missing.length + strange > 0 || stored.length === 0
          ? `${dataset} at the broker: expected the ${stored.length} rows that the server has, found ${missing.length} missing, the first at ${missing[0]}, and ${strange} others`
          : undefined,
    };
  }

  async stop() {
    this.#client.end(true);
    await this.#end();
    rmSync(this.#folder, { recursive: true });
  }

  async #begin() {
    const child = spawn(findMosquitto(), ['-c', join(this.#folder, 'mosquitto.conf')], { stdio: 'ignore' });
    this.#process = child;
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    while (!(await answers(this.#port))) {
      if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
      await pause(25);
    }
  }

  async #end() {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exited;
  }

  async #subscribe() {
    this.#client = await connectAsync(this.url, { clientId: 'soak', clean: false, reconnectPeriod: 500 });
    this.#client.on('error', () => undefined);
    this.#client.on('message', (topic, payload) => {
      const [, dataset, status] = topic.split('/');
      if (status !== undefined) return;
      const { time } = JSON.parse(payload);
      const times = this.#times.get(dataset);
      if (times === undefined) this.#times.set(dataset, [time]);
      else times.push(time);
    });
    await this.#client.subscribeAsync('soak/#', { qos: 1 });
  }
}

function answers(port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
