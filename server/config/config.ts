// Declares a validated configuration as plain data, so that two configurations can be compared deeply.

import type { SensorSetup } from '../../device/index.ts';
import type { DatasetInfo } from '../dataset/dataset.ts';
import type { LogBounds } from '../store/row-log.ts';
import type { ServerConfig } from './schema/schema.ts';

export interface DatasetConfig {
  readonly info: DatasetInfo;
  /** Seconds between rows; 0 = as fast as each client reads. */
  readonly interval: number;
  readonly log: LogBounds;
  /** One or more; all their columns have different names. */
  readonly sensors: readonly SensorSetup[];
}

export interface Config {
  readonly server: ServerConfig;
  /** True: every sensor is simulated, and nothing of the machine is read. */
  readonly simulate: boolean;
  readonly seed: number;
  /** In the order of the texts. */
  readonly datasets: readonly DatasetConfig[];
}

/** The options of the command line that override the configuration. */
export interface Overrides {
  readonly host?: string;
  readonly port?: number;
  /** Of every dataset. */
  readonly interval?: number;
  readonly simulate?: boolean;
  readonly seed?: number;
}
