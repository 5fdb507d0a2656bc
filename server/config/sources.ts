// Builds the source of a dataset's rows from its keys, and the words about the dataset that follow from it.

import type { z } from 'zod';
import type { SensorSetup } from '../../device/index.ts';
import type { DatasetInfo } from '../dataset/dataset.ts';
import { datasetInfo, sensorWords } from './check/dataset-info.ts';
import type { FleetConfig, NatsPlace, Overrides, SensorsConfig, SourceConfig } from './config.ts';
import type { FLEET, NATS_SOURCE } from './schema/nats-schema.ts';
import { ON_MESSAGE, type WrittenDataset } from './schema/schema.ts';
import { isOtherSource, type WrittenSource } from './schema/source-schema.ts';

/** @param sensors those of the dataset; none if it has another source */
export function sourceOf(
  name: string,
  { source, interval }: WrittenDataset,
  sensors: readonly SensorSetup[],
  overrides: Overrides,
): SourceConfig {
  if (isOtherSource(source)) return otherSource(name, source);
  return { kind: 'sensors', sensors, delivery: deliveryOf(overrides.interval ?? interval) };
}

/** @param interval seconds between rows, where 0 asks for rows as fast as each client reads */
function deliveryOf(interval: WrittenDataset['interval']): SensorsConfig['delivery'] {
  if (interval === ON_MESSAGE) return { kind: 'pushed' };
  return interval > 0 ? { kind: 'scheduled', interval } : { kind: 'on-demand' };
}

function otherSource(name: string, source: WrittenSource): SourceConfig {
  if ('nats' in source) {
    const { dataset = name, past, ...place } = source.nats;
    return { kind: 'nats', nats: natsPlace(place), dataset, past, delivery: { kind: 'pushed' } };
  }
  const { dap2, credentials, past } = source;
  return {
    kind: 'dap2',
    address: dap2,
    ...(credentials === undefined ? {} : { credentials }),
    past,
    delivery: { kind: 'pushed' },
  };
}

type WrittenPlace = Omit<z.output<typeof NATS_SOURCE>['nats'], 'dataset' | 'past'>;

function natsPlace({ servers, stream, credentials, ca }: WrittenPlace): NatsPlace {
  return {
    servers,
    stream,
    ...(credentials === undefined ? {} : { credentials }),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** The datasets of a stream; undefined if none is named. */
export function fleetOf(written: z.output<typeof FLEET>): FleetConfig | undefined {
  if (written === undefined) return undefined;
  const { nats, datasets, past, rest, public: isPublic } = written;
  return { nats: natsPlace(nats), datasets, past, rest, isPublic };
}

/** The words about a dataset. Those that nobody has written follow from its source. */
export function infoOf(name: string, written: WrittenDataset, source: SourceConfig): DatasetInfo {
  if (source.kind === 'sensors') return datasetInfo(name, written, sensorWords(source.sensors));
  const words = otherWords(source);
  const isWritten = { ...written, source: isOtherSource(written.source) ? undefined : written.source };
  const unwritten = (['title', 'summary', 'source'] as const).filter(key => isWritten[key] === undefined);
  return { ...datasetInfo(name, written, words), unwritten };
}

function otherWords(source: Exclude<SourceConfig, SensorsConfig>): Pick<DatasetInfo, 'summary' | 'source'> {
  switch (source.kind) {
    case 'dap2':
      return { summary: `The rows of ${source.address}.`, source: `the DAP2 dataset ${source.address}` };
    case 'nats': {
      const { nats, dataset } = source;
      return {
        summary: `The rows of ${dataset} in the stream ${nats.stream}.`,
        source: `the dataset ${dataset} of the stream ${nats.stream}`,
      };
    }
  }
}
