import { describe, expect, it } from 'vitest';
import type { Sensor } from '../../../device/sensor.ts';
import { hostNetwork } from '../../../device/sensors/host-network.ts';
import { FakeClock } from '../fake-clock.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { treeOf } from './host-files.ts';
import { netDev } from './kernel-tree.ts';

const read = (sensor: Sensor) => valuesOf(sensor);

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
