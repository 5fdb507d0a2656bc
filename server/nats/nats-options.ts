// Declares where a fleet's messages are: the servers of NATS, the name of the stream, and how this machine signs in.

/** Plain data, so that two configurations can be compared. */
export interface NatsOptions {
  /** `nats://HOST:PORT` or `tls://HOST:PORT`. */
  readonly servers: readonly string[];
  /** The name of the stream; subjects and the stream of layouts begin with it. */
  readonly stream: string;
  /** The file with the credentials: its absolute path. */
  readonly credentials?: string;
  /** The file with the certificates of the authority, for `tls://`; by default those of the system. */
  readonly ca?: string;
}

/** How a publisher creates the streams where they do not exist. */
export interface StreamLimits {
  /** Copies of each message, in a cluster: 1, 3 or 5. */
  readonly replicas: number;
  /** Seconds for which the server keeps rows. */
  readonly keep: number;
  /** Bytes of rows of the whole fleet. */
  readonly size: number;
}
