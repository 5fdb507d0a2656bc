// How much and how long may a request be? The limits, and what they are where nobody says otherwise.

/** How much and how long a request may be; the answer may last for years. */
export interface HttpLimits {
  /** Seconds until the headers have come. */
  readonly headersTimeout: number;
  /** Seconds until the whole request has come. */
  readonly requestTimeout: number;
  /** Bytes of the address and the headers. */
  readonly maxRequestHead: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  headersTimeout: 10,
  requestTimeout: 30,
  // A constraint of the longest length that is read, percent-encoded, and the headers besides.
  maxRequestHead: 64 * 1024,
};
