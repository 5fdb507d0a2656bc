// What does a client get when something is wrong? A DAP2 Error object with the right status, and no inside of ours.

import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConstraintError, printError } from '../dap/index.ts';

/** A refusal that the client can understand: its status and what to say. */
export class RequestError extends Error {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'RequestError';
    this.statusCode = statusCode;
    this.headers = headers;
  }
}

/** Makes every error of `app`, its router's included, a DAP2 Error object; `complain` is told of those that are ours. */
export function answerErrors(app: FastifyInstance, complain: (what: string, error: unknown) => void): void {
  app.setErrorHandler((error: FastifyError | RequestError, _request, reply) => {
    if (error instanceof RequestError) {
      return sendError(reply.headers(error.headers), error.statusCode, error.message);
    }
    const status = error instanceof ConstraintError ? 400 : (error.statusCode ?? 500);
    if (status < 500) return sendError(reply, status, error.message);
    complain('a request failed', error);
    return sendError(reply, status, 'the server failed to answer; see its log');
  });
  app.setNotFoundHandler((request, reply) => {
    const { method, url } = request;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS') {
      reply.header('Allow', 'GET, HEAD, OPTIONS');
      return sendError(reply, 405, `expected GET, HEAD or OPTIONS, found ${method}`);
    }
    return sendError(reply, 404, `nothing is served at ${url.replace(/\?.*/s, '')}`);
  });
}

/** What a request gets that the router could not even read. */
export function answerUnreadable(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  sendError(reply.header('Access-Control-Allow-Origin', '*'), error.statusCode ?? 400, error.message);
}

/** Connections on which a request has come: what is said there next would be taken for its answer. */
const asked = new WeakSet<Socket>();

/** Has `answerMalformed` know which connections of the server wait for an answer. */
export function watchRequests(server: Server): void {
  for (const event of ['request', 'checkContinue', 'checkExpectation'])
    server.prependListener(event, ({ socket }) => asked.add(socket));
}

/** What a client gets whose request is no HTTP that the server reads: too long a head, too slow a one, or none at all. */
export function answerMalformed(error: ConnectionError, socket: Socket): void {
  const underWay = socket.bytesWritten > 0 || asked.has(socket);
  if (error.code === 'ECONNRESET' || underWay || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const [status, message] = MALFORMED[error.code] ?? [
    400,
    'expected an HTTP/1.1 request, found something else',
  ];
  endWithError(socket, status, message);
}

/** Answers in a connection that has no response, and closes the sending side. */
export function endWithError(
  socket: Socket,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = printError(status, message);
  const fields = Object.entries({ ...PLAIN_HEADERS, ...headers, 'Content-Length': Buffer.byteLength(body) });
  const lines = fields.map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, 'Connection: close', '', body];
  socket.end(head.join('\r\n'));
}

/** Answers a request that the framework does not see. */
export function answerPlainly(response: ServerResponse, status: number, message: string): void {
  const body = printError(status, message);
  response.writeHead(status, { ...PLAIN_HEADERS, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

const PLAIN_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Content-Description': 'dods-error',
  'Content-Type': 'text/plain; charset=utf-8',
};

const MALFORMED: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'expected a shorter request: its address and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'expected the whole request sooner'],
};

function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply
    .code(status)
    .headers({ 'Content-Description': 'dods-error', 'Cache-Control': 'no-store, no-transform' })
    .type('text/plain; charset=utf-8')
    .send(printError(status, message));
}
