// Creates Node's HTTP server below the framework, with counted connections and queued requests.

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { RequestError } from '../request-error.ts';
import { HIGH_WATER } from '../stream/buffer-pool.ts';
import type { OpenConnections } from './open-connections.ts';
import type { RequestHandler } from './request-queue.ts';
import { type TlsOptions, tlsConnections } from './tls-connections.ts';
import { hasBody, leaveBodyUnread } from './unread-body.ts';

/** The options of every connection. */
export const SOCKET_OPTIONS = {
  highWaterMark: HIGH_WATER,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
} as const;

/** Events of requests; without listeners, Node answers some of these itself, past every limit. */
const REQUESTS = ['request', 'checkContinue', 'checkExpectation'] as const;

/** Answers a request with an error in the form of the framework. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, error: RequestError) => void;

export interface RequestHandlers {
  readonly handle: RequestHandler;
  readonly refuse: Refuse;
  /** Answers on a connection before a request has come. */
  readonly refuseOn: (socket: Socket, error: RequestError) => void;
}

export function createHttpServer(
  connections: OpenConnections,
  handlers: RequestHandlers,
  options: ServerOptions,
  tls?: TlsOptions,
): Server {
  // Otherwise Node itself would answer a request without a host.
  const server = createServer({ ...options, ...SOCKET_OPTIONS, requireHostHeader: false });
  // A stream lasts for years.
  server.setTimeout(0);
  const speakHttp = httpOn(server);
  const speakTls = tls && tlsConnections(tls, tlsHandlers(connections, handlers, speakHttp));
  server.on('connection', (socket: Socket) => {
    const isSecure = tls?.isWanted() === true;
    if (!connections.accept(socket, isSecure)) return;
    if (isSecure && speakTls !== undefined) speakTls(socket);
    else speakHttp(socket);
  });
  for (const event of REQUESTS) {
    const answer = handlerFor(event, handlers);
    server.on(event, (request: IncomingMessage, response: ServerResponse) =>
      connections.answer(request, response, answer),
    );
  }
  return server;
}

/** Takes Node's own listener, which begins HTTP on a connection, off the server, and returns it with the handling of bodies. */
function httpOn(server: Server): (socket: Socket) => void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  return socket => {
    for (const begin of listeners) begin.call(server, socket);
    leaveBodyUnread(socket);
  };
}

function tlsHandlers(
  connections: OpenConnections,
  { refuseOn }: RequestHandlers,
  speakHttp: (socket: Socket) => void,
): Parameters<typeof tlsConnections>[1] {
  return {
    onSecure: (socket, secured) => {
      connections.secure(socket, secured);
      if (!secured.destroyed) speakHttp(secured);
    },
    onFailure: socket => connections.countUnsecured(socket),
    onPlain: socket => {
      socket.once('finish', () => socket.destroy());
      const sentence = 'expected https, found http: write https:// before the address';
      refuseOn(socket, new RequestError(400, sentence));
    },
  };
}

function handlerFor(event: (typeof REQUESTS)[number], { handle, refuse }: RequestHandlers): RequestHandler {
  return (request, response) => {
    // No request needs its body: the connection ends with the response, without reading the body.
    if (hasBody(request)) response.shouldKeepAlive = false;
    const { headers, httpVersion } = request;
    if (event === 'checkExpectation') {
      refuse(request, response, new RequestError(417, 'expected no Expect header other than 100-continue'));
    } else if (headers.host === undefined && httpVersion === '1.1') {
      response.shouldKeepAlive = false;
      refuse(request, response, new RequestError(400, 'expected a Host header in the request, found none'));
    } else if (hasSeveralHosts(request)) {
      response.shouldKeepAlive = false;
      refuse(
        request,
        response,
        new RequestError(400, 'expected one Host header in the request, found several'),
      );
    } else handle(request, response);
  };
}

/** Node keeps the first; a proxy may have judged another one (RFC 9112, section 3.2). */
function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.toLowerCase() === 'host') count += 1;
  return count > 1;
}
