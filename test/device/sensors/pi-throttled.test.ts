import { afterEach, describe, expect, it } from 'vitest';
import type { Sensor } from '../../../device/sensor.ts';
import { piThrottled } from '../../../device/sensors/pi-throttled.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { type KernelTree, kernelTree } from './kernel-tree.ts';

const trees: KernelTree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map(tree => tree.dispose()));
});

const PI_4 = '/sys/devices/platform/soc/soc:firmware/get_throttled';
const PI_5 = '/sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled';

async function treeOf(texts: Readonly<Record<string, string>>) {
  const tree = await kernelTree(texts);
  trees.push(tree);
  return { tree, host: hostOf({ files: tree.files }) };
}

const read = (sensor: Sensor) => valuesOf(sensor);

describe("the firmware's flags", () => {
  it.each([
    ['0\n', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['50005\n', [1, 0, 1, 0, 1, 0, 1, 0]],
    ['50000\n', [0, 0, 0, 0, 1, 0, 1, 0]],
    ['e000a\n', [0, 1, 0, 1, 0, 1, 1, 1]],
    ['0x80008\n', [0, 0, 0, 1, 0, 0, 0, 1]],
  ])('of %j are those of the documentation', async (text, expected) => {
    const { host } = await treeOf({ [PI_4]: text });
    const sensor = await piThrottled.open({}, host);
    expect(sensor.channels.map(({ name }) => name)).toEqual([
      'under_voltage',
      'frequency_capped',
      'throttled',
      'soft_temperature_limit',
      'under_voltage_occurred',
      'frequency_capped_occurred',
      'throttled_occurred',
      'soft_temperature_limit_occurred',
    ]);
    expect(await read(sensor)).toEqual(expected);
  });

  it('are found on a Raspberry Pi 5 too', async () => {
    const { host } = await treeOf({ [PI_5]: '4\n', '/sys/devices/platform/soc@107c000000/uevent': '' });
    expect(await piThrottled.find?.(host)).toEqual([{ options: {} }]);
    expect(await read(await piThrottled.open({}, host))).toEqual([0, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('are an error, never 0, where the file is empty or garbled', async () => {
    const { host, tree } = await treeOf({ [PI_4]: '0\n' });
    const sensor = await piThrottled.open({}, host);
    for (const text of ['', 'throttled=0x0\n', '-1\n', '123456789\n']) {
      await tree.write(PI_4, text);
      await expect(read(sensor)).rejects.toThrow(`${PI_4}: expected a hexadecimal number, found`);
    }
  });

  it('are an error that says why on another machine', async () => {
    const { host } = await treeOf({});
    await expect(piThrottled.open({}, host)).rejects.toThrow(/found none: this is no Raspberry Pi/);
    expect(await piThrottled.find?.(host)).toEqual([]);
  });
});
