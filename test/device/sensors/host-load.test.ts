import { describe, expect, it } from 'vitest';
import type { Sensor } from '../../../device/sensor.ts';
import { hostLoad } from '../../../device/sensors/host-load.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { treeOf } from './host-files.ts';

const read = (sensor: Sensor) => valuesOf(sensor);

describe('the load averages', () => {
  it('are the three that the kernel gives', async () => {
    const tree = await treeOf({ '/proc/loadavg': '0.52 0.58 10.59 2/123 4567\n' });
    const sensor = await hostLoad.open({}, hostOf({ files: tree.files }));
    expect(sensor.channels.map(({ name }) => name)).toEqual(['load_1min', 'load_5min', 'load_15min']);
    expect(await read(sensor)).toEqual([0.52, 0.58, 10.59]);
  });

  it('are an error, never 0, where the file is empty or garbled', async () => {
    const tree = await treeOf({ '/proc/loadavg': '0.52 0.58 0.59 2/123 4567\n' });
    const sensor = await hostLoad.open({}, hostOf({ files: tree.files }));
    for (const text of ['', '\n', '0.52', 'nan nan nan 1/2 3', '0.52 0.58 x 2/123 4567\n']) {
      await tree.write('/proc/loadavg', text);
      await expect(read(sensor)).rejects.toThrow(/^\/proc\/loadavg: expected three load averages, and found/);
    }
    await tree.remove('/proc/loadavg');
    await expect(read(sensor)).rejects.toThrow(/ENOENT/);
  });
});
