// Decides which pages may show a page of this server in a frame: those of this server, and for `/embed.html` those that the
// configuration names.

import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ServerState } from './server-state.ts';

/** The page that is made for frames. The others stay out of reach of a page that would cover them (clickjacking). */
const EMBED = /^\/embed\.html(?:\?|$)/;

/** The sources of `frame-ancestors` for each response. */
export function frameAncestors(state: ServerState): (request: IncomingMessage) => string {
  return request => ["'self'", ...allowedOrigins(state, request)].join(' ');
}

/** Omits `X-Frame-Options`, which knows no list of origins, where other origins are allowed. Call it after the header is set. */
export function allowFrames(app: FastifyInstance, state: ServerState): void {
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (allowedOrigins(state, raw).length > 0) reply.raw.removeHeader('X-Frame-Options');
  });
}

function allowedOrigins(
  { frameOrigins = [] }: ServerState,
  { url = '' }: IncomingMessage,
): readonly string[] {
  return EMBED.test(url) ? frameOrigins : [];
}
