// Defines a notice about the server, as it stands above the charts.

export interface Notice {
  /** Identifies its subject: a notice replaces another with the same key. */
  readonly key: string;
  /** The problem in a few words. */
  readonly title: string;
  /** The beginning of the problem, in milliseconds since 1970; undefined if it is not known. */
  readonly since?: number | undefined;
  /** The consequence. */
  readonly text?: string;
  /** The server's own words, in lines. */
  readonly lines?: readonly string[];
  /** The number of further lines. */
  readonly more?: number;
  /** The announcement when the problem is over. */
  readonly over: string;
}
