// Opens datasets for a test, which needs all of them.

import type { SensorHost } from '../device/index.ts';
import type { DatasetConfig } from '../server/config/config.ts';
import type { Dataset } from '../server/dataset/dataset.ts';
import { openDataset } from '../server/run/opening.ts';

/** Rejects with the error of the first dataset that does not open. */
export async function openDatasets(
  configs: readonly DatasetConfig[],
  host: SensorHost,
  simulate: boolean,
): Promise<Dataset[]> {
  return Promise.all(configs.map(config => openDataset(config, host, simulate)));
}
