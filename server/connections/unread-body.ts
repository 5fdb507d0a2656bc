// Leaves request bodies unread: a body in chunks of one byte would block the event loop for 40 ms per read.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

type OnIncoming = (request: IncomingMessage, ...rest: unknown[]) => number;

/** The parser at a socket of Node's HTTP server: undocumented, but there since Node's first versions. */
interface WithParser {
  readonly parser?: { onIncoming?: OnIncoming } | null;
}

/** The return value that makes Node's parser stop after a request, as after a switch to another protocol. */
const READ_NO_FURTHER = 2;

/** Connections whose further bytes are not parsed as HTTP. */
const closedToRequests = new WeakSet<Socket>();

/** Makes the server read no request body of a connection, and no request after one. Call it when Node has begun HTTP on it. */
export function leaveBodyUnread(socket: Socket & WithParser): void {
  const { parser } = socket;
  const onIncoming = parser?.onIncoming;
  if (!parser || onIncoming === undefined) return;
  parser.onIncoming = (request, ...rest) => {
    const next = onIncoming(request, ...rest);
    if (!hasBody(request)) return next;
    readNoRequests(socket);
    return READ_NO_FURTHER;
  };
}

/** Accepts no more requests from a connection, not even those already read. */
export function readNoRequests(socket: Socket & WithParser): void {
  closedToRequests.add(socket);
  const { parser } = socket;
  if (parser) parser.onIncoming = () => READ_NO_FURTHER;
}

/** Whether further bytes of a connection belong to the body of its last request, and are not HTTP. */
export function isBody(socket: Socket): boolean {
  return closedToRequests.has(socket);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
