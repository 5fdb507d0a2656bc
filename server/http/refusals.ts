// Refuses what neither Node nor the router can read by sending it through the app, so that the answer has the headers of all others.

import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isBody } from '../connections/unread-body.ts';
import { RequestError, wrongMethod } from '../request-error.ts';

/** Requests that are refused whatever they ask for. */
const refused = new WeakMap<IncomingMessage, RequestError>();

/** Connections on which something was sent that is no request. */
const malformed = new WeakSet<Socket>();

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
  app.server.on('connect', ({ method = '' }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    refuseInTurn(app, socket, wrongMethod(method));
  });
}

/** Refuses a request whose address the router cannot read. */
export function refuseUnreadable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 400, message } = error;
  refuseRequest(request.server, request.raw, reply.raw, new RequestError(statusCode, message));
}

/** Refuses what is no HTTP that the server reads: too long a head, too slow a one, or none at all. */
export function refuseMalformed(app: FastifyInstance, error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  if (isBody(socket)) {
    // Nobody is left to send the answer to.
    if (socket.readableEnded) socket.destroy();
    return;
  }
  // What follows is no request either.
  if (malformed.has(socket)) return;
  malformed.add(socket);
  const [status, message] = MALFORMED[error.code] ?? [
    400,
    'expected an HTTP/1.1 request, found something else',
  ];
  refuseInTurn(app, socket, new RequestError(status, message));
}

/** Refuses a connection in the turn of its client; closes it where the client would take that for the answer to a request. */
function refuseInTurn(app: FastifyInstance, socket: Socket, error: RequestError): void {
  const { connections } = app;
  connections.inTurn(socket, () => {
    if (connections.isAnswering(socket) || !socket.writable) socket.destroy();
    else refuseOn(app, socket, error);
  });
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
