// Leaves the body of a request unread: in chunks of one byte, a single read of the socket would keep the event loop for 40 ms.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

type OnIncoming = (request: IncomingMessage, ...rest: unknown[]) => number;

/** What Node has at a socket of its HTTP server, since its first versions, though no documentation promises it. */
interface WithParser {
  readonly parser?: { onIncoming?: OnIncoming } | null;
}

/** What Node's parser is told of a request that switches to another protocol: what comes behind it is no HTTP. */
const READ_NO_FURTHER = 2;

/** Connections of which nothing more is read as HTTP. */
const closedToRequests = new WeakSet<Socket>();

/** Has the server read no body of any request, and no request behind one. */
export function leaveBodiesUnread(server: Server): void {
  // The parser is there once the server's own listener has been called.
  server.on('connection', (socket: Socket & WithParser) => {
    const { parser } = socket;
    const onIncoming = parser?.onIncoming;
    if (!parser || onIncoming === undefined) return;
    parser.onIncoming = (request, ...rest) => {
      const next = onIncoming(request, ...rest);
      if (!hasBody(request)) return next;
      readNoRequests(socket);
      return READ_NO_FURTHER;
    };
  });
}

/** Takes no more requests from a connection, not even those that have been read with the one before. */
export function readNoRequests(socket: Socket & WithParser): void {
  closedToRequests.add(socket);
  const { parser } = socket;
  if (parser) parser.onIncoming = () => READ_NO_FURTHER;
}

/** Whether what comes on a connection is the body of its last request, which need not be HTTP. */
export function isBody(socket: Socket): boolean {
  return closedToRequests.has(socket);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
