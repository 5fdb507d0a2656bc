// Opens the configured datasets: the source of each, and the store that its rows go into unless each reader has rows of its own.

import {
  columnsOf,
  type DeviceEvent,
  openDevice,
  openPushedDevice,
  provenanceOf,
  reopenOnError,
  type SensorHost,
  samplingOf,
  sensorOpener,
} from '../../device/index.ts';
import type { Dap2Config, DatasetConfig, NatsConfig, SensorsConfig, SourceConfig } from '../config/config.ts';
import type { Dataset, DatasetEvents } from '../dataset/dataset.ts';
import { OnDemandDataset } from '../dataset/on-demand.ts';
import { StoredDataset } from '../dataset/stored.ts';
import { HistoryClock } from '../history/history-clock.ts';
import type { HistoryWork } from '../history/history-faults.ts';
import type { Synchronized } from '../machine/synchronized.ts';
import type { FleetEvent } from '../nats/fleet.ts';
import type { PublishedDataset } from '../publish/publisher.ts';
import type { LayoutChanged } from '../source/layout-changed.ts';
import { isOnDemand, isResumed, type RowSource, type SourceEvent } from '../source/row-source.ts';
import { pushedSensors, sensorSource } from '../source/sensors.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { OpeningEvent } from './configured-dataset.ts';

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
  /** Receives the news of sources that are other servers. */
  readonly onSource?: (dataset: string, event: SourceEvent) => void;
  /** Receives the news of datasets that wait to be opened, or are opened again. */
  readonly onOpening?: (dataset: string, event: OpeningEvent) => void;
  /** The dataset is to be closed and opened again: its streams have ended. */
  readonly onLayoutChanged?: (dataset: string, error: LayoutChanged) => void;
  /** Receives the news of the fleet. */
  readonly onFleet?: (event: FleetEvent) => void;
  /** Ends the opening of a source that is another server. */
  readonly signal?: AbortSignal;
  /** The columns of the source have changed since it was open: stored rows do not tell which it has now. */
  readonly hasChanged?: boolean;
  /** Whether the system clock is synchronised, undefined until that has been asked for the first time; by default unknown. */
  readonly synchronized?: () => Synchronized | undefined;
}

/** A sentence about the history of a dataset, the error of work that fails, or its first success after that. */
export type HistoryEvent =
  | { readonly kind: 'remark'; readonly text: string }
  | { readonly kind: 'failing'; readonly work: HistoryWork; readonly error: unknown }
  | { readonly kind: 'back'; readonly work: HistoryWork };

/** Opens one dataset. Rows that readers share begin at once. Rejects with a clause while its source cannot be opened. */
export async function openDataset(
  { info, log, history, source: config }: DatasetConfig,
  host: SensorHost,
  simulate: boolean,
  {
    onEvent,
    onOverrun,
    onGone,
    onFailure,
    onLoadFailure,
    onHistory,
    onLayoutChanged,
    onSource,
    signal = new AbortController().signal,
    hasChanged = false,
    synchronized,
  }: OpenEvents = {},
): Promise<Dataset> {
  const { name } = info;
  const clock = new HistoryClock(synchronized, host.clock);
  const onDeviceEvent = (event: DeviceEvent) => {
    if (event.kind === 'clock-stepped') clock.stepped(event);
    onEvent?.(name, event);
  };
  let dataset: StoredDataset | undefined;
  const source = await openSource(config, {
    ...{ name, host, simulate, history, onDeviceEvent, signal, hasChanged },
    onSourceEvent: event => onSource?.(name, event),
    onWords: () => dataset?.describeAgain(),
  });
  const events: DatasetEvents = {
    onOverrun: missed => onOverrun?.(name, missed),
    onGone: missed => onGone?.(name, missed),
    onFailure: error => onFailure?.(name, error),
    onLoadFailure: error => onLoadFailure?.(name, error),
    ...(onLayoutChanged === undefined
      ? {}
      : { onLayoutChanged: (error: LayoutChanged) => onLayoutChanged(name, error) }),
  };
  if (isOnDemand(source)) return new OnDemandDataset(info, source, events);
  const { columns } = source.layout;
  if (history === undefined) {
    dataset = new StoredDataset(info, source, new MemoryStore(columns, log), events);
    return dataset;
  }
  // Loaded on demand: a server without a history starts without its libraries.
  const { openHistory } = await import('../history/histories.ts');
  const store = await openHistory({
    ...history,
    dataset: name,
    columns,
    attributes: () => dataset?.attributes ?? new Map(),
    bounds: log,
    clock: source.isClocked ? clock : new HistoryClock(),
    isResumed: isResumed(source),
    events: {
      onRemark: text => onHistory?.(name, { kind: 'remark', text }),
      onFailure: (error, work) => onHistory?.(name, { kind: 'failing', work, error }),
      onRecovery: work => onHistory?.(name, { kind: 'back', work }),
    },
  });
  dataset = new StoredDataset(info, source, store, events);
  return dataset;
}

/** What a source may need besides its configuration. */
interface SourceContext {
  /** The name of the dataset. */
  readonly name: string;
  readonly host: SensorHost;
  readonly simulate: boolean;
  readonly history: DatasetConfig['history'];
  readonly onDeviceEvent: (event: DeviceEvent) => void;
  readonly onSourceEvent: (event: SourceEvent) => void;
  /** The words of the source have changed. */
  readonly onWords: () => void;
  /** Ends the opening. */
  readonly signal: AbortSignal;
  readonly hasChanged: boolean;
}

/** Rejects with a clause while the source cannot be opened: the dataset waits, and this is called again. */
async function openSource(config: SourceConfig, context: SourceContext): Promise<RowSource> {
  switch (config.kind) {
    case 'sensors':
      return await openSensors(config, context.host, context.simulate, context.onDeviceEvent);
    case 'dap2':
      return await openRelay(config, context);
    case 'nats':
      return await openStream(config, context);
  }
}

async function openRelay(
  { address, credentials, past }: Dap2Config,
  { name, history, onSourceEvent, onWords, signal, hasChanged }: SourceContext,
): Promise<RowSource> {
  // Loaded on demand: a server without a relay starts without the client.
  const { openDap2 } = await import('../source/dap2/open.ts');
  return openDap2({
    ...{ dataset: name, address, credentials, past, signal, onWords },
    ...(hasChanged ? { patience: CHANGED_PATIENCE } : {}),
    onEvent: onSourceEvent,
    environment: process.env,
    remembered: () => rememberedOf(history, name),
  });
}

/** What the stored rows of a dataset say about it; undefined without stored rows. */
async function rememberedOf(history: DatasetConfig['history'], dataset: string) {
  if (history === undefined) return undefined;
  const { rememberedLayout } = await import('../history/remembered-layout.ts');
  return rememberedLayout(history.path, dataset);
}

/** Milliseconds that another server has to say its columns after it has changed them. */
const CHANGED_PATIENCE = 20_000;

async function openStream(
  { nats, dataset, past }: NatsConfig,
  { name, history, onSourceEvent, onWords, signal }: SourceContext,
): Promise<RowSource> {
  // Loaded on demand: a server without a fleet starts without the client of NATS.
  const { openNats } = await import('../nats/open-source.ts');
  return openNats({
    ...{ nats, dataset, name, past, signal, onWords },
    onEvent: onSourceEvent,
    isLasting: history !== undefined,
    remembered: () => rememberedOf(history, name),
  });
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
  const provenance = [...new Set(sensors.map(setup => provenanceOf(setup, simulate)))];
  const parts = { sensors: openers, clock: host.clock, onEvent };
  switch (delivery.kind) {
    case 'scheduled':
      return sensorSource(await openDevice({ ...parts, interval: delivery.interval }), provenance);
    case 'on-demand':
      return sensorSource(await openDevice({ ...parts, interval: 0 }), provenance);
    case 'pushed':
      return pushedSensors(await openPushedDevice(parts), provenance);
  }
}
