// Defines the limits on connections, in all and per address, and on the unanswered requests of each.

import type { StreamLimits } from '../stream/stream-limits.ts';

export interface ConnectionLimits {
  /** Connections that may be open at once; by default `maxStreams` and some for other requests. */
  readonly maxConnections?: number | undefined;
  /** Connections that one address may have open at once; by default `maxStreamsPerAddress` and some for other requests. */
  readonly maxConnectionsPerAddress?: number | undefined;
  /** Unanswered requests of one connection, including the request that is being answered. */
  readonly maxUnansweredRequests: number;
}

export const DEFAULT_UNANSWERED_REQUESTS = 8;

/** Connections besides those of streams, in all and per address, by default. */
export const OTHER_CONNECTIONS = 500;
export const OTHER_CONNECTIONS_PER_ADDRESS = 50;

/**
 * Open files besides connections: those of the program, sensors, drivers and the page. Without this reserve, sensors could not
 * be read while all connections are in use.
 */
const OTHER_FILES = 128;

/** The limits of the open connections; `readerTimeout` in seconds. */
export type KnownLimits = Record<
  'maxConnections' | 'maxConnectionsPerAddress' | 'maxUnansweredRequests' | 'readerTimeout',
  number
>;

/** The limits, lowered to the connections of a process that may open `maxOpenFiles`. */
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
  // One address may have at most half of the connections.
  const most = Math.min(maxConnectionsPerAddress, Math.floor(fitting / 2));
  return { ...known, maxConnections: fitting, maxConnectionsPerAddress: most };
}

/** A message if a process may open too few files for its connections; undefined if they suffice. */
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
