// Declares the limits on the size and the duration of a request, and their defaults.

/** The limits of a request; a response may last for years. */
export interface HttpLimits {
  /** Seconds until the headers are complete. */
  readonly headersTimeout: number;
  /** Seconds until the request is complete. */
  readonly requestTimeout: number;
  /** Bytes of the address and the headers. */
  readonly maxRequestHead: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  headersTimeout: 10,
  requestTimeout: 30,
  // The longest constraint that is accepted, percent-encoded, and the headers.
  maxRequestHead: 64 * 1024,
};
