// Listens at the socket that systemd has opened, or at the configured address, for which it waits if need be.

import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { SOCKET_OPTIONS } from '../connections/http-server.ts';
import { ownAddresses } from '../network/own-addresses.ts';

export interface ListenAddress {
  /** Undefined is every address of this machine. */
  readonly host?: string | undefined;
  readonly port: number;
  /** What of it the command line says, so that an error names what is to be changed. */
  readonly asked?: { readonly host?: string; readonly port?: number };
  /** The descriptor of a socket that listens already, whose address it is then. */
  readonly inherited?: number | undefined;
}

export interface WaitOptions {
  /** Told once, in a sentence, that the address is not there yet. */
  readonly onWait: (sentence: string) => void;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** How often an address that is not there is tried again, in milliseconds. */
const RETRY = 2000;

/**
 * Listens. An address that this machine does not have, or not yet, is waited for: a service starts before the network.
 * @returns false where the wait was ended
 * @throws an error with a sentence for a person
 */
export async function listen(
  app: FastifyInstance,
  address: ListenAddress,
  { onWait, signal }: WaitOptions,
): Promise<boolean> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      await listenOnce(app, address);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EADDRNOTAVAIL' || address.host === undefined) throw explain(error, address);
      if (attempt === 0)
        onWait(`waiting for the address ${address.host}, which this machine does not have now`);
      await delay(RETRY, undefined, { signal }).catch(() => {});
    }
  }
  return false;
}

/** Under which addresses a server that listens can be opened; first the one for this machine. */
export function addressesOf(
  app: FastifyInstance,
  { host, inherited }: ListenAddress,
  network: readonly string[],
): readonly string[] {
  const { address, port } = app.server.address() as AddressInfo;
  return ownAddresses(inherited === undefined ? host : address, port, network);
}

async function listenOnce(app: FastifyInstance, { host, port, inherited }: ListenAddress): Promise<void> {
  if (inherited !== undefined) {
    // Node looks at the descriptor alone; without a host, fastify would open more sockets beside it.
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

/** `localhost` may be an address of IPv4 and one of IPv6, of which Node takes the first; an address that is not there is left out. */
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
    app.server.once('close', () => beside.close());
  }
}

function explain(error: unknown, { host, port, inherited, asked }: ListenAddress): Error {
  const portKey = asked?.port === undefined ? 'server.port' : '--port';
  const place = host === undefined ? `port ${port}` : `port ${port} of ${host}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Error(
        `${place} is in use by another program: sudo ss -ltnp 'sport = :${port}' tells by which; choose another port with ${portKey}`,
      );
    case 'EACCES':
      return new Error(`${place} may not be opened by this user; choose one above 1023 with ${portKey}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(
        `${asked?.host === undefined ? 'server.host' : '--host'}: expected an address of this machine, or its name, found "${host}", which no name server knows`,
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
