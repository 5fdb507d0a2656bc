// Says what is wrong with recordings and files of credentials, for `check`: the configuration that names them is valid all the same.

import { messageOf, type SensorSetup } from '../../device/index.ts';
import { authorizationFrom } from '../source/dap2/credentials.ts';
import type { Config } from './config.ts';
import type { SecretOptions } from './users-file.ts';

/** Empty unless a person checks the configuration: datasets and sensors whose files cannot be read wait for them. */
export async function sourceRemarks(
  { datasets }: Config,
  { secrets, environment }: SecretOptions,
): Promise<readonly string[]> {
  if (secrets !== 'check') return [];
  const remarks = datasets.map(async ({ info, source }) => {
    if (source.kind === 'sensors') return sensorRemarks(info.name, source.sensors);
    if (source.kind !== 'dap2' || source.credentials === undefined) return [];
    try {
      await authorizationFrom(source.credentials, new URL(source.address), environment);
      return [];
    } catch (error) {
      return [`dataset ${info.name}: ${messageOf(error)}`];
    }
  });
  return (await Promise.all(remarks)).flat();
}

async function sensorRemarks(dataset: string, sensors: readonly SensorSetup[]): Promise<readonly string[]> {
  const problems = sensors.map(async ({ kind, driver, name, options }) => {
    const problem = driver === undefined ? await kind.problemOf?.(options) : undefined;
    return problem === undefined ? [] : [`dataset ${dataset}: sensor ${name}: ${problem}`];
  });
  return (await Promise.all(problems)).flat();
}
