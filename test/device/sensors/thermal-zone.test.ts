import { describe, expect, it } from 'vitest';
import type { KernelFiles } from '../../../device/host/kernel-files.ts';
import { openDevice } from '../../../device/sampling/device.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { thermal } from '../../../device/sensors/thermal-zone.ts';
import { FakeClock } from '../fake-clock.ts';
import { take, valuesOf } from '../fake-sensors.ts';
import { hostOf, hostSensors } from '../known-sensors.ts';
import { treeOf } from './host-files.ts';
import { netDev, stat } from './kernel-tree.ts';

const { signal } = new AbortController();
const read = (sensor: Sensor) => valuesOf(sensor);

describe('the thermal zones', () => {
  const zone = (number: number, type: string, temp: string) => ({
    [`/sys/class/thermal/thermal_zone${number}/type`]: type,
    [`/sys/class/thermal/thermal_zone${number}/temp`]: temp,
  });
  const opened = async (files: KernelFiles) => {
    const host = hostOf({ files });
    const found = (await thermal.find?.(host)) ?? [];
    return Promise.all(found.map(({ options }) => thermal.open(thermal.options.parse(options), host)));
  };

  it('are found by their types where these tell them apart, with names of which no two are alike', async () => {
    const tree = await treeOf({
      ...zone(0, 'cpu-thermal\n', '48312\n'),
      ...zone(1, 'acpitz\n', '27800\n'),
      ...zone(2, 'acpitz\n', '-5000\n'),
      ...zone(10, 'x86_pkg_temp', '51000'),
      ...zone(3, 'GPU die #1\n', '40000\n'),
      ...zone(4, '\n', '0\n'),
      ...zone(5, '3d-thermal\n', '1000\n'),
      '/sys/class/thermal/cooling_device0/type': 'Fan\n',
    });
    const found = (await thermal.find?.(hostOf({ files: tree.files }))) ?? [];
    expect(found.map(({ name, options: { zone } }) => [name, zone])).toEqual([
      ['cpu_thermal', 'cpu-thermal'],
      ['acpitz', 1],
      ['acpitz_2', 2],
      ['GPU_die_1', 'GPU die #1'],
      ['zone4', 4],
      ['_3d_thermal', '3d-thermal'],
      ['x86_pkg_temp', 'x86_pkg_temp'],
    ]);
    const sensors = await opened(tree.files);
    const readings = await Promise.all(sensors.map(read));
    expect(readings.flat()).toEqual([48.312, 27.8, -5, 40, 0, 1, 51]);
  });

  it('are none on a machine without any', async () => {
    expect(await opened((await treeOf({})).files)).toEqual([]);
  });

  it('that are not there are an error that says which are', async () => {
    const { files } = await treeOf({ ...zone(0, 'cpu-thermal', '40000'), ...zone(1, 'wifi', '40000') });
    await expect(thermal.open({ zone: 'gpu' }, hostOf({ files }))).rejects.toThrow(
      'expected a thermal zone of the type gpu, found 0 (cpu-thermal), 1 (wifi)',
    );
    await expect(thermal.open({ zone: 2 }, hostOf({ files }))).rejects.toThrow(
      'expected a thermal zone of the number 2, found 0 (cpu-thermal), 1 (wifi)',
    );
  });

  it('that give no temperature are an error, never 0', async () => {
    const tree = await treeOf(zone(0, 'cpu-thermal', '40000'));
    const [sensor] = await opened(tree.files);
    for (const text of ['', '\n', 'warm', '40.5', '-274000', '0x10']) {
      await tree.write('/sys/class/thermal/thermal_zone0/temp', text);
      await expect(read(sensor!)).rejects.toThrow(
        /thermal_zone0\/temp: expected a temperature in millidegrees/,
      );
    }
  });

  it('leave the other columns alone when one of them fails', async () => {
    const tree = await treeOf({
      '/proc/loadavg': '0.10 0.20 0.30 1/100 200\n',
      '/proc/stat': stat(1000, 0, 0, 1000),
      '/proc/net/dev': netDev({ lo: [1, 1], eth0: [1000, 2000] }),
      ...zone(0, 'cpu-thermal\n', '48312\n'),
      ...zone(1, 'wifi\n', ''),
    });
    const clock = new FakeClock(1_800_000_000);
    const sensors = await hostSensors({ files: tree.files, clock });
    const device = await openDevice({ sensors, interval: 1 });
    expect(device.channels.map(({ name }) => name)).toEqual([
      'load_1min',
      'load_5min',
      'load_15min',
      'cpu_busy',
      'bytes_received',
      'bytes_sent',
      'receive_rate',
      'send_rate',
      'cpu_thermal_temperature',
      'wifi_temperature',
    ]);
    const [row] = await take(device.rows(signal), 1);
    const values = row!.columns.slice(1).map(([value]) => value);
    expect(values).toEqual([0.1, 0.2, 0.3, Number.NaN, 1000, 2000, 0, 0, 48.312, Number.NaN]);
    const failing = device.sensors.filter(({ state }) => state === 'failing');
    expect(failing.map(({ name }) => name)).toEqual(['wifi']);
    await device.close();
  });
});
