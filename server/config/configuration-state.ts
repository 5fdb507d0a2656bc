// How is the server's configuration doing? What health and the page tell of it.

export interface ConfigurationState {
  /** The files that it was read from; none where it is the built-in one. */
  readonly files: readonly string[];
  /** When it was taken over, in seconds since 1970. */
  readonly since: number;
  /** What is wrong with the files as they are now, a line each: the server goes on with what they said before. */
  readonly problems: readonly string[];
  /** Datasets of the configuration that could not be opened, one sentence each. */
  readonly failed: readonly string[];
  /** Options that have changed and are taken over when the server is started again, such as `server.port`. */
  readonly afterRestart: readonly string[];
}
