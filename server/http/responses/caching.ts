// Lets caches keep answers that do not change any more (RFC 9110 section 8.8, RFC 9111, RFC 8246).

import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FixedWindow } from '../../dataset/fixed-window.ts';
import { SERVER_NAME } from '../../version.ts';

/** Seconds for which a cache may answer without a question: an import into the history changes what was fixed. */
const FRESH = 86_400;

export interface Caching {
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The validator of an answer with this content. Another version of the server may write the same content otherwise. */
export function etagOf(...content: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify([SERVER_NAME, ...content]));
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/**
 * The headers of an answer that holds the rows of a fixed window.
 * @param content all that the bytes depend on besides the rows
 * @param isForUsers caches that several clients share must not keep it
 */
export function windowCaching(
  { rows, first, last }: FixedWindow,
  content: readonly unknown[],
  isForUsers: boolean,
): Caching {
  const etag = etagOf(rows, first, last, ...content);
  const whose = isForUsers ? 'private' : 'public';
  return {
    etag,
    headers: {
      ETag: etag,
      'Cache-Control': `${whose}, max-age=${FRESH}, immutable, no-transform`,
      ...(last === undefined ? {} : { 'Last-Modified': new Date(last * 1000).toUTCString() }),
    },
  };
}

/** The headers of an answer that a cache keeps, but has confirmed each time: the states of sensors are in it. */
export function checkedAgain(etag: string, isForUsers: boolean): Readonly<Record<string, string>> {
  return { ETag: etag, 'Cache-Control': `${isForUsers ? 'private' : 'public'}, no-cache, no-transform` };
}

/** Sets the headers. nginx would keep nothing of an answer that it does not buffer. */
export function setCaching(reply: FastifyReply, { headers }: Caching): FastifyReply {
  return reply.headers(headers).removeHeader('X-Accel-Buffering');
}

/** Whether the client has the answer with this validator already (`If-None-Match`, RFC 9110 section 13.1.2). */
export function isKnown({ headers }: Pick<FastifyRequest, 'headers'>, etag: string): boolean {
  const known = headers['if-none-match'] ?? '';
  return known.split(',').some(tag => ['*', etag, `W/${etag}`].includes(tag.trim()));
}

/** Answers that the client has the answer already. */
export function sendKnown(reply: FastifyReply): FastifyReply {
  return reply.code(304).removeHeader('Content-Type').send();
}
