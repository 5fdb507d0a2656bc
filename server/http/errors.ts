// Answers errors with a DAP2 Error object and the right status, without revealing the server's internals.

import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { ConstraintError, printError } from '../../dap/protocol.ts';
import { RequestError, wrongMethod } from '../request-error.ts';
import { visibleText } from '../text/visible-text.ts';

/** Answers every error of `app` and its router with a DAP2 Error object; calls `complain` for errors of the server. */
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
      const { statusCode, message, headers } = wrongMethod(method);
      return sendError(reply.headers(headers), statusCode, message);
    }
    return sendError(reply, 404, `nothing is served at ${url.replace(/\?.*/s, '')}`);
  });
}

function sendError(reply: FastifyReply, status: number, message: string): FastifyReply {
  return (
    reply
      .code(status)
      .headers({ 'Content-Description': 'dods_error', 'Cache-Control': 'no-store, no-transform' })
      .type('text/plain; charset=utf-8')
      // The message may quote terminal sequences of a link that somebody followed in a terminal.
      .send(printError(status, visibleText(message)))
  );
}
