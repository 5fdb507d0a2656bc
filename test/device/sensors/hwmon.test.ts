import { describe, expect, it } from 'vitest';
import type { Sensor } from '../../../device/sensor.ts';
import { hwmon } from '../../../device/sensors/hwmon.ts';
import { valuesOf } from '../fake-sensors.ts';
import { devicesFor } from './class-devices.ts';

const place = (number: number) => `/sys/class/hwmon/hwmon${number}`;
const at = (number: number, name: string) => `${place(number)}/${name}`;
const treeOf = devicesFor(hwmon, place);

const read = (sensor: Sensor) => valuesOf(sensor);

const INA219 = {
  name: 'ina219',
  in0_input: '12',
  in1_input: '5012',
  curr1_input: '-305',
  power1_input: '1527000',
};
const MANY = {
  name: 'nct6775',
  temp1_input: '-5250',
  temp1_fault: '0',
  fan1_input: '2412',
  humidity1_input: '45123',
  energy1_input: '2500000',
  power1_average: '99000',
  in0_input: '1200',
  in0_lcrit_alarm: '0',
};

describe('a hardware monitor', () => {
  it('gives its inputs in the units of columns', async () => {
    const { open } = await treeOf(INA219, MANY);
    const supply = await open({ device: 'ina219', inputs: ['in0', 'in1', 'curr1', 'power1'] });
    expect(supply.channels.map(({ name, units, longName }) => [name, units, longName])).toEqual([
      ['in0', 'mV', 'Voltage 0'],
      ['in1', 'mV', 'Voltage 1'],
      ['curr1', 'mA', 'Current 1'],
      ['power1', 'mW', 'Power 1'],
    ]);
    expect(await read(supply)).toEqual([12, 5012, -305, 1527]);
    const board = await open({
      device: 1,
      inputs: ['temp1', 'fan1', 'humidity1', 'energy1', 'power1', 'in0_lcrit_alarm'],
    });
    expect(board.channels.map(({ units }) => units)).toEqual([
      'degree_Celsius',
      'min-1',
      'percent',
      'J',
      'mW',
      '1',
    ]);
    expect(board.channels.at(-1)?.longName).toBe('Voltage 0: lcrit alarm');
    expect(await read(board)).toEqual([-5.25, 2412, 45.123, 2.5, 99, 0]);
  });

  it('gives an alarm as it is', async () => {
    const { open, tree } = await treeOf({ name: 'rpi_volt', in0_lcrit_alarm: '0' });
    const sensor = await open({ device: 'rpi_volt', inputs: ['in0_lcrit_alarm'] });
    expect(await read(sensor)).toEqual([0]);
    await tree.write(at(0, 'in0_lcrit_alarm'), '1\n');
    expect(await read(sensor)).toEqual([1]);
    await tree.write(at(0, 'in0_lcrit_alarm'), '2\n');
    await expect(read(sensor)).rejects.toThrow(/in0_lcrit_alarm: expected 0 or 1, found 2$/);
  });

  it('gives no temperature of a broken diode, but the others', async () => {
    const { open, tree } = await treeOf(MANY);
    const sensor = await open({ inputs: ['temp1', 'fan1'] });
    await tree.write(at(0, 'temp1_fault'), '1\n');
    expect(await sensor.read(new AbortController())).toEqual({
      values: [Number.NaN, 2412],
      problem: expect.stringMatching(/expected a value, found that its driver tells of a fault/),
    });
    await tree.write(at(0, 'temp1_fault'), '0\n');
    expect(await read(sensor)).toEqual([-5.25, 2412]);
  });

  it('is an error, never 0, where a file is empty or garbled', async () => {
    const { open, tree } = await treeOf(MANY);
    const sensor = await open({});
    for (const text of ['', 'warm\n', '1e3\n', '--5\n']) {
      await tree.write(at(0, 'temp1_input'), text);
      await expect(read(sensor)).rejects.toThrow(/temp1_input: expected a number, found/);
    }
  });

  it('that is not there, or lacks an input, is an error that says what there is', async () => {
    const { open } = await treeOf(INA219);
    await expect(open({ device: 'ina226' })).rejects.toThrow(
      'expected a hardware monitor called ina226, found 0 (ina219)',
    );
    await expect(open({})).rejects.toThrow(
      'expected the input temp1 of the hardware monitor ina219, found curr1, in0, in1, power1',
    );
  });

  it('is found with its inputs and alarms, but for 1-Wire thermometers, which are found as such', async () => {
    const { host } = await treeOf(
      INA219,
      { name: 'rpi_volt', in0_lcrit_alarm: '0' },
      { name: 'empty' },
      { name: 'w1_slave_temp', temp1_input: '20000' },
    );
    expect(await hwmon.find?.(host)).toEqual([
      {
        options: { device: 'ina219', inputs: ['curr1', 'in0', 'in1', 'power1'] },
        name: 'ina219',
        note: 'hwmon0, ina219',
      },
      {
        options: { device: 'rpi_volt', inputs: ['in0_lcrit_alarm'] },
        name: 'rpi_volt',
        note: 'hwmon1, rpi_volt',
      },
    ]);
  });
});
