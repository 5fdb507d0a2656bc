// The kind `host-cpu`: the share of the processors' time that was in use (proc(5), /proc/stat).

import { z } from 'zod';
import { readAtOpening, textAt } from '../host/kernel-files.ts';
import { foundByFile, sensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { CounterWindow } from './counter-window.ts';
import { simulatedKernelOf } from './simulated-kernel.ts';

const STAT = '/proc/stat';

/** user, nice, system, idle, iowait, irq, softirq, steal. The next two, guest and guest_nice, are contained in user and nice. */
const ACCOUNTS = 8;
const FEWEST_ACCOUNTS = 4;
const IDLE = 3;
const IOWAIT = 4;

const CHANNELS: readonly Channel[] = [
  { name: 'cpu_busy', units: 'percent', longName: 'Share of CPU time in use', validRange: [0, 100] },
];

/**
 * Channel `cpu_busy`: the share of the time of all processors, since the previous reading (a tenth of a second at least),
 * in which they were neither idle nor waiting for input and output. A first sample is taken at opening; the first
 * reading waits until a tenth of a second has passed since then.
 */
export const hostCpu = sensorKind({
  name: 'host-cpu',
  title: 'CPU use of the machine',
  description: 'The share of the time of all processors that was in use since the previous row (/proc/stat).',
  needs: ['kernel-files'],
  options: z.strictObject({}),
  channels: () => CHANNELS,
  conversionTime: () => 0,
  simulate: (_options, host) => simulatedKernelOf({}, host),
  find: host => foundByFile(host, STAT),
  open: async (_options, { files, clock }) => {
    const window = new CounterWindow<readonly number[]>();
    const first = parseCpuTicks(await readAtOpening(files, STAT));
    window.add({ time: clock.monotonic(), counters: first });
    let reads = 0;
    return {
      name: 'host-cpu',
      channels: CHANNELS,
      read: async ({ signal }) => {
        if (reads++ === 0) await clock.sleepUntil(window.readyAt, signal);
        const counters = parseCpuTicks(await textAt(files, STAT, signal));
        const time = clock.monotonic();
        const before = window.before(time);
        window.add({ time, counters });
        return [before === undefined ? Number.NaN : busyShare(before.counters, counters)];
      },
      close: async () => {},
    };
  },
});

/** The ticks of all processors together, by account, in the text of /proc/stat. */
export function parseCpuTicks(text: string): number[] {
  const found = /^cpu +(\d+(?: \d+)*) *$/m.exec(text);
  const ticks = found?.[1]?.split(' ').map(Number) ?? [];
  if (ticks.length < FEWEST_ACCOUNTS) {
    throw new Error(
      `${STAT}: expected a line 'cpu' with ${FEWEST_ACCOUNTS} numbers at least, and found ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
  return ticks.slice(0, ACCOUNTS);
}

/** Percent of the ticks between two samples that were not idle; NaN without any tick. */
function busyShare(before: readonly number[], after: readonly number[]): number {
  // iowait, and idle when a processor is removed, may decrease a little (proc(5)): that counts as 0.
  const passed = after.map((ticks, account) => Math.max(0, ticks - (before[account] ?? ticks)));
  const total = passed.reduce((sum, ticks) => sum + ticks, 0);
  const idle = (passed[IDLE] ?? 0) + (passed[IOWAIT] ?? 0);
  return total === 0 ? Number.NaN : (100 * (total - idle)) / total;
}
