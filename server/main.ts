#!/usr/bin/env node
// The command `dapberry`: sees that this process may open the files of the program, and runs it.

import { descriptorShortage } from './run/descriptors.ts';

const shortage = descriptorShortage();
if (shortage === undefined) await import('./cli/process.ts');
else {
  process.stderr.write(`dapberry: ${shortage}\n`);
  process.exitCode = 1;
}
