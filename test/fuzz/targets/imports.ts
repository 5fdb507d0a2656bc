// Files for `dapberry import`: CSV of strangers gives rows, or one sentence that names file and line.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyTree, MIDNIGHT } from '../../server/history/stores.ts';
import { importInto, snapshot } from '../../server/importing/imports.ts';
import { bytesOfText, type Target } from '../target.ts';

const SEEDS = [
  `sensor.time,sensor.value\n${MIDNIGHT},20.15\n${MIDNIGHT + 1},\n${MIDNIGHT + 2},-1e-3\n`,
  'time,value (degree_Celsius),"o (a, ""b"")"\r\n2026-11-28T00:00:01.25Z,1.5,3\r\n2026-11-28T01:00:02+01:00,NaN,4\r\n',
];

export const imports: Target = {
  name: 'imports',
  slowness: 20,
  seeds: () => SEEDS.map(bytesOfText),
  async run(bytes) {
    const tree = historyTree();
    const file = join(tree.path, '..', `${process.pid}-import.csv`);
    writeFileSync(file, bytes);
    const before = snapshot(tree.path);
    try {
      await importInto(tree, [file]);
    } catch (error) {
      const { message } = error as Error;
      // Units that differ within a file are told with the day.
      if (!message.startsWith(`${file}:`) && !message.startsWith('roof on ')) throw error;
      if (JSON.stringify(snapshot(tree.path)) !== JSON.stringify(before))
        throw new Error('expected that nothing is changed', { cause: error });
    }
  },
};
