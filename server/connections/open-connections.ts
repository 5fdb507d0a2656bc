// The open connections: counted before a request is read, refused past the limits, closed where a client takes nothing.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ClientCounts } from '../network/client-counts.ts';
import { clientNetwork, ipOf } from '../network/ip-address.ts';
import { StuckClient } from '../network/stuck-client.ts';
import { UnsentBytes } from '../network/unsent.ts';
import { RequestError } from '../request-error.ts';
import type { KnownLimits } from './connection-limits.ts';
import { type RequestHandler, RequestQueue } from './request-queue.ts';
import { RequestTurns } from './request-turns.ts';

/** How often clients that take nothing are looked for, in milliseconds. */
const SWEEP = 1000;

/** What a client that was refused is asked to wait, in seconds. */
const RETRY_AFTER = 10;

/** Those that come in a storm hear nothing: each that is answered takes a file and time from rows. */
const MOST_REFUSED_AT_ONCE = 32;

/** Why the server closed a connection, or did not take it. */
export type ConnectionEnd = 'refused' | 'displaced' | 'flooded' | 'stuck';

export interface ConnectionsOptions {
  /** Called whenever a limit is needed: it may be another one by then. */
  readonly limits: () => KnownLimits;
  /** Whether a peer is a proxy, whose connections are those of many clients. */
  readonly isProxy: (address: string | undefined) => boolean;
  /** Whether a response is a stream, whose client is looked after elsewhere. */
  readonly isStream: (response: ServerResponse) => boolean;
  /** Answers on a connection before a request has come. */
  readonly refuse: (socket: Socket, error: RequestError) => void;
  readonly onEnd?: (end: ConnectionEnd, address: string) => void;
}

interface ClientConnection {
  readonly socket: Socket;
  /** For messages. */
  readonly address: string;
  /** As whom the limit counts it; undefined for a proxy. */
  readonly client: string | undefined;
  readonly queue: RequestQueue;
  /** Undefined until it looks stuck. */
  stuck: StuckClient | undefined;
  /** Bytes that waited in the process when it was looked at last, and since when they are as many. */
  unsent: number;
  stuckSince: number;
}

export class OpenConnections {
  /** How many were closed by the server since its start, for each reason. */
  readonly ended: Record<ConnectionEnd, number> = { refused: 0, displaced: 0, flooded: 0, stuck: 0 };
  /** Connections taken since the start. */
  accepted = 0;
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, ClientConnection>();
  readonly #perClient = new ClientCounts();
  /** Those without a request, the one that has been so for longest first. */
  readonly #idle = new Set<ClientConnection>();
  /** Connections that are being told that they are refused. */
  #refusing = 0;
  readonly #turns = new RequestTurns();
  #sweeping: ReturnType<typeof setInterval> | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  get limit(): number {
    return this.#options.limits().maxConnections;
  }

  /**
   * Counts a new connection. Past a limit the connection that has been without a request for longest makes room: another of the
   * same address, or any where there are too many in all. Where each is in use, the new one is answered 503.
   */
  accept(socket: Socket): void {
    const { remoteAddress } = socket;
    const ip = ipOf(remoteAddress);
    const address = ip ?? 'a local socket';
    const client = this.#options.isProxy(remoteAddress) ? undefined : clientNetwork(ip ?? '');
    const refusal = this.#makeRoom(client);
    if (refusal !== undefined) {
      this.#tell('refused', address);
      if (this.#refusing >= MOST_REFUSED_AT_ONCE) {
        socket.destroy();
        return;
      }
      this.#refusing += 1;
      socket.once('finish', () => socket.destroy());
      socket.once('close', () => {
        this.#refusing -= 1;
      });
      const error = new RequestError(503, refusal, { 'Retry-After': String(RETRY_AFTER) });
      this.#options.refuse(socket, error);
      return;
    }
    const queue = new RequestQueue(
      socket,
      () => this.#idle.add(connection),
      answer => this.inTurn(socket, answer),
    );
    const connection: ClientConnection = {
      ...{ socket, address, client, queue },
      stuck: undefined,
      unsent: 0,
      stuckSince: 0,
    };
    this.accepted += 1;
    this.#open.set(socket, connection);
    this.#idle.add(connection);
    if (client !== undefined) this.#perClient.add(client);
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP).unref();
    socket.once('close', () => this.#forget(connection));
  }

  /** Has the request answered when those before it in its connection are, unless there are too many of them. */
  answer(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
    const connection = this.#open.get(request.socket);
    // One that was refused, and asks before it has heard.
    if (connection === undefined) return;
    this.#idle.delete(connection);
    if (request.socket.destroyed) return;
    const { maxUnansweredRequests } = this.#options.limits();
    if (connection.queue.add(request, response, handle, maxUnansweredRequests)) return;
    this.#tell('flooded', connection.address);
  }

  /** Calls `answer` when it is the turn of the connection's client; not at all where the connection is none that was taken. */
  inTurn(socket: Socket, answer: () => void): void {
    const connection = this.#open.get(socket);
    // The connections of a proxy are those of many clients.
    if (connection !== undefined) this.#turns.add(connection.client ?? connection, answer);
  }

  /** Whether a request of the connection has not been answered yet. */
  isAnswering(socket: Socket): boolean {
    return this.#open.get(socket)?.queue.answering !== undefined;
  }

  /** The sentence for the client where there is no room. */
  #makeRoom(client: string | undefined): string | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits();
    if (client !== undefined && this.#perClient.of(client) >= maxConnectionsPerAddress) {
      if (!this.#displace(client))
        return `${maxConnectionsPerAddress} connections of your address are open, and that is the limit; try again later`;
    }
    if (this.#open.size < maxConnections || this.#displace()) return undefined;
    return `${maxConnections} connections in all are open, and that is the limit; try again later`;
  }

  /** Closes the connection that has been without a request for longest; false where there is none. */
  #displace(client?: string): boolean {
    for (const connection of this.#idle) {
      if (client !== undefined && connection.client !== client) continue;
      this.#tell('displaced', connection.address);
      this.#forget(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }

  #forget(connection: ClientConnection): void {
    const { socket, client, queue } = connection;
    if (!this.#open.delete(socket)) return;
    queue.clear();
    this.#idle.delete(connection);
    if (client !== undefined) this.#perClient.remove(client);
    if (this.#open.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }

  /** Closes connections whose client has taken nothing of its answers for too long. */
  #sweep(): void {
    const now = performance.now();
    const mostMs = this.#options.limits().readerTimeout * 1000;
    const kernel = UnsentBytes.onDemand();
    for (const connection of this.#open.values()) {
      const { socket, queue, address } = connection;
      const { writableLength } = socket;
      const isStream = queue.answering !== undefined && this.#options.isStream(queue.answering);
      if (writableLength === 0 || writableLength !== connection.unsent || isStream) {
        connection.unsent = writableLength;
        connection.stuckSince = now;
        connection.stuck = undefined;
        continue;
      }
      connection.stuck ??= new StuckClient();
      const verdict = connection.stuck.verdict(socket, now - connection.stuckSince, mostMs, kernel);
      if (verdict === 'reading') connection.stuckSince = now;
      if (verdict !== 'stuck') continue;
      this.#tell('stuck', address);
      socket.destroy();
    }
  }

  #tell(end: ConnectionEnd, address: string): void {
    this.ended[end] += 1;
    this.#options.onEnd?.(end, address);
  }
}
