// The recorded DAP2 responses of real servers, in test/corpus (its SOURCE.md says where they come from).

import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

/** The folder with `testdata3` (the responses) and `expected3` (what ncdump prints of them). */
export const corpusDir: string = resolve(import.meta.dirname, 'corpus/netcdf-c');

/** The names of the recorded datasets, without suffix. */
export function corpusNames(): string[] {
  const files = readdirSync(resolve(corpusDir, 'testdata3'));
  return files.filter(file => file.endsWith('.dods')).map(file => file.slice(0, -'.dods'.length));
}
