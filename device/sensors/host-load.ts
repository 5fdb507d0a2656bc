// How many tasks the host has to run: its load averages (proc(5), /proc/loadavg).

import { type KernelFiles, readAtOpening } from '../kernel-files.ts';
import type { OpenSensor } from '../sensor.ts';

const LOADAVG = '/proc/loadavg';

/** Channels `load_1min`, `load_5min`, `load_15min`: tasks running or waiting, averaged over so long. */
export function hostLoad(files: KernelFiles): OpenSensor {
  return async () => {
    parseLoadAverages(await readAtOpening(files, LOADAVG));
    return {
      name: 'host-load',
      channels: [1, 5, 15].map(minutes => ({
        name: `load_${minutes}min`,
        units: '1',
        longName: `Load average over ${minutes} min`,
      })),
      read: async signal => parseLoadAverages(await files.read(LOADAVG, signal)),
      close: async () => {},
    };
  };
}

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
