// The limits on connections: in all, to one address, and on the requests of one that wait for their answers.

import type { StreamLimits } from '../stream/stream-limits.ts';

export interface ConnectionLimits {
  /** Connections that may be open at once; undefined = `maxStreams` and some for other requests. */
  readonly maxConnections?: number | undefined;
  /** Connections that one address may have open at once; undefined = `maxStreamsPerAddress` and some for other requests. */
  readonly maxConnectionsPerAddress?: number | undefined;
  /** Requests of one connection that may be without an answer, with the one that is being answered. */
  readonly maxUnansweredRequests: number;
}

export const DEFAULT_UNANSWERED_REQUESTS = 8;

/** Connections beside those of streams, in all and to one address, where nobody sets a limit. */
export const OTHER_CONNECTIONS = 500;
export const OTHER_CONNECTIONS_PER_ADDRESS = 50;

/**
 * Files beside connections that may be open: those of the program, of sensors and drivers, of the page while it is sent. Without them
 * rows would lack values as long as all connections are in use.
 */
export const OTHER_FILES = 128;

/** What the open connections are held to; `readerTimeout` in seconds. */
export type KnownLimits = Record<
  'maxConnections' | 'maxConnectionsPerAddress' | 'maxUnansweredRequests' | 'readerTimeout',
  number
>;

/** The limits, as far as a process that may open `maxOpenFiles` can hold them. */
export function knownLimits(
  {
    maxStreams,
    maxStreamsPerAddress,
    readerTimeout,
    maxConnections = maxStreams + OTHER_CONNECTIONS,
    maxConnectionsPerAddress = maxStreamsPerAddress + OTHER_CONNECTIONS_PER_ADDRESS,
    maxUnansweredRequests,
  }: ConnectionLimits & StreamLimits,
  maxOpenFiles = Number.POSITIVE_INFINITY,
): KnownLimits {
  const known = { maxConnections, maxConnectionsPerAddress, maxUnansweredRequests, readerTimeout };
  const fitting = Math.max(2, maxOpenFiles - OTHER_FILES);
  if (maxConnections <= fitting) return known;
  // What is left is not for one address alone.
  const most = Math.min(maxConnectionsPerAddress, Math.floor(fitting / 2));
  return { ...known, maxConnections: fitting, maxConnectionsPerAddress: most };
}

/** What to do where a process may open too few files for its connections; undefined where they are enough. */
export function connectionShortage(
  limits: ConnectionLimits & StreamLimits,
  maxOpenFiles: number,
): string | undefined {
  const { maxConnections: wanted } = knownLimits(limits);
  const { maxConnections } = knownLimits(limits, maxOpenFiles);
  if (maxConnections === wanted) return undefined;
  const needed = wanted + OTHER_FILES;
  return `expected that this process may open ${needed} files, for ${wanted} connections (server.maxConnections), found a limit of ${maxOpenFiles}: at most ${maxConnections} connections are accepted; raise the limit (ulimit -n ${needed}; LimitNOFILE=${needed} in the unit of a service)`;
}
