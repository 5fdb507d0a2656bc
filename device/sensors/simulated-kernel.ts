// Simulated files of the kernel on a small board: texts as the kernel's, made from a seeded model.

import type { KernelFiles } from '../host/kernel-files.ts';
import type { SensorHost } from '../kind.ts';
import { fileTree } from '../models/file-tree.ts';
import { randomBits, uniform } from '../models/seeded-noise.ts';

const PROCESSORS = 4;
/** Ticks a second in /proc/stat (USER_HZ). */
const TICKS = 100;
/** When the board was switched on: 2025-01-01T00:00:00Z. */
const BOOT = 1_735_689_600;

/** Shares of the processors' time: user and system of the busy part, waiting for disks of the idle part. */
const USER_SHARE = 0.7;
const SYSTEM_SHARE = 0.25;
const IOWAIT_SHARE = 0.01;

const MEAN_BUSY = 0.3;
const MEAN_RECEIVED = 40_000;
const MEAN_SENT = 15_000;
const MEAN_PACKET = 600;

/** deg C of the idle chip, and the increase at full load. */
const COOL = 42;
const WARMING = 30;
/** Seconds over which load warms the chip. */
const WARMING_TIME = 20;

/** The periods of the model's waves in seconds, and their amplitudes as shares of the mean. */
const PERIODS = [11, 47, 310, 3_700];
const AMPLITUDE = 0.23;

export interface SimulatedKernelOptions {
  readonly seed: number;
  /** Seconds since 1970 that never decrease, since the kernel's counters do not. */
  readonly now: () => number;
  /** The only thermal zone. */
  readonly zone?: { readonly number: number; readonly type: string };
}

/** The part of the host that simulates the kinds that read the kernel's files. */
export function simulatedKernelOf(
  { zone }: Pick<SimulatedKernelOptions, 'zone'>,
  { seed, clock }: SensorHost,
): Partial<SensorHost> {
  const ahead = clock.wall() - clock.monotonic();
  const now = () => clock.monotonic() + ahead;
  return { files: simulatedKernel({ seed, now, ...(zone === undefined ? {} : { zone }) }) };
}

/** The files that the host's sensors read, as a pure function of seed and time. */
export function simulatedKernel({
  seed,
  now,
  zone = { number: 0, type: 'cpu-thermal' },
}: SimulatedKernelOptions): KernelFiles {
  const busy = wave(randomBits(seed, 0), MEAN_BUSY);
  const received = wave(randomBits(seed, 1), MEAN_RECEIVED);
  const sent = wave(randomBits(seed, 2), MEAN_SENT);
  const meanBusy = (up: number, seconds: number) => (busy(up) - busy(up - seconds)) / seconds;

  const files: Record<string, (up: number) => string> = {
    '/proc/loadavg': up => {
      const loads = [60, 300, 900].map(seconds => (PROCESSORS * meanBusy(up, seconds)).toFixed(2));
      return `${loads.join(' ')} 1/123 4567\n`;
    },
    '/proc/stat': up => {
      const active = busy(up) * TICKS;
      const quiet = up * TICKS - active;
      const shares = [
        active * USER_SHARE,
        0,
        active * SYSTEM_SHARE,
        quiet * (1 - IOWAIT_SHARE),
        quiet * IOWAIT_SHARE,
        0,
        active * (1 - USER_SHARE - SYSTEM_SHARE),
        0,
        0,
        0,
      ];
      const line = (processors: number) => shares.map(ticks => Math.floor(ticks * processors)).join(' ');
      const each = Array.from({ length: PROCESSORS }, (_, index) => `cpu${index} ${line(1)}`);
      return [`cpu  ${line(PROCESSORS)}`, ...each, `btime ${BOOT}`, ''].join('\n');
    },
    '/proc/net/dev': up => {
      const line = (name: string, inBytes: number, outBytes: number) => {
        const [inTotal, outTotal] = [Math.floor(inBytes), Math.floor(outBytes)];
        const packets = (bytes: number) => Math.floor(bytes / MEAN_PACKET);
        return `${name}: ${inTotal} ${packets(inTotal)} 0 0 0 0 0 0 ${outTotal} ${packets(outTotal)} 0 0 0 0 0 0`;
      };
      return [
        'Inter-|   Receive                                                |  Transmit',
        ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
        line('    lo', up, up),
        line('  eth0', received(up), sent(up)),
        '',
      ].join('\n');
    },
    [`/sys/class/thermal/thermal_zone${zone.number}/type`]: () => `${zone.type}\n`,
    [`/sys/class/thermal/thermal_zone${zone.number}/temp`]: up =>
      `${Math.round(1000 * (COOL + WARMING * meanBusy(up, WARMING_TIME)))}\n`,
  };

  return fileTree(
    Object.fromEntries(Object.entries(files).map(([path, textAt]) => [path, () => textAt(now() - BOOT)])),
  );
}

/** The integral from 0 of a sum of waves about `mean`, which stays above 0, so that the integral always grows. */
function wave(seed: number, mean: number): (seconds: number) => number {
  const parts = PERIODS.map((period, index) => ({
    angular: (2 * Math.PI) / period,
    phase: 2 * Math.PI * uniform(randomBits(seed, index)),
  }));
  return seconds => {
    let sum = seconds;
    for (const { angular, phase } of parts) {
      sum += (AMPLITUDE / angular) * (Math.cos(phase) - Math.cos(angular * seconds + phase));
    }
    return mean * sum;
  };
}
