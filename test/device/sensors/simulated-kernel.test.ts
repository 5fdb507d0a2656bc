import { describe, expect, it } from 'vitest';
import { parseCpuTicks } from '../../../device/sensors/host-cpu.ts';
import { parseLoadAverages } from '../../../device/sensors/host-load.ts';
import { parseInterfaceBytes } from '../../../device/sensors/host-network.ts';
import { simulatedKernel } from '../../../device/sensors/simulated-kernel.ts';

const FILES = [
  '/proc/loadavg',
  '/proc/stat',
  '/proc/net/dev',
  '/sys/class/thermal/thermal_zone0/type',
  '/sys/class/thermal/thermal_zone0/temp',
];

const START = 1_800_000_000;
const at = (seed: number, time: number) => simulatedKernel({ seed, now: () => time });

describe('the simulated kernel', () => {
  it('says the same at the same time for the same seed, and something else for another', async () => {
    const said = (seed: number) => Promise.all(FILES.map(file => at(seed, START).read(file)));
    expect(await said(1)).toEqual(await said(1));
    expect((await said(1))[1]).not.toBe((await said(2))[1]);
  });

  it('has counters that only grow, as fast as a small board would have it', async () => {
    let before: number[] | undefined;
    for (let minute = 0; minute < 600; minute++) {
      const kernel = at(1, START + minute * 60);
      const ticks = parseCpuTicks(await kernel.read('/proc/stat'));
      const [eth0] = parseInterfaceBytes(await kernel.read('/proc/net/dev'));
      const counters = [...ticks, eth0!.received, eth0!.sent];
      for (const [index, counter] of counters.entries()) {
        expect(counter).toBeGreaterThanOrEqual(before?.[index] ?? 0);
      }
      if (before !== undefined) {
        const passed = ticks.reduce((sum, tick, index) => sum + tick - before![index]!, 0);
        expect(Math.abs(passed - 4 * 100 * 60)).toBeLessThan(10);
      }
      before = counters;
    }
  });

  it('has loads and temperatures that move within bounds', async () => {
    const loads: number[] = [];
    const temperatures: number[] = [];
    for (let minute = 0; minute < 600; minute++) {
      const kernel = at(1, START + minute * 60);
      loads.push(parseLoadAverages(await kernel.read('/proc/loadavg'))[0]!);
      temperatures.push(Number(await kernel.read('/sys/class/thermal/thermal_zone0/temp')) / 1000);
    }
    expect(Math.min(...loads)).toBeGreaterThan(0);
    expect(Math.max(...loads)).toBeLessThan(4);
    expect(Math.max(...loads) - Math.min(...loads)).toBeGreaterThan(0.5);
    expect(Math.min(...temperatures)).toBeGreaterThan(40);
    expect(Math.max(...temperatures)).toBeLessThan(75);
  });

  it('has one thermal zone and nothing that it does not know', async () => {
    const kernel = at(1, START);
    expect(await kernel.list('/sys/class/thermal')).toEqual(['thermal_zone0']);
    expect(await kernel.list('/sys/bus/w1/devices')).toEqual([]);
    await expect(kernel.read('/proc/uptime')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
