// The kind `host-load`: the load averages of the machine (proc(5), /proc/loadavg).

import { z } from 'zod';
import { readAtOpening, textAt } from '../host/kernel-files.ts';
import { foundByFile, sensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { simulatedKernelOf } from './simulated-kernel.ts';

const LOADAVG = '/proc/loadavg';

const CHANNELS: readonly Channel[] = [1, 5, 15].map(minutes => ({
  name: `load_${minutes}min`,
  units: '1',
  longName: `Load average over ${minutes} min`,
  resolution: 0.01,
}));

/** Channels `load_1min`, `load_5min`, `load_15min`: tasks running or waiting, averaged over this time. */
export const hostLoad = sensorKind({
  name: 'host-load',
  title: 'Load averages of the machine',
  description: 'The number of tasks that run or wait, averaged over 1, 5 and 15 minutes (/proc/loadavg).',
  needs: ['kernel-files'],
  options: z.strictObject({}),
  channels: () => CHANNELS,
  conversionTime: () => 0,
  simulate: (_options, host) => simulatedKernelOf({}, host),
  find: host => foundByFile(host, LOADAVG),
  open: async (_options, { files }) => {
    parseLoadAverages(await readAtOpening(files, LOADAVG));
    return {
      name: 'host-load',
      channels: CHANNELS,
      read: async ({ signal }) => parseLoadAverages(await textAt(files, LOADAVG, signal)),
      close: async () => {},
    };
  },
});

/** The three load averages in the text of /proc/loadavg. */
export function parseLoadAverages(text: string): number[] {
  const found = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text);
  if (found === null) {
    throw new Error(
      `${LOADAVG}: expected three load averages, and found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return found.slice(1).map(Number);
}
