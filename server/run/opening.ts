// Opens the configured datasets: the source of each, and the store that its rows go into unless each reader has rows of its own.

import {
  columnsOf,
  type DeviceEvent,
  messageOf,
  openDevice,
  provenanceOf,
  reopenOnError,
  type SensorHost,
  samplingOf,
  sensorOpener,
} from '../../device/index.ts';
import type { DatasetConfig, SensorsConfig, SourceConfig } from '../config/config.ts';
import type { Dataset, DatasetEvents } from '../dataset/dataset.ts';
import { OnDemandDataset } from '../dataset/on-demand.ts';
import { StoredDataset } from '../dataset/stored.ts';
import { HistoryClock } from '../history/history-clock.ts';
import type { HistoryWork } from '../history/history-faults.ts';
import type { Synchronized } from '../machine/synchronized.ts';
import type { PublishedDataset } from '../publish/publisher.ts';
import { isOnDemand, type RowSource } from '../source/row-source.ts';
import { sensorSource } from '../source/sensors.ts';
import { MemoryStore } from '../store/memory-store.ts';

/** Receives the news of all datasets, with the name of each. */
export interface OpenEvents {
  readonly onEvent?: (dataset: string, event: DeviceEvent) => void;
  readonly onOverrun?: (dataset: string, missed: number) => void;
  readonly onGone?: (dataset: string, missed: number) => void;
  readonly onFailure?: (dataset: string, error: unknown) => void;
  readonly onLoadFailure?: (dataset: string, error: unknown) => void;
  readonly onHistory?: (dataset: string, event: HistoryEvent) => void;
  /** Receives the datasets that are served now, with their sinks, after each change of the configuration. */
  readonly onServed?: (datasets: readonly PublishedDataset[]) => void;
  /** Whether the system clock is synchronised, undefined until that has been asked for the first time; by default unknown. */
  readonly synchronized?: () => Synchronized | undefined;
}

/** A sentence about the history of a dataset, the error of work that fails, or its first success after that. */
export type HistoryEvent =
  | { readonly kind: 'remark'; readonly text: string }
  | { readonly kind: 'failing'; readonly work: HistoryWork; readonly error: unknown }
  | { readonly kind: 'back'; readonly work: HistoryWork };

/** Opens one dataset. Rows that readers share begin at once. */
export async function openDataset(
  { info, log, history, source: config }: DatasetConfig,
  host: SensorHost,
  simulate: boolean,
  { onEvent, onOverrun, onGone, onFailure, onLoadFailure, onHistory, synchronized }: OpenEvents = {},
): Promise<Dataset> {
  const { name } = info;
  const clock = new HistoryClock(synchronized, host.clock);
  const onDeviceEvent = (event: DeviceEvent) => {
    if (event.kind === 'clock-stepped') clock.stepped(event);
    onEvent?.(name, event);
  };
  const source = await openSource(config, host, simulate, onDeviceEvent).catch((error: unknown) => {
    throw new Error(`dataset ${name}: ${messageOf(error)}`, { cause: error });
  });
  const events: DatasetEvents = {
    onOverrun: missed => onOverrun?.(name, missed),
    onGone: missed => onGone?.(name, missed),
    onFailure: error => onFailure?.(name, error),
    onLoadFailure: error => onLoadFailure?.(name, error),
  };
  if (isOnDemand(source)) return new OnDemandDataset(info, source, events);
  const { columns } = source.layout;
  if (history === undefined) return new StoredDataset(info, source, new MemoryStore(columns, log), events);
  // Loaded on demand: a server without a history starts without its libraries.
  const { openHistory } = await import('../history/histories.ts');
  let dataset: Dataset | undefined;
  const store = await openHistory({
    ...history,
    dataset: name,
    columns,
    attributes: () => dataset?.attributes ?? new Map(),
    bounds: log,
    clock: source.isClocked ? clock : new HistoryClock(),
    events: {
      onRemark: text => onHistory?.(name, { kind: 'remark', text }),
      onFailure: (error, work) => onHistory?.(name, { kind: 'failing', work, error }),
      onRecovery: work => onHistory?.(name, { kind: 'back', work }),
    },
  });
  dataset = new StoredDataset(info, source, store, events);
  return dataset;
}

async function openSource(
  config: SourceConfig,
  host: SensorHost,
  simulate: boolean,
  onEvent: (event: DeviceEvent) => void,
): Promise<RowSource> {
  switch (config.kind) {
    case 'sensors':
      return await openSensors(config, host, simulate, onEvent);
  }
}

async function openSensors(
  { sensors, delivery }: SensorsConfig,
  host: SensorHost,
  simulate: boolean,
  onEvent: (event: DeviceEvent) => void,
): Promise<RowSource> {
  const openers = sensors.map(setup => {
    const open = sensorOpener(setup, host, simulate);
    return reopenOnError(open, setup.name, columnsOf(setup), host.clock, samplingOf(setup));
  });
  const interval = delivery.kind === 'scheduled' ? delivery.interval : 0;
  const provenance = [...new Set(sensors.map(setup => provenanceOf(setup, simulate)))];
  return sensorSource(
    await openDevice({ sensors: openers, interval, clock: host.clock, onEvent }),
    provenance,
  );
}
