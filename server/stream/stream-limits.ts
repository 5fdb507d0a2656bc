// Defines the limits on open streams: in all, to one address, and the seconds for which a client may take nothing.

export interface StreamLimits {
  /** Streams that may be open at once. */
  readonly maxStreams: number;
  /** Streams that one address may have open at once. */
  readonly maxStreamsPerAddress: number;
  /** Seconds after which a client that takes nothing is cut off. */
  readonly readerTimeout: number;
}

export const DEFAULT_LIMITS: StreamLimits = {
  maxStreams: 2000,
  maxStreamsPerAddress: 200,
  readerTimeout: 60,
};
