#!/usr/bin/env node
// The command `dapberry`: checks that this process may open the program's files, and runs it.

import { descriptorShortage } from './run/descriptors.ts';

const shortage = descriptorShortage();
if (shortage === undefined) await import('./cli/process.ts');
else {
  process.stderr.write(`dapberry: ${shortage}\n`);
  process.exitCode = 1;
}
