// Runs mosquitto for tests: on a free port of the loopback address, with a folder of its own, and kills and restarts it.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { freePort } from './free-port.ts';
import { tools } from './tools.ts';

/** A message as a client got it. */
export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export class Mosquitto {
  readonly port: number;
  /** For its data, and for files of the test. */
  readonly folder: string;
  #process: ChildProcess | undefined;
  #lines: readonly string[] = [];
  readonly #clients: MqttClient[] = [];
  log = '';

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /** @param lines of its configuration, besides those of the listener; by default everyone may connect */
  static async start(lines: readonly string[] = ['allow_anonymous true']): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), mkdtempSync(join(tmpdir(), 'dapberry-mosquitto-')));
    mkdirSync(join(broker.folder, 'data'));
    await broker.begin(lines);
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts again, with another configuration if lines are given. `FOLDER` stands for its folder, `PORT` for its port. */
  async begin(lines: readonly string[] = this.#lines): Promise<void> {
    this.#lines = lines;
    this.#write(lines);
    const child = spawn(tools.mosquitto!, ['-c', join(this.folder, 'mosquitto.conf'), '-v']);
    this.#process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        this.log += data;
      });
    for (let attempt = 0; !(await answers(this.port)); attempt += 1) {
      if (child.exitCode !== null || attempt > 400) throw new Error(`mosquitto does not start: ${this.log}`);
      await delay(25);
    }
  }

  /** Reads another configuration, as SIGHUP asks for. */
  reload(lines: readonly string[]): void {
    this.#write(lines);
    this.#process?.kill('SIGHUP');
  }

  /** Has the process stop and go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'close');
  }

  /** Adds a user to the file `users`. */
  addUser(name: string, password: string): void {
    const file = join(this.folder, 'users');
    execFileSync(tools.mosquitto_passwd!, ['-b', '-c', file, name, password]);
  }

  /** A client of the broker. The broker may send it messages as soon as it is connected. */
  async client(
    options: object = {},
    onMessage: (topic: string, payload: string, retain: boolean) => void = () => {},
  ): Promise<MqttClient> {
    const { connect: connectClient } = await import('mqtt');
    const client = connectClient(this.url, { reconnectPeriod: 0, ...options });
    this.#clients.push(client);
    client.on('message', (topic, payload, { retain }) => onMessage(topic, payload.toString(), retain));
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    client.on('error', () => undefined);
    return client;
  }

  /** The messages of these topics from now on, and the retained ones. */
  async listen(filter = '#', options: object = {}): Promise<Received[]> {
    const received: Received[] = [];
    const client = await this.client(options, (topic, payload, retain) =>
      received.push({ topic, payload, retain }),
    );
    await client.subscribeAsync(filter, { qos: 1 });
    return received;
  }

  async publish(topic: string, payload: string, retain = false): Promise<void> {
    const client = await this.client();
    await client.publishAsync(topic, payload, { qos: 1, retain });
    await client.endAsync();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(lines: readonly string[]): void {
    const own = lines.some(line => line.startsWith('listener ')) ? [] : [`listener ${this.port} 127.0.0.1`];
    const text = [`user ${userInfo().username}`, ...own, ...lines]
      .join('\n')
      .replaceAll('FOLDER', this.folder)
      .replaceAll('PORT', String(this.port));
    writeFileSync(join(this.folder, 'mosquitto.conf'), `${text}\n`);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
