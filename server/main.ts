#!/usr/bin/env node
// The command `dapberry`: checks that this process may open the program's files, and runs it; or prints its version.

import { descriptorShortage } from './run/descriptors.ts';
import { holdYoungGeneration } from './run/young-generation.ts';
import { VERSION } from './version.ts';

const [, , ...words] = process.argv;
const shortage = descriptorShortage();
// Scripts ask for the version, which needs nothing of the program.
if (words.length === 1 && words[0] === '--version') process.stdout.write(`${VERSION}\n`);
else if (shortage === undefined) {
  holdYoungGeneration();
  await import('./cli/process.ts');
} else {
  process.stderr.write(`dapberry: ${shortage}\n`);
  process.exitCode = 1;
}
