import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { SimulatedI2c } from '../../../../device/host/i2c/i2c-simulated.ts';
import { Ads1x15Model } from '../../../../device/models/ads1x15.ts';
import { Lm75Model } from '../../../../device/models/lm75.ts';
import { builtinConfig } from '../../../../server/config/builtin.ts';
import { loadConfig } from '../../../../server/config/load.ts';
import { problemLine } from '../../../../server/config/text/problem.ts';
import { FakeClock } from '../../../device/fake-clock.ts';
import { KERNEL_MACHINES } from '../../../device/faults/kernel-machines.ts';
import { hostOf } from '../../../device/known-sensors.ts';
import { machineWith, PI, type TestMachine } from './machines.ts';

let machine: TestMachine | undefined;
afterEach(async () => {
  await machine?.tree.dispose();
});

/** What is wrong with the lines that a text of `list` ends with; with comments as entries in place of those before, where it is wanted. */
function wrongIn(out: string): readonly string[] {
  const start = out.indexOf('datasets:');
  if (start < 0) return [];
  const loaded = loadConfig([{ name: 'pasted.yaml', content: out.slice(start) }]);
  return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
}

const now = () => performance.now() / 1000;
const zone = (number: number, type: string) => ({
  [`/sys/class/thermal/thermal_zone${number}/type`]: `${type}\n`,
  [`/sys/class/thermal/thermal_zone${number}/temp`]: '48312\n',
});
const monitor = (number: number, name: string, ...inputs: readonly string[]) => ({
  [`/sys/class/hwmon/hwmon${number}/name`]: `${name}\n`,
  ...Object.fromEntries(inputs.map(input => [`/sys/class/hwmon/hwmon${number}/${input}_input`, '1000\n'])),
});
const device = (number: number, name: string, ...inputs: readonly string[]) => ({
  [`/sys/bus/iio/devices/iio:device${number}/name`]: `${name}\n`,
  ...Object.fromEntries(
    inputs.map(input => [`/sys/bus/iio/devices/iio:device${number}/in_${input}_raw`, '1000\n']),
  ),
});
const thermometers = (...addresses: readonly string[]) => ({
  '/sys/bus/w1/devices/w1_bus_master1/w1_master_slaves': addresses.map(address => `${address}\n`).join(''),
  ...Object.fromEntries(
    addresses.flatMap(address => [
      [`/sys/bus/w1/devices/${address}/w1_slave`, ''],
      [`/sys/bus/w1/devices/w1_bus_master1/${address}/w1_slave`, ''],
    ]),
  ),
});

const MACHINES: readonly (readonly [what: string, texts: Readonly<Record<string, string>>])[] = [
  ['a Raspberry Pi', PI],
  ['a zone and a monitor of one name', { ...zone(0, 'cpu-thermal'), ...monitor(0, 'cpu_thermal', 'temp1') }],
  [
    'zones, monitors and devices of one name, several times',
    {
      ...zone(0, 'acpitz'),
      ...zone(1, 'acpitz'),
      ...zone(2, 'acpitz_2'),
      ...monitor(0, 'acpitz', 'temp1'),
      ...monitor(1, 'acpitz', 'temp1', 'temp2'),
      ...device(0, 'acpitz', 'temp'),
      ...device(1, 'acpitz', 'temp', 'pressure'),
    },
  ],
  [
    'names of the row itself',
    { ...zone(0, 'time'), ...monitor(0, 'time', 'temp1'), ...device(0, 'sensor', 'temp') },
  ],
  [
    'names of odd characters',
    {
      ...zone(0, '3d: "x" # y'),
      ...zone(1, 'größe\u00a0\u200b'),
      ...zone(2, '~'),
      ...zone(3, 'null'),
      ...zone(4, 'x'.repeat(80)),
      ...monitor(0, 'a\tb', 'temp1'),
      ...monitor(1, '\u0001', 'in0'),
      ...monitor(2, '', 'fan1'),
      ...monitor(3, 'y'.repeat(80), 'temp1'),
      ...device(0, '0x10', 'temp'),
      ...device(1, 'on', 'voltage0-voltage1'),
      ...device(2, '1e3', 'accel_x'),
    },
  ],
  ...Object.entries(KERNEL_MACHINES).map(([kind, { texts }]) => {
    const files = Object.entries(texts(new FakeClock())).map(([path, textNow]) => [path, textNow()] as const);
    return [`that of ${kind}`, Object.fromEntries(files)] as const;
  }),
  [
    'many thermometers',
    thermometers('28-00004d495301', '28-00004d495302', '10-000802b4635f', '3b-000000000001'),
  ],
];

describe('the lines that list prints', () => {
  it.each(MACHINES)('are taken by the loader: %s', async (_what, texts) => {
    const chip = () => new Lm75Model({ temperature: () => 21, now });
    const converter = () => new Ads1x15Model({ voltage: () => 1, now, bits: 16 });
    const buses = [
      new SimulatedI2c(1, { 72: chip(), 73: converter() }),
      new SimulatedI2c(3, { 72: chip(), 74: converter() }),
    ];
    machine = await machineWith(texts, {}, buses);
    for (const args of [['list'], ['list', '--probe']]) {
      const { code, out } = await machine.dapberry(...args);
      expect(code).toBe(0);
      expect(out).toContain('datasets:');
      expect(wrongIn(out)).toEqual([]);
    }
  });

  it('have an interval in which thermometers are read that convert one after the other', async () => {
    const addresses = ['28-00004d495301', '28-00004d495302', '10-000802b4635f', '3b-000000000001'];
    machine = await machineWith(thermometers(...addresses));
    expect((await machine.dapberry('list')).out).toContain('interval: 4 s\n');
    const bulk = { '/sys/bus/w1/devices/w1_bus_master1/therm_bulk_read': '0\n' };
    await machine.tree.dispose();
    machine = await machineWith({ ...thermometers(...addresses), ...bulk });
    expect((await machine.dapberry('list')).out).toContain('interval: 1 s\n');
  });

  it('are taken where the other of two possible kinds is chosen', async () => {
    machine = await machineWith(PI, {}, [
      new SimulatedI2c(1, { 72: new Lm75Model({ temperature: () => 21, now }) }),
    ]);
    const { out } = await machine.dapberry('list', '--probe');
    const lines = out.slice(out.indexOf('datasets:')).split('\n');
    const at = lines.findIndex(line => line.includes('kind: lm75'));
    expect(lines[at - 1]).toContain('0x48 on i2c-1: lm75 or tmp105');
    const other = lines.findIndex(line => line.includes('# - kind: tmp105'));
    expect(other).toBeGreaterThan(at);
    const end = other + 1 + lines.slice(other + 1).findIndex(line => !line.trim().startsWith('#  '));
    const chosen = [
      ...lines.slice(0, at),
      ...lines.slice(other, end).map(line => line.replace('# ', '')),
      ...lines.slice(end),
    ].join('\n');
    expect(chosen).toContain('- kind: tmp105');
    expect(wrongIn(chosen)).toEqual([]);
  });

  it('are taken, and so is the built-in configuration, whatever devices are called', async () => {
    const name = fc.oneof(
      fc.string({ maxLength: 70, unit: 'binary' }).map(text => text.replaceAll('\n', ' ')),
      fc.constantFrom(
        'cpu-thermal',
        'cpu_thermal',
        'time',
        'sensor',
        'acpitz',
        'true',
        '12',
        'temperature',
        'host',
      ),
    );
    const names = fc.array(name, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(names, names, names, async (zones, monitors, devices) => {
        const texts = Object.assign(
          { '/proc/loadavg': PI['/proc/loadavg']! },
          ...zones.map((text, number) => zone(number, text)),
          ...monitors.map((text, number) => monitor(number, text, 'temp1', 'in0')),
          ...devices.map((text, number) => device(number, text, 'temp', 'voltage0')),
        ) as Record<string, string>;
        const one = await machineWith(texts);
        try {
          expect(wrongIn((await one.dapberry('list')).out)).toEqual([]);
          const { sources } = await builtinConfig(hostOf({ files: one.tree.files }), false);
          const loaded = loadConfig(sources);
          expect('problems' in loaded ? loaded.problems.map(problemLine) : []).toEqual([]);
        } finally {
          await one.tree.dispose();
        }
      }),
      { numRuns: 60 },
    );
  });
});
