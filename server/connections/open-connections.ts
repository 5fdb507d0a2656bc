// Counts open connections, refuses new ones past the limits or of barred peers, and closes those whose client reads nothing.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ClientCounts } from '../network/client-counts.ts';
import { clientNetwork, ipOf } from '../network/ip-address.ts';
import { StuckClient } from '../network/stuck-client.ts';
import { UnsentBytes } from '../network/unsent.ts';
import { RequestError } from '../request-error.ts';
import type { ConnectionEnd, ConnectionsOptions } from './connections-options.ts';
import { LastAnswers } from './last-answers.ts';
import { type RequestHandler, RequestQueue } from './request-queue.ts';
import { RequestTurns } from './request-turns.ts';

/** How often to look for clients that read nothing. */
const SWEEP_MS = 1000;

/** Milliseconds after which a new connection is not expected to send its first request at once. */
const FIRST_REQUEST_MS = 1000;

/** The seconds that a refused client is asked to wait. */
const RETRY_AFTER = 10;

/** Further refused connections get no response, because each response needs a file and time. */
const MOST_REFUSED_AT_ONCE = 32;

interface OpenConnection {
  /** That of TLS as soon as its handshake is complete. */
  socket: Socket;
  readonly isSecure: boolean;
  /** The client's address, for messages. */
  readonly address: string;
  /** The client's network, by which the limit counts; undefined for a proxy. */
  readonly client: string | undefined;
  /** When it was accepted, by `performance.now()`. */
  readonly since: number;
  queue: RequestQueue;
  /** Undefined until it looks stuck. */
  stuck: StuckClient | undefined;
  /** Bytes that waited in the process at the last look, and since when their number is unchanged. */
  unsent: number;
  stuckSince: number;
}

export class OpenConnections {
  /** Connections closed or refused by the server since its start, by reason. */
  readonly ended: Record<ConnectionEnd, number> = {
    refused: 0,
    barred: 0,
    displaced: 0,
    flooded: 0,
    stuck: 0,
    handshake: 0,
  };
  /** Connections accepted since the start. */
  accepted = 0;
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, OpenConnection>();
  readonly #perClient = new ClientCounts();
  /** Connections without a request, the longest idle first. */
  readonly #idle = new Set<OpenConnection>();
  /** Connections to which a refusal is being sent. */
  #refusing = 0;
  readonly #turns = new RequestTurns();
  #sweeping: ReturnType<typeof setInterval> | undefined;
  #isClosing = false;
  /** Undefined until the server ends. */
  #lastAnswers: LastAnswers<OpenConnection> | undefined;

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
   * Counts a new connection, or closes it if its peer may not connect. Past a limit, the connection that has been idle for longest is closed: one of the same address, or
   * any for the limit on all. If none is idle, the new connection gets a 503. A connection whose handshake of TLS is not complete
   * is idle.
   * @param isSecure a connection with TLS, whose handshake follows
   * @returns whether the connection stays open
   */
  accept(socket: Socket, isSecure = false): boolean {
    this.#turns.connected();
    this.#options.onConnection?.();
    const { remoteAddress } = socket;
    const ip = ipOf(remoteAddress);
    const address = ip ?? 'a local socket';
    if (this.#options.isBarred?.(remoteAddress) === true) {
      this.#countEnd('barred', address);
      socket.destroy();
      return false;
    }
    if (isSecure && this.#isClosing) {
      socket.destroy();
      return false;
    }
    const client = this.#options.isProxy(remoteAddress) ? undefined : clientNetwork(ip ?? '');
    const refusal = this.#makeRoom(client);
    if (refusal !== undefined) {
      this.#countEnd('refused', address);
      // A handshake costs more time than the refusal would be worth.
      if (isSecure || this.#refusing >= MOST_REFUSED_AT_ONCE) {
        socket.destroy();
        return false;
      }
      this.#refusing += 1;
      socket.once('finish', () => socket.destroy());
      socket.once('close', () => {
        this.#refusing -= 1;
      });
      const error = new RequestError(503, refusal, { 'Retry-After': String(RETRY_AFTER) });
      this.#options.refuse(socket, error);
      return true;
    }
    const connection: OpenConnection = {
      ...{ socket, isSecure, address, client },
      since: performance.now(),
      queue: this.#queueOf(socket),
      stuck: undefined,
      unsent: 0,
      stuckSince: 0,
    };
    this.accepted += 1;
    this.#open.set(socket, connection);
    this.#idle.add(connection);
    if (client !== undefined) this.#perClient.add(client);
    this.#sweeping ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    socket.on('close', () => this.#forget(connection));
    return true;
  }

  /** Continues the count of a connection at the socket of TLS, which replaces `socket` when the handshake is complete. */
  secure(socket: Socket, secured: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) {
      secured.destroy();
      return;
    }
    this.#open.delete(socket);
    connection.socket = secured;
    connection.queue = this.#queueOf(secured);
    this.#open.set(secured, connection);
    secured.on('close', () => this.#forget(connection));
  }

  /** Counts a handshake of TLS that failed or took too long, unless the server closed the connection itself. */
  countUnsecured(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection !== undefined) this.#countEnd('handshake', connection.address);
  }

  /** Counts a request that was refused because its client may not connect, behind a proxy whose connection stays. */
  countBarred(address: string): void {
    this.#countEnd('barred', address);
  }

  /** Closes the connections whose handshake is not complete, which Node's server does not know, and those that come later. */
  closeUnsecured(): void {
    this.#isClosing = true;
    for (const { socket, isSecure } of this.#open.values())
      if (isSecure && !('encrypted' in socket)) socket.destroy();
  }

  /**
   * Waits until the requests that have come are answered, and those of new connections, for at most `most` milliseconds. Streams end
   * by themselves.
   */
  async allAnswered(most: number): Promise<void> {
    const newest = performance.now() - FIRST_REQUEST_MS;
    const isDue = ({ queue: { answering }, since }: OpenConnection) =>
      answering === undefined ? since > newest : !this.#options.isStream(answering);
    this.#lastAnswers = new LastAnswers([...this.#open.values()].filter(isDue));
    await this.#lastAnswers.all(most);
  }

  /** Answers the request after those before it in its connection; closes the connection for too many of them. */
  answer(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): void {
    const connection = this.#open.get(request.socket);
    // A refused client that sends a request before it has read the refusal.
    if (connection === undefined) return;
    this.#idle.delete(connection);
    if (request.socket.destroyed) return;
    const { maxUnansweredRequests } = this.#options.limits();
    if (connection.queue.add(request, response, handle, maxUnansweredRequests)) return;
    this.#countEnd('flooded', connection.address);
  }

  /** Calls `answer` in the turn of the connection's client; never for a refused connection. */
  inTurn(socket: Socket, answer: () => void): void {
    const connection = this.#open.get(socket);
    // A proxy's connections serve many clients.
    if (connection !== undefined) this.#turns.add(connection.client ?? connection, answer);
  }

  /** Whether a request of the connection is being answered. */
  isAnswering(socket: Socket): boolean {
    return this.#open.get(socket)?.queue.answering !== undefined;
  }

  #queueOf(socket: Socket): RequestQueue {
    return new RequestQueue(
      socket,
      () => {
        const connection = this.#open.get(socket);
        if (connection === undefined) return;
        this.#idle.add(connection);
        this.#lastAnswers?.answered(connection);
      },
      answer => this.inTurn(socket, answer),
    );
  }

  /** Makes room for a connection; if that is impossible, returns the message for the client. */
  #makeRoom(client: string | undefined): string | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits();
    if (client !== undefined && this.#perClient.of(client) >= maxConnectionsPerAddress) {
      if (!this.#displace(client))
        return `${maxConnectionsPerAddress} connections of your address are open, and that is the limit; try again later`;
    }
    if (this.#open.size < maxConnections || this.#displace()) return undefined;
    return `${maxConnections} connections in all are open, and that is the limit; try again later`;
  }

  /** Closes the connection that has been idle for longest; false if none is idle. */
  #displace(client?: string): boolean {
    for (const connection of this.#idle) {
      if (client !== undefined && connection.client !== client) continue;
      this.#countEnd('displaced', connection.address);
      this.#forget(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }

  #forget(connection: OpenConnection): void {
    const { socket, client, queue } = connection;
    if (!this.#open.delete(socket)) return;
    queue.clear();
    this.#idle.delete(connection);
    this.#lastAnswers?.answered(connection);
    if (client !== undefined) this.#perClient.remove(client);
    if (this.#open.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }

  /** Closes connections whose client has read nothing of its responses for too long. */
  #sweep(): void {
    const now = performance.now();
    const mostMs = this.#options.limits().readerTimeout * 1000;
    const kernel = UnsentBytes.onDemand();
    for (const connection of this.#open.values()) {
      const { socket, queue, address } = connection;
      // A reload may have changed whether connections need TLS, and who may connect.
      if (!connection.isSecure && this.#options.needsTls?.() === true) {
        socket.destroy();
        continue;
      }
      if (this.#options.isBarred?.(socket.remoteAddress) === true) {
        this.#countEnd('barred', address);
        socket.destroy();
        continue;
      }
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
      this.#countEnd('stuck', address);
      socket.destroy();
    }
  }

  #countEnd(end: ConnectionEnd, address: string): void {
    this.ended[end] += 1;
    this.#options.onEnd?.(end, address);
  }
}
