// Declares a validated configuration as plain data, so that two configurations can be compared deeply.

import type { SensorSetup } from '../../device/index.ts';
import type { AccessRules } from '../access/rules.ts';
import type { DatasetInfo } from '../dataset/dataset.ts';
import type { RowDelivery } from '../source/row-source.ts';
import type { StoreBounds } from '../store/row-store.ts';
import type { ServerConfig } from './schema/schema.ts';

interface AnySourceConfig {
  readonly delivery: RowDelivery;
}

/** Sensors of this machine as the source of rows: on a schedule, or on demand. */
export interface SensorsConfig extends AnySourceConfig {
  readonly kind: 'sensors';
  /** One or more; all their columns have different names. */
  readonly sensors: readonly SensorSetup[];
}

/** Rows of another DAP2 server. */
export interface Dap2Config extends AnySourceConfig {
  readonly kind: 'dap2';
  /** The address of the dataset, without a password. */
  readonly address: string;
  /** The file with the credentials: its absolute path, or the name of a credential. */
  readonly credentials?: string;
  /** Seconds of the past with which the rows begin while none is stored; 0 for the next row. */
  readonly past: number;
}

/** The place of a stream of NATS JetStream. */
export interface NatsPlace {
  readonly servers: readonly string[];
  readonly stream: string;
  /** The file with the credentials: its absolute path, or the name of a credential. */
  readonly credentials?: string;
  readonly ca?: string;
}

/** Rows that another machine publishes into a stream of NATS. */
export interface NatsConfig extends AnySourceConfig {
  readonly kind: 'nats';
  readonly nats: NatsPlace;
  /** The name of the dataset in the stream. */
  readonly dataset: string;
  /** Seconds of the past with which the rows begin while none is stored. */
  readonly past: number;
}

/** Where the rows of a dataset come from: a closed union by kind. */
export type SourceConfig = SensorsConfig | Dap2Config | NatsConfig;

/** All datasets of a stream of NATS. */
export interface FleetConfig {
  readonly nats: NatsPlace;
  /** The names of the datasets, where `*` stands for any characters. */
  readonly datasets: string;
  /** Seconds of the past that are loaded with the first request. */
  readonly past: number;
  /** Seconds after which unused rows leave the memory. */
  readonly rest: number;
  readonly isPublic: boolean;
}

/** Where past rows are kept on disk, and how many. */
export interface HistoryConfig {
  readonly path: string;
  /** Seconds between two writes. */
  readonly flush: number;
  /** Seconds before the newest row. */
  readonly keep: number;
  /** Bytes of the dataset's files. */
  readonly size: number;
}

export interface DatasetConfig {
  readonly info: DatasetInfo;
  readonly log: StoreBounds;
  /** Undefined if rows are kept in memory alone, or not at all. */
  readonly history?: HistoryConfig;
  readonly source: SourceConfig;
  /** The options of its sinks by their kinds; undefined if its rows are published nowhere. */
  readonly publish?: Readonly<Record<string, unknown>>;
}

/** The sensors of a dataset; none where its rows come from another source. */
export function sensorsOf({ source }: DatasetConfig): readonly SensorSetup[] {
  return source.kind === 'sensors' ? source.sensors : [];
}

/** Who may read the server, if not everyone. */
export interface AccessConfig {
  /** The file of the users: its absolute path, or the name of a credential. */
  readonly file: string;
  /** Once the file is read; no user by default. */
  readonly rules: AccessRules;
}

/** What is known of datasets that nobody has configured. */
export interface BuiltinFacts {
  /** A configuration of the attached sensors for a person to edit; undefined if none is attached. */
  readonly lines: string | undefined;
  /** The attached sensors that the kernel lists, also those that are left out; a text for each. */
  readonly known: readonly string[];
}

export interface Config {
  readonly server: ServerConfig;
  readonly access?: AccessConfig;
  /** True: every sensor is simulated, and nothing of the machine is read. */
  readonly simulate: boolean;
  readonly seed: number;
  /** The datasets are the built-in ones, as no file has a dataset; absent otherwise. */
  readonly builtin?: BuiltinFacts;
  /** The datasets of a stream, which are served besides. */
  readonly fleet?: FleetConfig;
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
  /** The folder of the history; false for none. */
  readonly history?: string | false;
}
