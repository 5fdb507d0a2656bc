import { afterEach, expect, it, vi } from 'vitest';
import { oneWire } from '../../../device/host/one-wire.ts';
import { builtinConfig } from '../../../server/config/builtin.ts';
import { AttachedWatch } from '../../../server/run/attached-watch.ts';
import { hostOf } from '../../device/known-sensors.ts';
import { type KernelTree, kernelTree } from '../../device/sensors/kernel-tree.ts';

const BUS = '/sys/bus/w1/devices/w1_bus_master1';

let tree: KernelTree | undefined;
let watch: AttachedWatch | undefined;
afterEach(async () => {
  watch?.close();
  await tree?.dispose();
});

it('a thermometer that the kernel finds after the start is served, once, and nothing is read again for one that is gone', async () => {
  tree = await kernelTree({ '/proc/loadavg': '0.10 0.20 0.30 1/100 200\n' });
  const { files } = tree;
  const { clock, buses } = hostOf();
  const host = hostOf({ files, oneWire: oneWire({ files, clock, serial: buses.serial }) });
  const datasets: (readonly string[])[] = [];
  let builtin = await builtinConfig(host, false);
  let looks = 0;
  watch = new AttachedWatch({
    builtin: () => {
      looks += 1;
      return { lines: builtin.lines, known: builtin.known };
    },
    host,
    reload: async () => {
      builtin = await builtinConfig(host, false);
      datasets.push(builtin.sources.map(({ dataset = '' }) => dataset));
    },
    lookEvery: 5,
  });
  const moreLooks = () => {
    const before = looks;
    return vi.waitFor(() => expect(looks).toBeGreaterThan(before + 3));
  };
  expect(builtin.sources.map(({ dataset }) => dataset)).toEqual(['roberrypi', 'host']);
  expect(builtin.lines).toBeUndefined();
  await moreLooks();
  expect(datasets).toEqual([]);
  await tree.write(`${BUS}/28-00000a4d4d49/w1_slave`, '');
  await vi.waitFor(() => expect(datasets).toEqual([['attached', 'host']]));
  expect(builtin.lines).toContain('title: DS18B20 ...4d49\n');
  await moreLooks();
  await tree.remove(`${BUS}/28-00000a4d4d49`);
  await moreLooks();
  expect(datasets).toHaveLength(1);
});
