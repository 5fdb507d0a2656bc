// Refuses requests that Node or the router cannot read through the app, so that the response has the usual headers.

import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isBody } from '../connections/unread-body.ts';
import { RequestError, wrongMethod } from '../request-error.ts';

/** Requests to refuse, with the error for each. */
const refused = new WeakMap<IncomingMessage, RequestError>();

/** Connections that sent bytes that are not a request. */
const malformed = new WeakSet<Socket>();

/** In seconds: a server that shuts down usually restarts soon. */
const BACK_SOON = '10';

/**
 * Makes `app` refuse requests marked by this file, and all requests while it closes. Call it after the hooks that set headers.
 */
export function answerRefusals(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onRequest', async ({ raw }) => {
    const error = refused.get(raw);
    if (error !== undefined) throw error;
    if (isClosing) throw new RequestError(503, 'the server is shutting down', { 'Retry-After': BACK_SOON });
  });
  app.server.on('connect', ({ method = '' }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    refuseInTurn(app, socket, wrongMethod(method));
  });
}

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses the other methods before fastify reads on, which expects headers of some. Call it after the guard: a client that may not read
 * learns nothing of an address.
 */
export function checkMethods(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ method }) => {
    if (!READING.has(method)) throw wrongMethod(method);
  });
}

/** By the codes of fastify: what a path must be. */
const UNREADABLE: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'a path with percent-escapes that are UTF-8',
  FST_ERR_MAX_PARAM_LENGTH: 'a shorter path',
};

/** Characters of a path that a message quotes whole. */
const LONGEST_QUOTED = 100;

/** Refuses a request whose address the router cannot read. */
export function refuseUnreadable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 400, code, message } = error;
  const expected = UNREADABLE[code];
  const path = (request.raw.url ?? '').replace(/\?.*/s, '');
  const found = path.length > LONGEST_QUOTED ? `one of ${path.length} characters` : `"${path}"`;
  const said = expected === undefined ? message : `expected ${expected}, found ${found}`;
  refuseRequest(request.server, request.raw, reply.raw, new RequestError(statusCode, said));
}

/** Refuses bytes that are not a valid request: a head that is too long or too slow, or something other than HTTP. */
export function refuseMalformed(app: FastifyInstance, error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  if (isBody(socket)) {
    // The client has closed the connection.
    if (socket.readableEnded) socket.destroy();
    return;
  }
  // Further bytes are not a request either.
  if (malformed.has(socket)) return;
  malformed.add(socket);
  const [status, message] = MALFORMED[error.code] ?? [
    400,
    'expected an HTTP/1.1 request, found something else',
  ];
  refuseInTurn(app, socket, new RequestError(status, message));
}

/** Refuses a connection in its client's turn; closes it if the client would mistake the refusal for another response. */
function refuseInTurn(app: FastifyInstance, socket: Socket, error: RequestError): void {
  const { connections } = app;
  connections.inTurn(socket, () => {
    if (connections.isAnswering(socket) || !socket.writable) socket.destroy();
    else refuseOn(app, socket, error);
  });
}

const MALFORMED: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'expected a shorter request: its address and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'expected the whole request within the time limit'],
};

/** Answers on a connection without a valid request, and ends it. */
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

/** Answers any request with an error. */
export function refuseRequest(
  app: FastifyInstance,
  request: IncomingMessage,
  response: ServerResponse,
  error: RequestError,
): void {
  refused.set(request, error);
  // Any valid address leads to the hooks; pages link relative to the one that was sent.
  const { url = '/' } = request;
  Object.assign(request, { originalUrl: url, url: '/' });
  app.routing(request, response);
}
