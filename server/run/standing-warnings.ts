// Warns of what the configuration in use asks for and clients or this process may not bear: at the start, and after a reload.

import { connectionShortage } from '../connections/connection-limits.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Logger } from './logging/logger.ts';

/** Seconds between rows from which on a warning is due: pydap, nginx and others give up after a minute or two without a row. */
const LONGEST_QUIET = 30;

export interface StandingWarningsOptions {
  readonly state: { readonly datasets: readonly Dataset[]; readonly limits: Limits };
  readonly maxOpenFiles: number;
  readonly logger: Pick<Logger, 'warn'>;
}

type Limits = Parameters<typeof connectionShortage>[0];

export class StandingWarnings {
  readonly #options: StandingWarningsOptions;
  #told: readonly string[] = [];

  constructor(options: StandingWarningsOptions) {
    this.#options = options;
  }

  /** Logs the warnings that did not hold at the last call. */
  tell(): void {
    const { state, maxOpenFiles, logger } = this.#options;
    const shortage = connectionShortage(state.limits, maxOpenFiles);
    const warnings = [...(shortage === undefined ? [] : [shortage]), ...state.datasets.flatMap(longInterval)];
    for (const warning of warnings) if (!this.#told.includes(warning)) logger.warn(warning);
    this.#told = warnings;
  }
}

function longInterval({ info, delivery }: Dataset): readonly string[] {
  if (delivery.kind !== 'scheduled' || delivery.interval <= LONGEST_QUIET) return [];
  return [
    `dataset ${info.name}: an interval of ${delivery.interval} s: clients and proxies may give up between two rows`,
  ];
}
