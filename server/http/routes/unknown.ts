// Makes the errors for addresses of datasets and responses that the server does not have.

import type { Dataset } from '../../dataset/dataset.ts';
import { RequestError } from '../../request-error.ts';

/** @param suffixes those of all responses: a client that adds one itself, such as `dapberry pull`, may have got an address with one */
export function unknownDataset(
  name: string,
  datasets: readonly Dataset[],
  suffixes: readonly string[] = [],
): RequestError {
  const names = datasets.map(({ info }) => info.name);
  const suffix = suffixes.find(end => names.some(known => `${known}${end}` === name));
  const hint =
    suffix === undefined ? '' : `; leave out "${suffix}": the dataset is /${name.slice(0, -suffix.length)}`;
  return new RequestError(404, `expected a dataset (${names.join(', ')}), found "${name}"${hint}`);
}

/** @param hint another address, behind the sentence */
export function unknownSuffix(suffix: string, known: readonly string[], hint = ''): RequestError {
  return new RequestError(404, `expected one of ${known.join(' ')}, found "${suffix}"${hint}`);
}
