// Makes datasets for tests, with their rows in memory or on demand.

import type { Device } from '../../device/index.ts';
import type { DatasetEvents, DatasetInfo } from '../../server/dataset/dataset.ts';
import { OnDemandDataset } from '../../server/dataset/on-demand.ts';
import { StoredDataset } from '../../server/dataset/stored.ts';
import type { SharedSource } from '../../server/source/row-source.ts';
import { onDemandSensors, scheduledSensors } from '../../server/source/sensors.ts';
import { MemoryStore } from '../../server/store/memory-store.ts';
import type { StoreBounds } from '../../server/store/row-store.ts';

export interface DatasetOptions extends DatasetEvents {
  readonly bounds?: StoreBounds;
}

/** A dataset of any source, its rows in memory. */
export function inMemory(
  info: DatasetInfo,
  source: SharedSource,
  { bounds, ...events }: DatasetOptions = {},
): StoredDataset {
  return new StoredDataset(info, source, new MemoryStore(source.layout.columns, bounds), events);
}

/** A dataset of a device with an interval, its rows in memory. */
export function sampled(info: DatasetInfo, device: Device, options: DatasetOptions = {}): StoredDataset {
  return inMemory(info, scheduledSensors(device), options);
}

/** A dataset of a device with interval 0. */
export function onDemand(info: DatasetInfo, device: Device, events: DatasetEvents = {}): OnDemandDataset {
  return new OnDemandDataset(info, onDemandSensors(device), events);
}
