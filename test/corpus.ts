// Where the recorded DAP2 responses lie, if this machine has them: they are a data set of their own, beside the project.

import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';

const { DAPBERRY_CORPUS } = process.env;

const place = resolve(DAPBERRY_CORPUS ?? resolve(import.meta.dirname, '../../shared/corpus/netcdf-c'));

/** The folder with `testdata3` and `expected3`; undefined where it is not on this machine. */
export const corpusDir: string | undefined = existsSync(resolve(place, 'testdata3')) ? place : undefined;

/** The names of the recorded datasets, without suffix; none where the corpus is not on this machine. */
export function corpusNames(): string[] {
  if (corpusDir === undefined) return [];
  const files = readdirSync(resolve(corpusDir, 'testdata3'));
  return files.filter(file => file.endsWith('.dods')).map(file => file.slice(0, -'.dods'.length));
}
