import { describe, expect, it } from 'vitest';
import type { Sensor } from '../../../device/sensor.ts';
import { iio } from '../../../device/sensors/iio.ts';
import { valuesOf } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';
import { devicesFor } from './class-devices.ts';

const place = (number: number) => `/sys/bus/iio/devices/iio:device${number}`;
const at = (number: number, name: string) => `${place(number)}/${name}`;
const treeOf = devicesFor(iio, place);

const read = (sensor: Sensor) => valuesOf(sensor);

const BME280 = {
  name: 'bme280',
  in_temp_input: '21430',
  in_humidityrelative_input: '45123',
  in_pressure_input: '101.325000000',
};
const ADS1015 = {
  name: 'ads1015',
  in_voltage0_raw: '1000',
  in_voltage0_scale: '3.000000000',
  in_voltage1_raw: '-12',
  'in_voltage0-voltage1_raw': '7',
  'in_voltage-voltage_scale': '0.500000000',
  in_voltage_scale: '2.000000000',
};

describe('an IIO device', () => {
  it('gives what its driver has processed, in the units of columns', async () => {
    const { open } = await treeOf(BME280);
    const sensor = await open({ device: 'bme280', inputs: ['temp', 'humidityrelative', 'pressure'] });
    expect(sensor.channels.map(({ name, units, longName }) => [name, units, longName])).toEqual([
      ['temp', 'degree_Celsius', 'Temperature'],
      ['humidityrelative', 'percent', 'Relative humidity'],
      ['pressure', 'hPa', 'Pressure'],
    ]);
    expect(await read(sensor)).toEqual([21.43, 45.123, 1013.25]);
  });

  it('gives (raw + offset) x scale of the others, with the scale of the input before that of its type', async () => {
    const { open } = await treeOf(ADS1015, {
      name: 'mpu6050',
      in_temp_raw: '-1200',
      in_temp_offset: '12420',
      in_temp_scale: '2.941176',
      in_accel_x_raw: '-164',
      in_accel_z_raw: '16384',
      in_accel_scale: '0.000598',
      in_magn_y_raw: '200',
      in_magn_scale: '0.0015',
    });
    const adc = await open({ device: 'ads1015', inputs: ['voltage0', 'voltage1', 'voltage0-voltage1'] });
    expect(adc.channels.map(({ name, units, longName }) => [name, units, longName])).toEqual([
      ['voltage0', 'mV', 'Voltage 0'],
      ['voltage1', 'mV', 'Voltage 1'],
      ['voltage0_voltage1', 'mV', 'Voltage 0 - 1'],
    ]);
    expect(await read(adc)).toEqual([3000, -24, 3.5]);
    const motion = await open({ device: 1, inputs: ['temp', 'accel_x', 'accel_z', 'magn_y'] });
    const [temp, x, z, y] = await read(motion);
    expect(temp).toBeCloseTo((12420 - 1200) * 0.002941176, 9);
    expect(x).toBeCloseTo(-164 * 0.000598, 9);
    expect(z).toBeCloseTo(16384 * 0.000598, 9);
    expect(y).toBeCloseTo(30, 9);
  });

  it('follows a scale that somebody changes', async () => {
    const { open, tree } = await treeOf(ADS1015);
    const sensor = await open({ inputs: ['voltage0'] });
    expect(await read(sensor)).toEqual([3000]);
    await tree.write(at(0, 'in_voltage0_scale'), '1.000000000\n');
    expect(await read(sensor)).toEqual([1000]);
  });

  it('gives the values that it has, and says which input has none', async () => {
    const { open, tree } = await treeOf(BME280);
    const sensor = await open({ inputs: ['temp', 'pressure'] });
    for (const [text, message] of [
      ['', /in_pressure_input: expected a number, found ""$/],
      ['nan\n', /in_pressure_input: expected a number, found "nan"$/],
      ['0x10\n', /expected a number/],
    ] as const) {
      await tree.write(at(0, 'in_pressure_input'), text);
      expect(await sensor.read(new AbortController())).toEqual({
        values: [21.43, Number.NaN],
        problem: expect.stringMatching(message),
      });
    }
    await tree.write(at(0, 'in_temp_input'), '-300000\n');
    await expect(read(sensor)).rejects.toThrow(
      /in_temp_input: expected -273.15 or more degree_Celsius, found -300$/,
    );
    await tree.write(at(0, 'in_temp_input'), '20000\n');
    await tree.write(at(0, 'in_pressure_input'), '100\n');
    expect(await read(sensor)).toEqual([20, 1000]);
  });

  it('is an error while its driver has none, with the place', async () => {
    const { open, tree } = await treeOf({ name: 'dht11@4', in_temp_input: '20000' });
    const sensor = await open({ device: 'dht11@4' });
    const failing = { ...tree.files, read: () => Promise.reject(new Error('EIO: i/o error, read')) };
    const other = await iio.open(iio.options.parse({ device: 'dht11@4' }), hostOf({ files: tree.files }));
    expect(await read(other)).toEqual([20]);
    await expect(iio.open(iio.options.parse({}), hostOf({ files: failing })).then(read)).rejects.toThrow(
      `${at(0, 'in_temp_input')}: EIO: i/o error, read`,
    );
    await tree.remove('/sys/bus/iio/devices/iio:device0');
    await expect(read(sensor)).rejects.toThrow(/ENOENT/);
  });

  it('that is not there, or lacks an input, is an error that says what there is', async () => {
    const { open } = await treeOf(BME280, ADS1015);
    await expect(open({ device: 'bmp280' })).rejects.toThrow(
      'expected an IIO device called bmp280, found 0 (bme280), 1 (ads1015)',
    );
    await expect(open({ device: 2 })).rejects.toThrow(
      'expected an IIO device of number 2, found 0 (bme280), 1 (ads1015)',
    );
    await expect(open({ device: 'ads1015' })).rejects.toThrow(
      'expected the input temp of the IIO device ads1015, found voltage0, voltage0-voltage1, voltage1',
    );
    const none = await treeOf();
    await expect(none.open({})).rejects.toThrow(
      'expected an IIO device of number 0, found none at all in /sys/bus/iio/devices',
    );
  });

  it('is found with its inputs, by its name where that tells it apart', async () => {
    const { host } = await treeOf(
      BME280,
      { ...ADS1015, in_voltage10_raw: '1', in_voltage_sampling_frequency: '1', in_count0_raw: '1' },
      BME280,
      { name: 'trigger-only' },
    );
    const inputs = ['humidityrelative', 'pressure', 'temp'];
    expect(await iio.find?.(host)).toEqual([
      {
        options: { device: 0, inputs },
        name: 'bme280',
        title: 'BME280 (iio:device0)',
        note: 'iio:device0, bme280',
      },
      {
        options: { device: 'ads1015', inputs: ['voltage0', 'voltage0-voltage1', 'voltage1', 'voltage10'] },
        name: 'ads1015',
        title: 'ADS1015',
        note: 'iio:device1, ads1015',
      },
      {
        options: { device: 2, inputs },
        name: 'bme280_2',
        title: 'BME280 (iio:device2)',
        note: 'iio:device2, bme280',
      },
    ]);
    expect(await iio.find?.(hostOf({ files: (await treeOf()).tree.files }))).toEqual([]);
  });

  it.each([['temp/../x'], ['volts'], ['voltage0-current1'], ['in_temp'], ['']])('has no input %j', input => {
    expect(iio.options.safeParse({ inputs: [input] }).success).toBe(false);
  });

  it('has no input twice', () => {
    expect(iio.options.safeParse({ inputs: ['temp', 'temp'] }).success).toBe(false);
  });
});
