// Declares what health, metrics, the page and the log report about the configuration: its problems, and which one is in use.

/**
 * The configuration in use: that of the files; the one before them; the last good one, with which the server started; or the
 * load of this machine alone, because there was no last good one at the start.
 */
export type ConfigurationInUse = 'current' | 'previous' | 'last-good' | 'host-only';

export interface ConfigurationState {
  /** The files that it was read from; none for the built-in configuration. */
  readonly files: readonly string[];
  /** When it took effect, in seconds since 1970. */
  readonly since: number;
  readonly inUse: ConfigurationInUse;
  /** When the last good configuration took effect for the first time, in seconds since 1970; only while it is in use. */
  readonly lastGood?: number | undefined;
  /** The problems in the current files, one line each, while the server does not use them. */
  readonly problems: readonly string[];
  /** Since when the files have problems, in seconds since 1970; absent while they have none. */
  readonly problemsSince?: number | undefined;
  /** Datasets of the configuration that could not be opened, one sentence each. */
  readonly failed: readonly string[];
  /** Changed options that take effect at the next start, such as `server.port`. */
  readonly afterRestart: readonly string[];
}

/** Says which configuration is in use instead of a wrong one, as a clause. */
export function inUseText({ inUse, lastGood }: Pick<ConfigurationState, 'inUse' | 'lastGood'>): string {
  switch (inUse) {
    case 'current':
      return 'it is in use';
    case 'previous':
      return 'the previous one stays in use';
    case 'last-good':
      return `the last good one${lastGood === undefined ? '' : `, of ${secondsText(lastGood)},`} is in use`;
    case 'host-only':
      return 'only the load of this machine is served, because no last good one can be used';
  }
}

/** Such as `2026-11-29T19:20:00Z`. */
export function secondsText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
