// Defines what the open connections are told: their limits, and who may connect.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestError } from '../request-error.ts';
import type { KnownLimits } from './connection-limits.ts';

/** Why the server closed or refused a connection. */
export type ConnectionEnd = 'refused' | 'barred' | 'displaced' | 'flooded' | 'stuck' | 'handshake';

export interface ConnectionsOptions {
  /** Returns the current limits, which may change. */
  readonly limits: () => KnownLimits;
  /** Whether a peer is a proxy, whose connections are those of many clients. */
  readonly isProxy: (address: string | undefined) => boolean;
  /** Whether a peer may not connect at all; by default none. */
  readonly isBarred?: (address: string | undefined) => boolean;
  /** Whether connections without TLS are closed; by default they stay. */
  readonly needsTls?: () => boolean;
  /** Whether a response is a stream, whose client `OpenStreams` watches. */
  readonly isStream: (response: ServerResponse) => boolean;
  /** Answers on a connection before a request has come. */
  readonly refuse: (socket: Socket, error: RequestError) => void;
  /** A connection has come, whether or not it stays. */
  readonly onConnection?: () => void;
  readonly onEnd?: (end: ConnectionEnd, address: string) => void;
}
