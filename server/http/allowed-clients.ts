// Refuses clients that `server.allow` does not list, by the address of the connection or the one that a trusted proxy names.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AddressList } from '../network/address-list.ts';
import { ipOf } from '../network/ip-address.ts';
import { RequestError } from '../request-error.ts';
import type { ServerState } from './server-state.ts';

/** Programs on this machine may always connect: its own screen, its tools and its proxy. */
const ALWAYS: readonly string[] = ['loopback'];

export class AllowedClients {
  readonly #state: ServerState;
  readonly #own = new AddressList(() => ALWAYS);
  readonly #allowed = new AddressList(() => this.#state.allow ?? ALWAYS);

  constructor(state: ServerState) {
    this.#state = state;
  }

  /** Whether a client of this address may connect; a local socket, which has none, may. */
  mayConnect(address: string | undefined): boolean {
    if (this.#state.allow === undefined || address === undefined) return true;
    return this.#own.has(address) || this.#allowed.has(address);
  }
}

/** Checks each request too: a proxy forwards those of many clients, and a reload may have changed the list. */
export function checkClients(app: FastifyInstance, clients: AllowedClients): void {
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { ip, raw } = request;
    if (clients.mayConnect(raw.socket.remoteAddress === undefined ? undefined : ip)) return;
    const address = ipOf(ip);
    app.connections.countBarred(address ?? 'a client without an address');
    throw new RequestError(
      403,
      `expected a client that this server allows (server.allow), found ${address ?? 'a request of which the proxy names no address'}; ask its operator to add the address`,
    );
  });
}
