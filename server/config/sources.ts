// Builds the source of a dataset's rows from its keys, and the words about the dataset that follow from it.

import type { SensorSetup } from '../../device/index.ts';
import type { DatasetInfo } from '../dataset/dataset.ts';
import { datasetInfo, sensorWords } from './check/dataset-info.ts';
import type { Overrides, SensorsConfig, SourceConfig } from './config.ts';
import type { WrittenDataset } from './schema/schema.ts';
import { isOtherSource, type WrittenSource } from './schema/source-schema.ts';

/** @param sensors those of the dataset; none if it has another source */
export function sourceOf(
  { source, interval }: WrittenDataset,
  sensors: readonly SensorSetup[],
  overrides: Overrides,
): SourceConfig {
  if (isOtherSource(source)) return otherSource(source);
  return { kind: 'sensors', sensors, delivery: deliveryOf(overrides.interval ?? interval) };
}

/** @param interval seconds between rows, where 0 asks for rows as fast as each client reads */
function deliveryOf(interval: number): SensorsConfig['delivery'] {
  return interval > 0 ? { kind: 'scheduled', interval } : { kind: 'on-demand' };
}

function otherSource({ dap2, credentials, past }: WrittenSource): SourceConfig {
  return {
    kind: 'dap2',
    address: dap2,
    ...(credentials === undefined ? {} : { credentials }),
    past,
    delivery: { kind: 'pushed' },
  };
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
  }
}
