// The limits on connections: in all, to one address, and on the requests of one that wait for their answers.

import type { StreamLimits } from '../stream/open-streams.ts';

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

/** What the open connections are held to; `readerTimeout` in seconds. */
export type KnownLimits = Record<
  'maxConnections' | 'maxConnectionsPerAddress' | 'maxUnansweredRequests' | 'readerTimeout',
  number
>;

export function knownLimits({
  maxStreams,
  maxStreamsPerAddress,
  readerTimeout,
  maxConnections = maxStreams + OTHER_CONNECTIONS,
  maxConnectionsPerAddress = maxStreamsPerAddress + OTHER_CONNECTIONS_PER_ADDRESS,
  maxUnansweredRequests,
}: ConnectionLimits & StreamLimits): KnownLimits {
  return { maxConnections, maxConnectionsPerAddress, maxUnansweredRequests, readerTimeout };
}
