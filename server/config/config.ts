// What is a configuration, once it is read and found right? Plain data: of two that are deeply equal one is as good as the other.

import type { SensorSetup } from '../../device/index.ts';
import type { DatasetInfo } from '../dataset/dataset.ts';
import type { LogBounds } from '../store/row-log.ts';
import type { ServerConfig } from './schema/schema.ts';

export interface DatasetConfig {
  readonly info: DatasetInfo;
  /** Seconds between rows; 0 = as fast as each client reads. */
  readonly interval: number;
  readonly log: LogBounds;
  /** One or more; their columns have names of which no two are alike. */
  readonly sensors: readonly SensorSetup[];
}

export interface Config {
  readonly server: ServerConfig;
  /** True: nothing of the machine is read, every sensor is simulated. */
  readonly simulate: boolean;
  readonly seed: number;
  /** In the order in which they were written; none where none was. */
  readonly datasets: readonly DatasetConfig[];
}

/** What the command line says, which comes before what files say. */
export interface Overrides {
  readonly host?: string;
  readonly port?: number;
  /** Of every dataset. */
  readonly interval?: number;
  readonly simulate?: boolean;
  readonly seed?: number;
}
