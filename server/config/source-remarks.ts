// Says what is wrong with the files of credentials for other servers, for `check`: the configuration that names them is valid all the same.

import { messageOf } from '../../device/index.ts';
import { authorizationFrom } from '../source/dap2/credentials.ts';
import type { Config } from './config.ts';
import type { SecretOptions } from './users-file.ts';

/** Empty unless a person checks the configuration: a dataset whose credentials cannot be read waits for them. */
export async function sourceRemarks(
  { datasets }: Config,
  { secrets, environment }: SecretOptions,
): Promise<readonly string[]> {
  if (secrets !== 'check') return [];
  const remarks = datasets.map(async ({ info, source }) => {
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
