// Defines a dataset of the configuration that is not open, because its source cannot be opened now.

import type { DatasetInfo } from './dataset.ts';

export interface WaitingDataset {
  readonly info: DatasetInfo;
  /** A clause without the name of the dataset. */
  readonly reason: string;
  /** Since when it waits, in seconds since 1970. */
  readonly since: number;
  /** Seconds until the next attempt, one at least. */
  readonly retryAfter: number;
  /** The relays through which its rows would come. */
  readonly relayPath: readonly string[];
  /** The first dataset of the configuration, which also answers without its name. */
  readonly isFirst: boolean;
}

/** Such as `dataset roof: no device`. */
export function waitingText({ info, reason }: Pick<WaitingDataset, 'info' | 'reason'>): string {
  return `dataset ${info.name}: ${reason}`;
}
