// Makes the errors for addresses of datasets and responses that the server does not have, or not yet.

import type { Dataset } from '../../dataset/dataset.ts';
import type { WaitingDataset } from '../../dataset/waiting.ts';
import { RequestError } from '../../request-error.ts';
import { relayHeader } from '../../source/relay-path.ts';
import { datasetOf, waitingOf } from '../guard.ts';
import type { ServerState } from '../server-state.ts';

/**
 * The open dataset of a name in an address, where an empty name stands for the first of the configuration.
 * @throws RequestError for a dataset that waits to be opened, and for an unknown one
 */
export function openDatasetOf(
  name: string,
  state: Pick<ServerState, 'datasets' | 'waiting'>,
  suffixes: readonly string[] = [],
): Dataset {
  const waiting = waitingOf(name, state);
  if (waiting !== undefined) throw notYetOpen(waiting);
  const dataset = datasetOf(name, state.datasets);
  if (dataset === undefined) throw unknownDataset(name, state, suffixes);
  return dataset;
}

function notYetOpen({ info, reason, retryAfter, relayPath }: WaitingDataset): RequestError {
  return new RequestError(503, `the dataset ${info.name} cannot be read yet: ${reason}; try again later`, {
    'Retry-After': String(retryAfter),
    ...relayHeader(relayPath),
  });
}

/** @param suffixes those of all responses: a client that adds one itself, such as `dapberry pull`, may have got an address with one */
function unknownDataset(
  name: string,
  { datasets, waiting = [] }: Pick<ServerState, 'datasets' | 'waiting'>,
  suffixes: readonly string[],
): RequestError {
  const names = [...datasets, ...waiting].map(({ info }) => info.name);
  const suffix = suffixes.find(end => names.some(known => `${known}${end}` === name));
  const hint =
    suffix === undefined ? '' : `; leave out "${suffix}": the dataset is /${name.slice(0, -suffix.length)}`;
  return new RequestError(404, `expected a dataset (${names.join(', ')}), found "${name}"${hint}`);
}

/** @param hint another address, behind the sentence */
export function unknownSuffix(suffix: string, known: readonly string[], hint = ''): RequestError {
  return new RequestError(404, `expected one of ${known.join(' ')}, found "${suffix}"${hint}`);
}
