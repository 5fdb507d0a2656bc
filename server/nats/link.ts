// Keeps one connection to the servers of NATS: connects, connects again after a failure, and tells its state.

import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../../device/index.ts';
import { GrowingPause, unlessAborted } from '../publish/patience.ts';
import { PAUSES } from './attempts.ts';
import { authenticatorFrom } from './credentials-file.ts';
import { FleetFault, faultOf } from './fleet-fault.ts';
import type { NatsOptions } from './nats-options.ts';

export interface LinkState {
  readonly isConnected: boolean;
  /** Since when, in seconds since 1970. */
  readonly since: number;
  /** The server, while connected. */
  readonly server?: string;
  /** Why it is not connected. */
  readonly fault?: FleetFault;
}

/** Milliseconds within which a server has to answer. */
const TIMEOUT = 5000;

/** Milliseconds between pings: a network that swallows packets is noticed after two of them. */
const PING = 15_000;

const NO_TLS =
  'expected TLS, found a server that does not speak it: enable it there, or write nats:// and no ca if the network is yours';

export class NatsLink {
  readonly #options: NatsOptions;
  readonly #name: string;
  readonly #ending = new AbortController();
  #state: LinkState;
  #connection: NatsConnection | undefined;
  #waiting = new Set<(connection: NatsConnection) => void>();
  #impatient = new Set<(fault: FleetFault) => void>();
  readonly #running: Promise<void>;

  /** @param name the name of this client in the servers' lists */
  constructor(options: NatsOptions, name: string) {
    this.#options = options;
    this.#name = name;
    this.#state = { isConnected: false, since: Date.now() / 1000 };
    this.#running = this.#run();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The connection, or a rejection with the fault of the next attempt that fails. */
  async attempt(signal: AbortSignal): Promise<NatsConnection> {
    const failed = new AbortController();
    const fail = (fault: FleetFault) => failed.abort(fault);
    this.#impatient.add(fail);
    try {
      return await this.connection(AbortSignal.any([signal, failed.signal]));
    } catch (error) {
      throw failed.signal.aborted ? failed.signal.reason : error;
    } finally {
      this.#impatient.delete(fail);
    }
  }

  /** As `connection`; calls `onFault` if the next attempt fails, and waits on. */
  async connected(signal: AbortSignal, onFault: (fault: FleetFault) => void): Promise<NatsConnection> {
    try {
      return await this.attempt(signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof FleetFault)) throw error;
      onFault(error);
      return await this.connection(signal);
    }
  }

  /** The connection, as soon as there is one. Rejects when `signal` aborts and when the link is closed. */
  connection(signal: AbortSignal): Promise<NatsConnection> {
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) return Promise.resolve(connection);
    const either = AbortSignal.any([signal, this.#ending.signal]);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(take);
        reject(new Error('the connection is closed'));
      };
      const take = (found: NatsConnection) => {
        either.removeEventListener('abort', abort);
        resolve(found);
      };
      if (either.aborted) return abort();
      either.addEventListener('abort', abort, { once: true });
      this.#waiting.add(take);
    });
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#connection?.close().catch(() => undefined);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    const pause = new GrowingPause(PAUSES);
    while (!signal.aborted) {
      let fault: FleetFault;
      try {
        // No end waits for a server that does not answer.
        const connection = await unlessAborted(this.#connect(), signal);
        const connectedAt = performance.now();
        this.#take(connection);
        fault = await this.#untilClosed(connection);
        // A server that accepts and closes at once gets the longer pauses too.
        if (performance.now() - connectedAt > PAUSES.longest) pause.reset();
      } catch (error) {
        fault = this.#faultOf(error);
      }
      this.#connection = undefined;
      const since = this.#state.isConnected ? Date.now() / 1000 : this.#state.since;
      this.#state = { isConnected: false, since, fault };
      for (const fail of this.#impatient) fail(fault);
      await pause.wait(signal);
    }
  }

  async #connect(): Promise<NatsConnection> {
    const { servers, credentials, ca } = this.#options;
    // Without options, the library speaks TLS only where the server asks for it, in a line that anybody on the way can change.
    const isTls = ca !== undefined || servers.some(server => server.startsWith('tls:'));
    const { connect } = await import('@nats-io/transport-node');
    const authenticator = credentials === undefined ? undefined : await authenticatorFrom(credentials);
    const connection = await connect({
      servers: [...servers],
      name: this.#name,
      timeout: TIMEOUT,
      pingInterval: PING,
      // The loop here connects again: its pauses grow, it reads the credentials anew, and it keeps the reason.
      reconnect: false,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
      ...(authenticator === undefined ? {} : { authenticator }),
      ...(isTls ? { tls: ca === undefined ? {} : { caFile: ca } } : {}),
    });
    if (this.#ending.signal.aborted) await connection.close();
    return connection;
  }

  #take(connection: NatsConnection): void {
    this.#connection = connection;
    const server = connection.getServer();
    this.#state = { isConnected: true, since: Date.now() / 1000, server };
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const take of waiting) take(connection);
  }

  async #untilClosed(connection: NatsConnection): Promise<FleetFault> {
    let last: unknown;
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') last = status.error;
    })().catch(() => undefined);
    const error = await connection.closed();
    return this.#faultOf(last ?? error ?? new Error('the server closed the connection'));
  }

  #faultOf(error: unknown): FleetFault {
    const { servers, credentials = 'none' } = this.#options;
    const fault = faultOf(error, this.#options.stream);
    if (fault.kind !== 'credentials') {
      const reason = messageOf(error) || 'no answer';
      const text = /does not support 'tls'/.test(reason) ? NO_TLS : reason;
      return new FleetFault('unreachable', `${servers.join(', ')}: ${text}`, error);
    }
    if (error instanceof FleetFault) return error;
    const place =
      credentials === 'none' ? 'and no credentials are configured' : `with the credentials in ${credentials}`;
    return new FleetFault(
      'credentials',
      `${servers.join(', ')} refuses this machine ${place}: ${messageOf(error)}`,
      error,
    );
  }
}
