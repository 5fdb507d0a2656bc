// Recordings for replay: files of spreadsheets, loggers and other servers.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecording } from '../../../device/recordings/recording.ts';
import { corpusDir } from '../../corpus.ts';
import { bytesOfText, type Target } from '../target.ts';

const SEEDS = [
  'time,t\n1795824000,20.5\n1795824001,\n1795824002.25,NaN\n',
  '\ufefftime;t;u\r\n2026-11-28T00:00:00Z;20,5;"a ""b"""\r\n2026-11-28T01:00:01+01:00;,5;x\r\n',
  'time\tt\n28.11.2026 00:00\t1e3\n',
  'Dataset: roof\nsensor.time, sensor.t\n1795824000, 20.5\n1795824001, 21.5\n',
];

let folder: string | undefined;

export const recordings: Target = {
  name: 'recordings',
  slowness: 8,
  seeds() {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-fuzz-'));
    return [...SEEDS.map(bytesOfText), readFileSync(join(corpusDir, 'testdata3/Drifters.dods'))];
  },
  async run(bytes) {
    for (const suffix of ['csv', 'dods']) {
      const file = join(folder!, `recording.${suffix}`);
      writeFileSync(file, bytes);
      try {
        const { columns } = await readRecording(file, { columns: ['t'], time: 'time', missing: [] });
        if (columns.length !== 1) throw new TypeError('expected one column');
      } catch (error) {
        // One sentence that names the file.
        if (!(error as Error).message.startsWith(`${file}: `) || (error as Error).message.includes('\n'))
          throw error;
        const { cause } = error as Error;
        if (cause instanceof TypeError || cause instanceof ReferenceError) throw cause;
      }
    }
  },
  async close() {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  },
};
