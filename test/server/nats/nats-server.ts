// Runs real nats-server processes with JetStream on loopback for tests, alone or as a cluster of three.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../free-port.ts';
import { tools } from '../../tools.ts';

export interface NatsServerOptions {
  /** Further lines of the configuration. */
  readonly config?: string;
  /** The folder of the store; by default a new one. */
  readonly folder?: string;
  /** The same port as before, for a server that comes back. */
  readonly port?: number;
  /** False: a server without JetStream. */
  readonly jetstream?: boolean;
}

export class NatsServer {
  readonly port: number;
  readonly folder: string;
  readonly #jetstream: boolean;
  #config = '';
  #process: ChildProcess | undefined;
  #log = '';

  private constructor(port: number, folder: string, jetstream: boolean) {
    this.port = port;
    this.folder = folder;
    this.#jetstream = jetstream;
  }

  static async start({
    config = '',
    folder,
    port,
    jetstream = true,
  }: NatsServerOptions = {}): Promise<NatsServer> {
    const server = new NatsServer(
      port ?? (await freePort()),
      folder ?? (await mkdtemp(join(tmpdir(), 'nats-'))),
      jetstream,
    );
    await server.start(config);
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts the server with another configuration, or again. Resolves when clients can connect. */
  async start(config = this.#config): Promise<void> {
    this.#config = config;
    await this.configure(config);
    const child = spawn(tools['nats-server']!, ['-c', join(this.folder, 'nats.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    this.#log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr!.on('data', (piece: Buffer) => {
        this.#log += piece.toString();
        if (/Server is ready/.test(this.#log)) resolve();
      });
      child.once('exit', () => reject(new Error(`nats-server has ended: ${this.#log.slice(-2000)}`)));
    });
  }

  async configure(config: string): Promise<void> {
    const store = this.#jetstream ? `jetstream { store_dir: "${this.folder}/store" }` : '';
    const text = `host: 127.0.0.1\nport: ${this.port}\n${store}\n${config}\n`;
    await writeFile(join(this.folder, 'nats.conf'), text);
  }

  /** Takes another configuration while it runs. */
  async reload(config: string): Promise<void> {
    await this.configure(config);
    const before = this.#log.length;
    this.#process!.kill('SIGHUP');
    while (!/Reloaded server configuration/.test(this.#log.slice(before)))
      await once(this.#process!.stderr!, 'data');
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Ends the server: by default cleanly, with `SIGKILL` as a power cut does. */
  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(name);
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Three servers that keep three copies of each message. */
export async function cluster(): Promise<readonly NatsServer[]> {
  const routes = await Promise.all([freePort(), freePort(), freePort()]);
  const others = routes.map(port => `nats-route://127.0.0.1:${port}`).join(', ');
  return Promise.all(
    routes.map((port, index) =>
      NatsServer.start({
        config: `server_name: n${index}\ncluster { name: fleet, listen: "127.0.0.1:${port}", routes: [${others}] }`,
      }),
    ),
  );
}
