import { describe, expect, it } from 'vitest';
import { crc8 } from '../../../device/models/sensirion-crc.ts';
import { Sht3xModel } from '../../../device/models/sht3x.ts';
import { sht3x, sht3xHumidityOf, sht3xTemperatureOf } from '../../../device/sensors/sht3x.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x44;
let air = { celsius: 22, percent: 50 };

function rigOf() {
  air = { celsius: 22, percent: 50 };
  return rigWith(
    ADDRESS,
    now => new Sht3xModel({ temperature: () => air.celsius, humidity: () => air.percent, now }),
  );
}

it("the CRC of 0xbeef is 0x92, the datasheet's example (section 4.12)", () => {
  expect(crc8(Uint8Array.of(0xbe, 0xef))).toBe(0x92);
  expect(crc8(Uint8Array.of(0, 0))).toBe(0x81);
  expect(crc8(Uint8Array.of(0xff, 0xff))).toBe(0xac);
});

it('words are temperatures from -45 to 130 degree_Celsius and humidities from 0 to 100 percent (section 4.13)', () => {
  expect([0, 0xffff].map(sht3xTemperatureOf)).toEqual([-45, 130]);
  expect([0, 0xffff].map(sht3xHumidityOf)).toEqual([0, 100]);
  expect(sht3xTemperatureOf(0x6666)).toBeCloseTo(25, 2);
  expect(sht3xHumidityOf(0x8000)).toBeCloseTo(50, 2);
});

describe('an SHT3x', () => {
  it.each([
    ['high', 0.015],
    ['medium', 0.006],
    ['low', 0.004],
  ])('measures with %s repeatability, which takes %f s', async (repeatability, seconds) => {
    const { open, clock } = rigOf();
    const sensor = await open(sht3x, { repeatability });
    for (const [celsius, percent] of [
      [21.7, 48.3],
      [-12.4, 99.2],
    ] as const) {
      air = { celsius, percent };
      const began = clock.monotonic();
      const [temperature, humidity] = await readingOf(sensor);
      expect(clock.monotonic() - began).toBeGreaterThanOrEqual(seconds);
      expect(temperature).toBeCloseTo(celsius, 2);
      expect(humidity).toBeCloseTo(percent, 2);
    }
  });

  it('gives an error where the CRC is wrong, and a reading where it is right again', async () => {
    const { open, chip } = rigOf();
    const sensor = await open(sht3x);
    chip.disturbed = 0x10;
    await expect(readingOf(sensor)).rejects.toThrow(
      /^0x44 on i2c-1: expected the CRC 0x[0-9a-f]{2} of 0x[0-9a-f]{2} 0x[0-9a-f]{2}, found 0x[0-9a-f]{2}: the transfer was disturbed$/,
    );
    expect((await readingOf(sensor))[0]).toBeCloseTo(22, 2);
  });

  it.each([0x00, 0xff])('gives an error where every byte is %i', async byte => {
    const { open, bus } = rigOf();
    const sensor = await open(sht3x);
    bus.attach(ADDRESS, { write: () => true, read: length => new Uint8Array(length).fill(byte) });
    await expect(readingOf(sensor)).rejects.toThrow('expected the CRC');
  });

  it('gives an error for what it cannot measure, not a value', async () => {
    const { open } = rigOf();
    const sensor = await open(sht3x);
    air = { celsius: -44, percent: 50 };
    await expect(readingOf(sensor)).rejects.toThrow('expected temperature from -40 to 125 degree_Celsius');
  });

  it('gives an error where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(sht3x);
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.01).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow('no chip answers at 0x44 on i2c-1');
  });

  it('comes back by itself when it was pulled out and put back', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(sht3x);
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x44 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect((await readingOf(sensor))[1]).toBeCloseTo(50, 2);
  });

  it('serves two readers at once without mixing up their measurements', async () => {
    const { open } = rigOf();
    const sensors = [await open(sht3x), await open(sht3x, { repeatability: 'low' })];
    for (const reading of await Promise.all(sensors.map(readingOf))) expect(reading[0]).toBeCloseTo(22, 2);
  });

  it('is found by its status', async () => {
    const { host } = rigOf();
    expect(await sht3x.find?.(host)).toEqual([{ options: {}, name: 'i2c_44', note: '0x44 on i2c-1' }]);
  });
});
