// Refuses what neither Node nor the router can read by sending it through the app, so that the answer has the headers of all others.

import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError, wrongMethod } from './errors.ts';

/** Requests that are refused whatever they ask for. */
const refused = new WeakMap<IncomingMessage, RequestError>();

/** Connections on which a request has come: what is said there next would be taken for its answer. */
const asked = new WeakSet<Socket>();

/** In seconds: a server that ends is usually back soon. */
const BACK_SOON = '10';

/**
 * Has `app` refuse what it is told to refuse, requests without a Host (RFC 9112, section 3.2), and those that come while it closes. To be
 * called after the hooks that set headers are there.
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
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined) {
      throw new RequestError(400, 'expected a Host header, which HTTP/1.1 requires; found none');
    }
  });
  watch(app.server, app);
}

function watch(server: Server, app: FastifyInstance): void {
  for (const event of ['request', 'checkContinue', 'checkExpectation'])
    server.prependListener(event, ({ socket }) => asked.add(socket));
  server.on('connect', ({ method = '' }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    // An answer behind other requests would be taken for theirs.
    if (asked.has(socket)) socket.destroy();
    else answerOn(app, socket, wrongMethod(method));
  });
}

/** Refuses a request whose address the router cannot read. */
export function refuseUnreadable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { statusCode = 400, message } = error;
  send(request.server, request.raw, reply.raw, new RequestError(statusCode, message));
}

/** Refuses a connection before a request of it was read, and ends it. */
export function refuseConnection(app: FastifyInstance, socket: Socket, error: RequestError): void {
  socket.once('finish', () => socket.destroy());
  answerOn(app, socket, error);
}

/** Refuses what is no HTTP that the server reads: too long a head, too slow a one, or none at all. */
export function refuseMalformed(app: FastifyInstance, error: ConnectionError, socket: Socket): void {
  const underWay = socket.bytesWritten > 0 || asked.has(socket);
  if (error.code === 'ECONNRESET' || underWay || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const [status, message] = MALFORMED[error.code] ?? [
    400,
    'expected an HTTP/1.1 request, found something else',
  ];
  answerOn(app, socket, new RequestError(status, message));
}

const MALFORMED: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'expected a shorter request: its address and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'expected the whole request sooner'],
};

/** Answers on a connection of which Node has given no request that can be answered, and ends it. */
function answerOn(app: FastifyInstance, socket: Socket, error: RequestError): void {
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
  send(app, request, response, error);
}

function send(
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
