// The readers of DDS, DAS and Error objects: any text gives a description or an error of its own class.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DapSyntaxError, parseDas, parseDds, printDas, printDds, readDas } from '../../../dap/index.ts';
import { parseError } from '../../../dap/protocol.ts';
import { corpusDir } from '../../corpus.ts';
import { allows, type Target, textOfBytes } from '../target.ts';

export const descriptions: Target = {
  name: 'descriptions',
  seeds() {
    const folder = join(corpusDir, 'testdata3');
    return readdirSync(folder)
      .filter(name => /\.d[da]s$/.test(name))
      .map(name => readFileSync(join(folder, name)));
  },
  run(bytes) {
    const text = textOfBytes(bytes);
    const dataset = allows([DapSyntaxError], () => parseDds(text));
    // What was read can be written, and is read again as the same.
    if (dataset !== undefined && printDds(parseDds(printDds(dataset))) !== printDds(dataset))
      throw new Error('expected the same DDS again');
    const attributes = allows([DapSyntaxError], () => parseDas(text));
    if (attributes !== undefined && printDas(parseDas(printDas(attributes))) !== printDas(attributes))
      throw new Error('expected the same DAS again');
    // A client reads what it can of a DAS that is wrong.
    allows([DapSyntaxError], () => readDas(text));
    allows([DapSyntaxError], () => parseError(text));
  },
};
