// Tells by the header Accept whether a person at a browser or a program asks.

import type { FastifyReply } from 'fastify';

/** Java's HttpURLConnection sends this, whatever its program expects; DAP2 libraries of Java use it. */
const JAVA = /^text\/html, *image\/gif, *image\/jpeg\b/i;

/** True for a browser that opens an address: it names `text/html`. The Accept of curl and of a script's `fetch` is any type. */
export function isForPeople(accept = ''): boolean {
  return !JAVA.test(accept) && weightOf(accept, 'text/html') > 0;
}

/** Tells caches that another Accept gets another answer, besides the headers that vary it already. */
export function varyByAccept(reply: FastifyReply): FastifyReply {
  const others = reply.getHeader('Vary');
  return reply.header('Vary', others === undefined ? 'Accept' : `${others}, Accept`);
}

/** The weight of a media type that an Accept header names itself (RFC 9110, section 12.5.1); 0 where it does not. */
export function weightOf(accept: string, type: string): number {
  let greatest = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [named, ...parameters] = range.split(';').map(part => part.trim());
    if (named !== type) continue;
    const weight = Number(parameters.find(one => one.startsWith('q='))?.slice(2) ?? 1);
    if (weight > greatest) greatest = weight;
  }
  return greatest;
}
