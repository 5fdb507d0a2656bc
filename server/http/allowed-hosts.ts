// Refuses requests whose Host header names another server, as those of a page that rebinds its own name to this address do.

import type { FastifyInstance } from 'fastify';
import { isOwnHost } from '../network/host-list.ts';
import { RequestError } from '../request-error.ts';
import type { ServerState } from './server-state.ts';

/**
 * A trusted proxy may name the host that its client asked for by X-Forwarded-Host. So may a page in a browser on this machine, and one that
 * comes through a proxy that passes the header on: therefore the Host, which no page can choose, is checked too. A name without a dot, such
 * as that of a container, is no name that a page can rebind.
 */
export function checkHosts(app: FastifyInstance, state: ServerState): void {
  app.addHook('onRequest', async ({ host, raw }) => {
    const { hosts } = state;
    // Programs that speak HTTP/1.0 may send no Host; browsers always send one.
    if (hosts === undefined || (host === '' && raw.headers.host === undefined)) return;
    const { host: sent = '' } = raw.headers;
    const isOwn = (name: string) => isOwnHost(name, hosts);
    const isSentOwn = !sent.includes('.') || isOwn(sent);
    if (isOwn(host) && isSentOwn) return;
    const wrong = isOwn(host) ? sent : host;
    throw new RequestError(
      421,
      `expected a request to a name of this server (server.hosts), found the Host "${wrong.slice(0, 100)}"; use its IP address or a name from the list, or add the name to server.hosts`,
    );
  });
}
