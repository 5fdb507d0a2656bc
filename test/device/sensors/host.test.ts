import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../device/sampling/device.ts';
import { column, take } from '../fake-sensors.ts';
import { hostSensors } from '../known-sensors.ts';
import { treeOf } from './host-files.ts';

describe('a machine without /proc', () => {
  it('says in one sentence why its host sensors do not open', async () => {
    const tree = await treeOf({});
    const opening = hostSensors({ files: tree.files }).then(sensors => openDevice({ sensors, interval: 1 }));
    await expect(opening).rejects.toThrow(
      `/proc/loadavg is not there: the host's own sensors read the files of the Linux kernel, and this machine (${process.platform}) has none`,
    );
  });
});

describe('the simulated host', () => {
  it('has the same columns as a Raspberry Pi, all with plausible values from the first row on', async () => {
    const device = await openDevice({
      sensors: await hostSensors({ simulate: true, seed: 4 }),
      interval: 0,
    });
    const stop = new AbortController();
    const rows = await take(device.rows(stop.signal), 4);
    stop.abort();
    const names = device.channels.map(({ name }) => name);
    expect(names).toContain('cpu_thermal_temperature');
    for (const [index, name] of names.entries()) {
      for (const value of column(rows, index + 1)) expect([name, value > 0]).toEqual([name, true]);
    }
    const busy = column(rows, names.indexOf('cpu_busy') + 1);
    expect(busy.filter(value => value >= 100)).toEqual([]);
    expect(device.sensors.filter(({ state }) => state !== 'ok')).toEqual([]);
    await device.close();
  });
});
