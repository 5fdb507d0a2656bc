// How does a configured dataset begin? Its device is opened, and its rows go to a log, or to each reader by itself.

import {
  columnsOf,
  type DeviceEvent,
  messageOf,
  openDevice,
  reopenOnError,
  type SensorHost,
  samplingOf,
  sensorOpener,
} from '../../device/index.ts';
import type { DatasetConfig } from '../config/config.ts';
import type { Dataset, DatasetEvents } from '../dataset/dataset.ts';
import { LoggedDataset } from '../dataset/logged.ts';
import { MaterialisedDataset } from '../dataset/materialised.ts';

/** What datasets tell, each by its name. */
export interface OpenEvents {
  readonly onEvent?: (dataset: string, event: DeviceEvent) => void;
  readonly onOverrun?: (dataset: string, missed: number) => void;
  readonly onFailure?: (dataset: string, error: unknown) => void;
}

/** Opens all datasets or none. Rejects with the sentence of the first that does not open, its name before it. */
export async function openDatasets(
  configs: readonly DatasetConfig[],
  host: SensorHost,
  simulate: boolean,
  events: OpenEvents = {},
): Promise<Dataset[]> {
  const openings = await Promise.allSettled(
    configs.map(config => openDataset(config, host, simulate, events)),
  );
  const opened = openings.flatMap(opening => (opening.status === 'fulfilled' ? [opening.value] : []));
  const failed = openings.find(opening => opening.status === 'rejected');
  if (failed === undefined) return opened;
  await Promise.all(opened.map(dataset => dataset.close()));
  throw failed.reason;
}

/** Opens one dataset; with an interval its rows begin at once. */
export async function openDataset(
  { info, interval, log, sensors }: DatasetConfig,
  host: SensorHost,
  simulate: boolean,
  { onEvent, onOverrun, onFailure }: OpenEvents = {},
): Promise<Dataset> {
  const openers = sensors.map(setup => {
    const open = sensorOpener(setup, host, simulate);
    return reopenOnError(open, setup.name, columnsOf(setup), host.clock, samplingOf(setup));
  });
  const device = await openDevice({
    sensors: openers,
    interval,
    clock: host.clock,
    onEvent: event => onEvent?.(info.name, event),
  }).catch((error: unknown) => {
    throw new Error(`dataset ${info.name}: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const events: DatasetEvents = {
    onOverrun: missed => onOverrun?.(info.name, missed),
    onFailure: error => onFailure?.(info.name, error),
  };
  return interval > 0
    ? new LoggedDataset(info, device, { ...events, bounds: log })
    : new MaterialisedDataset(info, device, events);
}
