// Refuses what neither Node nor the router can read by sending it through the app, so that the answer has the headers of all others.

import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError, wrongMethod } from './errors.ts';

/** Requests that are refused whatever they ask for. */
const refused = new WeakMap<IncomingMessage, RequestError>();

/** How many requests of a connection wait for an answer: what is said there next would be taken for theirs. */
const waiting = new WeakMap<Socket, number>();

/** In seconds: a server that ends is usually back soon. */
const BACK_SOON = '10';

/**
 * Has `app` refuse what it is told to refuse, and what comes while it closes. To be called after the hooks that set headers are
 * there.
 */
export function answerRefusals(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', async ({ raw }) => {
    const error = refused.get(raw);
    if (error !== undefined) throw error;
    if (isClosing) throw new RequestError(503, 'the server is ending', { 'Retry-After': BACK_SOON });
  });
  watch(app.server, app);
}

function watch(server: Server, app: FastifyInstance): void {
  for (const event of ['request', 'checkContinue', 'checkExpectation']) {
    server.prependListener(event, ({ socket }: IncomingMessage, response: ServerResponse) => {
      waiting.set(socket, (waiting.get(socket) ?? 0) + 1);
      response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    });
  }
  server.on('connect', ({ method = '' }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    // An answer behind other requests would be taken for theirs.
    if ((waiting.get(socket) ?? 0) > 0) socket.destroy();
    else refuseOn(app, socket, wrongMethod(method));
  });
}

/** Refuses a request whose address the router cannot read. */
export function refuseUnreadable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 400, message } = error;
  refuseRequest(request.server, request.raw, reply.raw, new RequestError(statusCode, message));
}

/** Refuses what is no HTTP that the server reads: too long a head, too slow a one, or none at all. */
export function refuseMalformed(app: FastifyInstance, error: ConnectionError, socket: Socket): void {
  const isUnderWay = (waiting.get(socket) ?? 0) > 0;
  if (error.code === 'ECONNRESET' || isUnderWay || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const [status, message] = MALFORMED[error.code] ?? [
    400,
    'expected an HTTP/1.1 request, found something else',
  ];
  refuseOn(app, socket, new RequestError(status, message));
}

const MALFORMED: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'expected a shorter request: its address and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'expected the whole request sooner'],
};

/** Answers on a connection of which Node has given no request that can be answered, and ends it. */
export function refuseOn(app: FastifyInstance, socket: Socket, error: RequestError): void {
  const request = new IncomingMessage(socket);
  Object.assign(request, {
    method: 'GET',
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  });
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  refuseRequest(app, request, response, error);
}

/** Answers a request with an error, whatever it asks for. */
export function refuseRequest(
  app: FastifyInstance,
  request: IncomingMessage,
  response: ServerResponse,
  error: RequestError,
): void {
  refused.set(request, error);
  // Any address that the router can read leads to the hooks.
  request.url = '/';
  app.routing(request, response);
}
