// Listens at the socket that systemd passes or at the configured address, and waits while the address is missing or taken.

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { SOCKET_OPTIONS } from '../connections/http-server.ts';
import { ownAddresses } from '../network/own-addresses.ts';

export interface ListenAddress {
  /** Undefined for every address of this machine. */
  readonly host?: string | undefined;
  readonly port: number;
  /** Anything if the server speaks https. */
  readonly tls?: object | undefined;
  /** The parts that the command line gives, so that an error names the option to change. */
  readonly commandLine?: { readonly host?: string; readonly port?: number };
  /** The descriptor of a socket that listens already, whose address is used. */
  readonly inherited?: number | undefined;
}

export interface WaitOptions {
  /** Called with a sentence when the wait begins, and when its reason changes. */
  readonly onWait: (sentence: string) => void;
  /** Rejects at once unless the address is only missing: a person reads the error and starts the server again. */
  readonly isImpatient?: boolean;
  /** Milliseconds before the first repetition; each pause is twice as long, up to `longestPause`. */
  readonly firstPause?: number;
  readonly longestPause?: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Listens, and tries again for ever while that fails: a service may start before the network, or before another program has left
 * the port. `addressNow` is asked before each attempt, as the configuration may change meanwhile.
 * @returns the address; undefined if `signal` ended the wait
 * @throws an error with a sentence for a person
 */
export async function listen(
  app: FastifyInstance,
  addressNow: () => ListenAddress,
  { onWait, signal, isImpatient = false, firstPause = FIRST_PAUSE_MS, longestPause }: WaitOptions,
): Promise<ListenAddress | undefined> {
  let said = '';
  for (
    let pause = firstPause;
    !signal.aborted;
    pause = Math.min(2 * pause, longestPause ?? LONGEST_PAUSE_MS)
  ) {
    const address = addressNow();
    try {
      await listenOnce(app, address);
      return address;
    } catch (error) {
      const isMissing = codeOf(error) === 'EADDRNOTAVAIL' && address.host !== undefined;
      const isWaiting = isMissing || (!isImpatient && WAITED_FOR.has(codeOf(error)));
      if (!isWaiting || address.inherited !== undefined) throw explain(error, address);
      const sentence = isMissing
        ? `waiting for the address ${address.host}, which this machine does not have now`
        : `waiting: ${explain(error, address).message}`;
      if (sentence !== said) onWait(sentence);
      said = sentence;
      await delay(pause, undefined, { signal }).catch(() => {});
    }
  }
  return undefined;
}

/** The errors that another program, the network or a changed configuration can end. */
const WAITED_FOR: ReadonlySet<string> = new Set([
  'EADDRINUSE',
  'EADDRNOTAVAIL',
  'EACCES',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** The addresses of a listening server, the one for this machine first. */
export function addressesOf(
  app: FastifyInstance,
  { host, inherited, tls }: ListenAddress,
  network: readonly string[],
): readonly string[] {
  const { address, port } = app.server.address() as AddressInfo;
  return ownAddresses({ host: inherited === undefined ? host : address, port, tls }, network);
}

async function listenOnce(app: FastifyInstance, { host, port, inherited }: ListenAddress): Promise<void> {
  if (inherited !== undefined) {
    // Node uses only the descriptor; without a host, fastify would open further sockets.
    const socket = { fd: inherited, host: '::' };
    await app.listen(socket);
    const address = app.server.address();
    if (address === null || typeof address === 'string')
      throw new Error(
        `expected a TCP port from systemd (ListenStream=80), found ${address ?? 'no listening socket'}`,
      );
    return;
  }
  if (host !== undefined) {
    await app.listen({ host, port });
    if (host === 'localhost') await listenBeside(app, host);
    return;
  }
  try {
    await app.listen({ host: '::', port });
  } catch (error) {
    if (!['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(codeOf(error))) throw error;
    await app.listen({ host: '0.0.0.0', port });
  }
}

/** The servers that listen at further addresses, by the server to which they give their connections. */
const LISTENING_BESIDE = new WeakMap<Server, readonly Server[]>();

/** Accepts no more connections; open ones stay. */
export function stopListening(server: Server): void {
  for (const each of [server, ...(LISTENING_BESIDE.get(server) ?? [])]) Server.prototype.close.call(each);
}

/** Listens at the other address of `localhost`, which may have one of IPv4 and one of IPv6; Node uses only the first. */
async function listenBeside(app: FastifyInstance, host: string): Promise<void> {
  const { address: taken, port } = app.server.address() as AddressInfo;
  const addresses = await lookup(host, { all: true });
  for (const { address } of addresses.filter(({ address }) => address !== taken)) {
    const beside = createServer({ ...SOCKET_OPTIONS, allowHalfOpen: true }, socket =>
      app.server.emit('connection', socket),
    );
    beside.listen({ host: address, port });
    const isListening = await once(beside, 'listening').then(
      () => true,
      () => false,
    );
    if (!isListening) continue;
    beside.on('error', error => app.server.emit('error', error));
    const others = LISTENING_BESIDE.get(app.server) ?? [];
    LISTENING_BESIDE.set(app.server, [...others, beside]);
  }
}

function explain(error: unknown, { host, port, inherited, commandLine }: ListenAddress): Error {
  const portKey = commandLine?.port === undefined ? 'server.port' : '--port';
  const place = host === undefined ? `port ${port}` : `port ${port} of ${host}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Error(
        `${place} is in use by another program: find it with sudo ss -ltnp 'sport = :${port}' and stop it, or choose another port with ${portKey}`,
      );
    case 'EACCES':
      return new Error(`${place} may not be opened by this user; choose a port above 1023 with ${portKey}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(
        `${commandLine?.host === undefined ? 'server.host' : '--host'}: expected an address of this machine, or its name, found "${host}", which cannot be resolved`,
      );
    default:
      if (inherited !== undefined && codeOf(error) !== '')
        return new Error(`the socket that systemd passed cannot be used: ${codeOf(error)}`);
      return error instanceof Error ? error : new Error(String(error));
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
