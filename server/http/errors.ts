// Answers errors with the right status, as a DAP2 Error object or, for people, as a page, without revealing the server's internals.

import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConstraintError, printError } from '../../dap/protocol.ts';
import { RequestError } from '../request-error.ts';
import { visibleText } from '../text/visible-text.ts';
import { isForPeople } from './accept.ts';
import { readableBy } from './guard.ts';
import { errorPage } from './pages/error-page.ts';
import { rootOf } from './pages/own-address.ts';
import type { ServerState } from './server-state.ts';

/** Answers every error of `app` and its router; calls `complain` for errors of the server. */
export function answerErrors(
  app: FastifyInstance,
  state: ServerState,
  complain: (what: string, error: unknown) => void,
): void {
  const sendError = (request: FastifyRequest, reply: FastifyReply, status: number, message: string) => {
    if (!isForPeople(request.headers.accept)) return sendObject(reply, status, message);
    const asked = { status, message: visibleText(message), url: request.originalUrl, root: rootOf(request) };
    // A refused client is to learn nothing.
    const datasets = request.isAdmitted ? readableBy(request, state) : [];
    return reply
      .code(status)
      .removeHeader('Content-Description')
      .header('Cache-Control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(errorPage(asked, datasets));
  };
  app.setErrorHandler((error: FastifyError | RequestError, request, reply) => {
    if (error instanceof RequestError) {
      return sendError(request, reply.headers(error.headers), error.statusCode, error.message);
    }
    const status = error instanceof ConstraintError ? 400 : (error.statusCode ?? 500);
    if (status < 500) return sendError(request, reply, status, error.message);
    complain('a request failed', error);
    return sendError(request, reply, status, 'the server failed to answer; see its log');
  });
  app.setNotFoundHandler((request, reply) => {
    const { url } = request;
    return sendError(request, reply, 404, `nothing is served at ${url.replace(/\?.*/s, '')}`);
  });
}

function sendObject(reply: FastifyReply, status: number, message: string): FastifyReply {
  return (
    reply
      .code(status)
      .headers({ 'Content-Description': 'dods_error', 'Cache-Control': 'no-store, no-transform' })
      .type('text/plain; charset=utf-8')
      // The message may quote terminal sequences of a link that somebody followed in a terminal.
      .send(printError(status, visibleText(message)))
  );
}
