import { afterEach, describe, expect, it } from 'vitest';
import type { KernelFiles } from '../../../device/host/kernel-files.ts';
import { openDevice } from '../../../device/sampling/device.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { hostCpu } from '../../../device/sensors/host-cpu.ts';
import { hostLoad } from '../../../device/sensors/host-load.ts';
import { hostNetwork } from '../../../device/sensors/host-network.ts';
import { thermal } from '../../../device/sensors/thermal-zone.ts';
import { FakeClock } from '../fake-clock.ts';
import { column, take, valuesOf } from '../fake-sensors.ts';
import { hostOf, hostSensors } from '../known-sensors.ts';
import { type KernelTree, kernelTree, netDev, stat } from './kernel-tree.ts';

const trees: KernelTree[] = [];
afterEach(async () => {
  await Promise.all(trees.splice(0).map(tree => tree.dispose()));
});

async function treeOf(texts: Readonly<Record<string, string>>): Promise<KernelTree> {
  const tree = await kernelTree(texts);
  trees.push(tree);
  return tree;
}

const { signal } = new AbortController();
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

describe('the share of CPU time in use', () => {
  async function cpu(first: string) {
    const tree = await treeOf({ '/proc/stat': first });
    const clock = new FakeClock();
    const sensor = await hostCpu.open({}, hostOf({ files: tree.files, clock }));
    const readAfter = async (seconds: number, text: string) => {
      clock.pass(seconds);
      await tree.write('/proc/stat', text);
      return (await read(sensor))[0];
    };
    return { readAfter, clock, sensor, tree };
  }

  it('is what was neither idle nor waiting for input and output since the read before', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 500, 8000, 500, 0, 0, 0, 0, 0));
    expect(await readAfter(1, stat(1040, 5, 510, 8040, 500, 2, 3, 0, 0, 0))).toBe(60);
    expect(await readAfter(1, stat(1040, 5, 510, 8090, 550, 2, 3, 0, 0, 0))).toBe(0);
    expect(await readAfter(1, stat(1090, 5, 560, 8090, 550, 2, 3, 0, 0, 0))).toBe(100);
  });

  it('does not count the time of guests twice', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000, 0, 0, 0, 0, 1000, 0));
    expect(await readAfter(1, stat(1050, 0, 0, 1050, 0, 0, 0, 0, 1050, 0))).toBe(50);
  });

  it('is measured at the first read, against a sample taken at opening', async () => {
    const { clock, sensor, tree } = await cpu(stat(1000, 0, 0, 1000));
    const started = clock.monotonic();
    await tree.write('/proc/stat', stat(1002, 0, 0, 1006));
    expect(await read(sensor)).toEqual([25]);
    expect(clock.monotonic() - started).toBeCloseTo(0.1, 3);
  });

  it('is taken over a tenth of a second at least, however often it is read', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000));
    await readAfter(0.1, stat(1005, 0, 0, 1005));
    const shares: unknown[] = [];
    for (let read = 1; read <= 200; read++) {
      const ticks = Math.floor(read / 10);
      shares.push(await readAfter(0.001, stat(1005 + ticks, 0, 0, 1005 + 3 * ticks)));
    }
    expect(shares.slice(120).every(share => share === 25)).toBe(true);
  });

  it('is NaN where no tick has passed, and does not leave 0 to 100 when a counter runs back', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000, 100));
    expect(await readAfter(1, stat(1000, 0, 0, 1000, 100))).toBeNaN();
    expect(await readAfter(1, stat(1010, 0, 0, 1010, 90))).toBe(50);
    expect(await readAfter(1, stat(5, 0, 0, 5, 0))).toBeNaN();
    expect(await readAfter(1, stat(55, 0, 0, 55, 0))).toBe(50);
  });

  it('is an error, never 0, where the file is empty or garbled', async () => {
    const { readAfter } = await cpu(stat(1000, 0, 0, 1000));
    for (const text of ['', 'cpu\n', 'cpu  1 2 3\n', 'cpu0 1 2 3 4 5\n', 'cpu  a b c d e\n']) {
      await expect(readAfter(1, text)).rejects.toThrow(/^\/proc\/stat: expected a line 'cpu'/);
    }
  });

  it('comes to nothing, in milliseconds, when the wait of the first read is aborted', async () => {
    const { sensor } = await cpu(stat(1000, 0, 0, 1000));
    const stop = new AbortController();
    const reading = sensor.read(stop);
    stop.abort();
    await expect(reading).rejects.toThrow(/abort/i);
  });
});

describe('the network counters', () => {
  async function network(first: Parameters<typeof netDev>[0]) {
    const tree = await treeOf({ '/proc/net/dev': netDev(first) });
    const clock = new FakeClock();
    const sensor = await hostNetwork.open({}, hostOf({ files: tree.files, clock }));
    const readAfter = async (seconds: number, interfaces: Parameters<typeof netDev>[0]) => {
      clock.pass(seconds);
      await tree.write('/proc/net/dev', netDev(interfaces));
      return read(sensor);
    };
    return { readAfter, clock, sensor, tree };
  }

  it('are summed over all interfaces but lo, with rates in bytes a second', async () => {
    const { readAfter, sensor } = await network({ lo: [9e9, 9e9], eth0: [1000, 100], wlan0: [5000, 500] });
    expect(sensor.channels.map(({ name, units }) => [name, units])).toEqual([
      ['bytes_received', 'byte'],
      ['bytes_sent', 'byte'],
      ['receive_rate', 'byte s-1'],
      ['send_rate', 'byte s-1'],
    ]);
    expect(await readAfter(2, { lo: [10e9, 10e9], eth0: [3000, 150], wlan0: [5000, 550] })).toEqual([
      8000, 700, 1000, 50,
    ]);
  });

  it('are those of lo where there is nothing else', async () => {
    const { readAfter } = await network({ lo: [1000, 1000] });
    expect(await readAfter(1, { lo: [1500, 1500] })).toEqual([1500, 1500, 500, 500]);
  });

  it('read counters that touch the name, as old kernels print them, beyond 32 bits', async () => {
    const { sensor, clock, tree } = await network({ eth0: [0, 0] });
    clock.pass(1);
    await tree.write('/proc/net/dev', netDev({ eth0: [2 ** 40, 7] }).replace('eth0: ', 'eth0:'));
    expect(await read(sensor)).toEqual([2 ** 40, 7, 2 ** 40, 7]);
  });

  it.each([
    ['a counter has wrapped or begun anew', { eth0: [10, 10] }, { eth0: [110, 110] }],
    [
      'an interface has come',
      { eth0: [1100, 1100], usb0: [9e9, 9e9] },
      { eth0: [1200, 1200], usb0: [9e9, 9e9] },
    ],
    ['the interfaces have changed', { wlan0: [9e9, 9e9] }, { wlan0: [9e9 + 100, 9e9 + 100] }],
    ['only lo is left', { lo: [9e9, 9e9] }, { lo: [9e9 + 100, 9e9 + 100] }],
  ] as const)('have no rate for one row when %s', async (_what, changed, next) => {
    const { readAfter } = await network({ eth0: [1000, 1000] });
    const [received, sent, ...rates] = await readAfter(1, changed);
    expect(received).toBeGreaterThan(0);
    expect(sent).toBeGreaterThan(0);
    expect(rates).toEqual([Number.NaN, Number.NaN]);
    expect((await readAfter(1, next)).slice(2)).toEqual([100, 100]);
  });

  it('have no rate for one row when an interface has gone', async () => {
    const { readAfter } = await network({ eth0: [1000, 1000], usb0: [5, 5] });
    expect(await readAfter(1, { eth0: [1100, 1100] })).toEqual([1100, 1100, Number.NaN, Number.NaN]);
    expect(await readAfter(1, { eth0: [1200, 1200] })).toEqual([1200, 1200, 100, 100]);
  });

  it('are an error, never 0, where the file is empty or garbled', async () => {
    const { sensor, tree } = await network({ eth0: [1000, 1000] });
    const good = netDev({ eth0: [1000, 1000] });
    for (const [text, message] of [
      ['', /expected two lines of titles/],
      [netDev({}), /expected an interface, and found none/],
      [good.replace('1000', '-5'), /expected a name and 16 numbers/],
      [`${good}  eth1: 12 `, /expected a name and 16 numbers/],
      [`${good} garbage\n`, /expected a name and 16 numbers/],
    ] as const) {
      await tree.write('/proc/net/dev', text);
      await expect(read(sensor)).rejects.toThrow(message);
    }
  });
});

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
    expect(busy.every(value => value < 100)).toBe(true);
    expect(device.sensors.every(({ state }) => state === 'ok')).toBe(true);
    await device.close();
  });
});
