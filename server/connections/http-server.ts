// The HTTP server of Node below the framework: every connection is counted, every request waits for its turn.

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { HIGH_WATER } from '../stream/piece-pool.ts';
import type { OpenConnections } from './open-connections.ts';
import type { RequestHandler } from './request-queue.ts';

/** Every connection is like this. */
export const SOCKET_OPTIONS = {
  highWaterMark: HIGH_WATER,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
} as const;

/**
 * Requests that Node answers by itself, past every limit, where nobody listens for these. One that expects anything but
 * 100-continue is answered as if it did not (RFC 9110, section 10.1.1).
 */
const REQUESTS = ['request', 'checkContinue', 'checkExpectation'] as const;

export function createHttpServer(
  connections: OpenConnections,
  handle: RequestHandler,
  options: ServerOptions,
): Server {
  // Node's own answer to a request without a Host has none of the headers.
  const server = createServer({ ...options, ...SOCKET_OPTIONS, requireHostHeader: false });
  // A stream lasts for years.
  server.setTimeout(0);
  server.prependListener('connection', socket => connections.accept(socket));
  for (const event of REQUESTS) {
    server.on(event, (request: IncomingMessage, response: ServerResponse) =>
      connections.answer(request, response, handlerFor(handle)),
    );
  }
  return server;
}

function handlerFor(handle: RequestHandler): RequestHandler {
  return (request, response) => {
    // No request needs its body: the connection ends with the answer, however much of one is to come.
    if (hasBody(request)) response.shouldKeepAlive = false;
    handle(request, response);
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
