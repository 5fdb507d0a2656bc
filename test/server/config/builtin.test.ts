import { afterEach, describe, expect, it } from 'vitest';
import { oneWire } from '../../../device/host/one-wire.ts';
import { builtinConfig } from '../../../server/config/builtin.ts';
import { sensorsOf } from '../../../server/config/config.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { hostOf } from '../../device/known-sensors.ts';
import { type KernelTree, kernelTree, netDev, stat } from '../../device/sensors/kernel-tree.ts';

let tree: KernelTree | undefined;
afterEach(async () => {
  await tree?.dispose();
});

async function columnsOn(texts: Readonly<Record<string, string>>, simulate = false, interval?: number) {
  tree = await kernelTree(texts);
  const { files } = tree;
  const { clock, buses } = hostOf();
  const host = hostOf({ files, oneWire: oneWire({ files, clock, serial: buses.serial }) });
  const { sources, skipped } = await builtinConfig(host, simulate, interval);
  const loaded = loadConfig(sources);
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  const columns = loaded.config.datasets.map(dataset => [
    dataset.info.name,
    sensorsOf(dataset).flatMap(sensor => sensor.columns.map(({ column }) => column.name)),
  ]);
  return { columns: Object.fromEntries(columns) as Record<string, string[]>, skipped };
}

const THERMOMETER = ['voltage', 'temperature'];
const LOAD = ['load_1min', 'load_5min', 'load_15min', 'cpu_busy'];
const NETWORK = ['bytes_received', 'bytes_sent', 'receive_rate', 'send_rate'];

describe('the built-in configuration', () => {
  it('has the thermometer, and of the machine all that it has, whatever its zones are called', async () => {
    const zones = ['cpu-thermal', 'acpitz', 'acpitz', '3d: #1', '"', '12', 'yes', ''];
    const { columns, skipped } = await columnsOn({
      '/proc/loadavg': '0.10 0.20 0.30 1/100 200\n',
      '/proc/stat': stat(1, 2, 3, 4),
      '/proc/net/dev': netDev({ eth0: [1, 2] }),
      ...Object.fromEntries(
        zones.map((type, index) => [`/sys/class/thermal/thermal_zone${index}/type`, `${type}\n`]),
      ),
    });
    const names = ['cpu_thermal', 'acpitz', 'acpitz_2', '_3d_1', '_', '_12', 'yes', 'zone7'];
    expect(columns).toEqual({
      roberrypi: THERMOMETER,
      host: [...LOAD, ...NETWORK, ...names.map(name => `temperature_${name}`)],
    });
    expect(skipped).toEqual([]);
  });

  it('leaves the machine out, and says why, where there is no /proc', async () => {
    const { columns, skipped } = await columnsOn({});
    expect(columns).toEqual({ roberrypi: THERMOMETER });
    expect(skipped).toEqual([
      `dataset host is left out: /proc/loadavg does not exist: its sensors read files of the Linux kernel, and this machine runs ${process.platform}`,
    ]);
  });

  it('has a whole machine where that is simulated', async () => {
    const { columns } = await columnsOn({}, true);
    expect(Object.keys(columns)).toEqual(['roberrypi', 'host']);
    const { host } = columns;
    expect(host).toEqual([...LOAD, ...NETWORK, 'temperature_cpu_thermal']);
  });

  const BUS = '/sys/bus/w1/devices/w1_bus_master1';
  const ATTACHED = {
    '/proc/loadavg': '0.10 0.20 0.30 1/100 200\n',
    [`${BUS}/28-0316a2794cff/temperature`]: '21562\n',
    [`${BUS}/28-0316a2790000/temperature`]: '22000\n',
    '/sys/bus/iio/devices/iio:device0/name': 'bme280\n',
    '/sys/bus/iio/devices/iio:device0/in_temp_input': '21930\n',
    '/sys/bus/iio/devices/iio:device1/name': 'bme280\n',
    '/sys/bus/iio/devices/iio:device1/in_temp_input': '22930\n',
  };

  it('has the thermometers on 1-Wire and the devices with a driver that there are', async () => {
    const { columns, skipped } = await columnsOn(ATTACHED);
    expect(columns).toMatchObject({
      attached: ['w1_790000_temperature', 'w1_794cff_temperature', 'bme280_temp', 'bme280_2_temp'],
    });
    expect(skipped).toEqual([]);
    // A simulation beside them would be taken for one of them.
    expect(Object.keys(columns)).toEqual(['attached', 'host']);
    await tree?.dispose();
    expect((await columnsOn(ATTACHED, true)).columns).not.toHaveProperty('attached');
  });

  it('leaves out, and says so, what is slower than the interval that was asked for', async () => {
    const { columns, skipped } = await columnsOn(ATTACHED, false, 0.1);
    expect(columns).toMatchObject({ attached: ['bme280_temp', 'bme280_2_temp'] });
    expect(skipped).toEqual(
      ['28-0316a2790000', '28-0316a2794cff'].map(
        address =>
          `ds18b20 ${address} on w1_bus_master1 is left out: a reading takes 0.78 s, and the interval is 0.1 s`,
      ),
    );
  });
});
