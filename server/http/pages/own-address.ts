// Tells under which address the client of a request reached the server, also behind a proxy that is trusted.

import type { FastifyRequest } from 'fastify';

/** A host name or address, with a port; nothing that a shell or a page would read as its own. */
const HOST = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:.]+\](:\d{1,5})?$/i;

const PREFIX = /^(\/[\w.~-]+)+$/;

/**
 * Such as `http://roof.local:8080` or `https://example.org/sensors`, without a slash at the end. A trusted proxy tells the protocol, the
 * host and the prefix by X-Forwarded-Proto, -Host and -Prefix.
 */
export function ownAddress({ protocol, host, headers, raw, server }: FastifyRequest): string {
  const scheme = protocol === 'https' ? 'https' : 'http';
  const name = HOST.test(host) ? host : 'THIS-SERVER';
  const isForwarded = server.proxies.has(raw.socket.remoteAddress);
  const prefix = isForwarded ? String(headers['x-forwarded-prefix'] ?? '').replace(/\/+$/, '') : '';
  return `${scheme}://${name}${PREFIX.test(prefix) ? prefix : ''}`;
}

/** The relative address of the folder of all datasets, from the address of a request: `./`, `../`, `../../` and so on. */
export function rootOf({ originalUrl }: Pick<FastifyRequest, 'originalUrl'>): string {
  const depth = originalUrl.replace(/\?.*/s, '').split('/').length - 2;
  return depth > 0 ? '../'.repeat(depth) : './';
}
