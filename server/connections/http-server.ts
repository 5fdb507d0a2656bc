// The HTTP server of Node below the framework: every connection is counted, every request waits for its turn.

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { answerPlainly } from '../errors.ts';
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

/** Requests that Node answers by itself, past every limit, where nobody listens for these. */
const REQUESTS = ['request', 'checkContinue', 'checkExpectation'] as const;

export function createHttpServer(
  connections: OpenConnections,
  handle: RequestHandler,
  options: ServerOptions,
): Server {
  // A request without a host would be answered by Node itself too.
  const server = createServer({ ...options, ...SOCKET_OPTIONS, requireHostHeader: false });
  // A stream lasts for years.
  server.setTimeout(0);
  server.prependListener('connection', socket => connections.accept(socket));
  for (const event of REQUESTS) {
    const answer = event === 'checkExpectation' ? refuseExpectation : handlerFor(handle);
    server.on(event, (request: IncomingMessage, response: ServerResponse) =>
      connections.answer(request, response, answer),
    );
  }
  return server;
}

function handlerFor(handle: RequestHandler): RequestHandler {
  return (request, response) => {
    // No request needs its body: the connection ends with the answer, however much of one is to come.
    if (hasBody(request)) response.shouldKeepAlive = false;
    const { headers, httpVersion } = request;
    if (headers.host === undefined && httpVersion === '1.1') {
      response.shouldKeepAlive = false;
      answerPlainly(response, 400, 'expected a Host header in the request, found none');
    } else handle(request, response);
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  if (hasBody(request)) response.shouldKeepAlive = false;
  answerPlainly(response, 417, 'expected no Expect header but 100-continue');
}
