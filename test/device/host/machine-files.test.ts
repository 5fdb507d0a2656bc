import { cpus, loadavg } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../../device/host/kernel-files.ts';
import { machineFiles } from '../../../device/host/machine-files.ts';
import { fileTree } from '../../../device/models/file-tree.ts';
import { parseCpuTicks } from '../../../device/sensors/host-cpu.ts';
import { parseLoadAverages } from '../../../device/sensors/host-load.ts';

/** The kernel's files of a system without /proc. */
const NOTHING = fileTree({});

const processor = (user: number, idle: number) => ({
  model: 'a processor',
  speed: 1000,
  times: { user, nice: 1, sys: 10, idle, irq: 2 },
});
const SYSTEM = {
  cpus: () => [processor(100, 1000), processor(200, 3000)],
  loadavg: () => [0.5, 1.25, 2.999],
};

describe('the files of a machine', () => {
  it('are those of the kernel on Linux', async () => {
    const files = fileTree({ '/proc/loadavg': () => 'its text' });
    expect(machineFiles('linux', files, SYSTEM)).toBe(files);
  });

  it('have the load that Node tells on macOS', async () => {
    const files = machineFiles('darwin', NOTHING, SYSTEM);
    expect(parseLoadAverages(await files.read('/proc/loadavg'))).toEqual([0.5, 1.25, 3]);
    expect(parseCpuTicks(await files.read('/proc/stat'))).toEqual([300, 2, 20, 4000, 0, 4]);
  });

  it('have no load averages on Windows, where Node has always 0', async () => {
    const files = machineFiles('win32', NOTHING, { ...SYSTEM, loadavg: () => [0, 0, 0] });
    await expect(files.read('/proc/loadavg')).rejects.toSatisfy(isMissing);
    expect(parseCpuTicks(await files.read('/proc/stat'))).toEqual([300, 2, 20, 4000, 0, 4]);
  });

  it('have no processors where Node may not ask for them', async () => {
    const files = machineFiles('darwin', NOTHING, { ...SYSTEM, cpus: () => [] });
    await expect(files.read('/proc/stat')).rejects.toSatisfy(isMissing);
  });

  it('have nothing else, such as the bytes of network interfaces', async () => {
    const files = machineFiles('darwin', NOTHING, SYSTEM);
    await expect(files.read('/proc/net/dev')).rejects.toSatisfy(isMissing);
    expect(await files.list('/sys/class/thermal')).toEqual([]);
  });

  it('have the numbers of this machine by default', async () => {
    const files = machineFiles('darwin', NOTHING);
    const [minute = Number.NaN] = parseLoadAverages(await files.read('/proc/loadavg'));
    expect(Math.abs(minute - (loadavg()[0] ?? Number.NaN))).toBeLessThan(2);
    const idle = (parseCpuTicks(await files.read('/proc/stat'))[3] ?? 0) / 1000;
    const now = cpus().reduce((sum, { times }) => sum + times.idle, 0) / 1000;
    expect(Math.abs(idle - now)).toBeLessThan(60);
  });
});
