// Declares what health and the page report about the configuration: its files, its problems and pending changes.

export interface ConfigurationState {
  /** The files that it was read from; none for the built-in configuration. */
  readonly files: readonly string[];
  /** When it took effect, in seconds since 1970. */
  readonly since: number;
  /** The problems in the current files, one line each, while the server keeps the configuration before them. */
  readonly problems: readonly string[];
  /** Datasets of the configuration that could not be opened, one sentence each. */
  readonly failed: readonly string[];
  /** Changed options that take effect at the next start, such as `server.port`. */
  readonly afterRestart: readonly string[];
}
