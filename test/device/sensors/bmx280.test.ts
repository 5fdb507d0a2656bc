import { describe, expect, it } from 'vitest';
import { Bme280Model } from '../../../device/models/bme280.ts';
import { bme280 } from '../../../device/sensors/bme280.ts';
import { bmp280 } from '../../../device/sensors/bmp280.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x76;
let air = { celsius: 22, hectopascals: 1013.25, percent: 50 };

function rigOf(id = 0x60) {
  air = { celsius: 22, hectopascals: 1013.25, percent: 50 };
  return rigWith(
    ADDRESS,
    now =>
      new Bme280Model({
        temperature: () => air.celsius,
        pressure: () => air.hectopascals,
        humidity: () => air.percent,
        now,
        id,
      }),
  );
}

function expectAir(reading: readonly number[]): void {
  expect(reading[0]).toBeCloseTo(air.celsius, 1);
  expect(reading[1]).toBeCloseTo(air.hectopascals, 1);
  if (reading.length === 3) expect(reading[2]).toBeCloseTo(air.percent, 1);
}

describe('a BME280', () => {
  it.each([
    // Samples, seconds: typical times of appendix B (9.1).
    [1, 0.008],
    [2, 0.014],
    [16, 0.098],
  ])('measures the air with %i samples, which takes %f s', async (oversampling, seconds) => {
    const { open, clock } = rigOf();
    const sensor = await open(bme280, { oversampling });
    for (const next of [
      { celsius: 21.7, hectopascals: 987.6, percent: 33.3 },
      { celsius: -17.2, hectopascals: 1042.1, percent: 88.8 },
    ]) {
      air = next;
      const began = clock.monotonic();
      const reading = await readingOf(sensor);
      expect(reading).toHaveLength(3);
      expectAir(reading);
      expect(clock.monotonic() - began).toBeGreaterThanOrEqual(seconds - 1e-9);
    }
    expect(bme280.conversionTime(bme280.options.parse({ oversampling }))).toBeCloseTo(seconds, 9);
  });

  it('writes what its datasheet says: reset, then humidity and the rest once each, before each measurement', async () => {
    const { open, bus, chip } = rigOf();
    const written: string[] = [];
    bus.attach(ADDRESS, {
      write: bytes => {
        if (bytes.length > 1) written.push(Buffer.from(bytes).toString('hex'));
        return chip.write(bytes);
      },
      read: length => chip.read(length),
    });
    await readingOf(await open(bme280));
    expect(written).toEqual(['e0b6', 'f201', 'f425']);
  });

  it.each([
    [{ celsius: 90, hectopascals: 1000, percent: 50 }, 'expected temperature from -40 to 85 degree_Celsius'],
    [{ celsius: 20, hectopascals: 1150, percent: 50 }, 'expected pressure from 300 to 1100 hPa'],
    [{ celsius: 20, hectopascals: 250, percent: 50 }, 'expected pressure from 300 to 1100 hPa'],
  ])('gives an error for what it cannot measure: %j', async (next, sentence) => {
    const { open } = rigOf();
    const sensor = await open(bme280);
    air = next;
    await expect(readingOf(sensor)).rejects.toThrow(sentence);
  });

  it('gives an error where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(bme280);
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.004).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow(
      '0x76 on i2c-1: expected a measurement, found none: the chip lost its supply',
    );
  });

  it('gives an error where a measurement does not end', async () => {
    const { open, bus, chip } = rigOf();
    const sensor = await open(bme280);
    bus.attach(ADDRESS, {
      write: bytes => chip.write(bytes),
      read: length => new Uint8Array(length).fill(0x08),
    });
    await expect(readingOf(sensor)).rejects.toThrow(
      /^0x76 on i2c-1: a measurement had not ended after \d+ ms; it takes 8\.0$/,
    );
  });

  it('is not opened without the calibration of its factory', async () => {
    const { open, bus, chip } = rigOf();
    let register = 0;
    bus.attach(ADDRESS, {
      write: bytes => {
        register = bytes[0] ?? register;
        return chip.write(bytes);
      },
      read: length => (register === 0xd0 ? chip.read(length) : new Uint8Array(length)),
    });
    await expect(open(bme280)).rejects.toThrow("0x76 on i2c-1: expected the factory's calibration, found 0");
  });

  it.each([
    [0x58, 'expected a bme280, found a bmp280: use that kind'],
    [0x55, 'expected a bme280, found the id 0x55, another chip'],
  ])('is not taken for another chip, with the id %i', async (id, sentence) => {
    const { open, host, bus } = rigOf(id);
    await expect(open(bme280)).rejects.toThrow(`0x76 on i2c-1: ${sentence}`);
    expect(bus.open).toBe(0);
    expect(await bme280.find?.(host)).toEqual([]);
  });

  it('comes back by itself when it was pulled out and put back', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(bme280);
    expectAir(await readingOf(sensor));
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x76 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expectAir(await readingOf(sensor));
  });

  it('is found by its id', async () => {
    const { host } = rigOf();
    expect(await bme280.find?.(host)).toEqual([{ options: {}, name: 'i2c_76', note: '0x76 on i2c-1' }]);
    expect(await bmp280.find?.(host)).toEqual([]);
  });
});

describe('a BMP280', () => {
  it('measures temperature and pressure', async () => {
    const { open, clock } = rigOf(0x58);
    const sensor = await open(bmp280);
    air = { celsius: 3.3, hectopascals: 876.5, percent: 0 };
    const began = clock.monotonic();
    const reading = await readingOf(sensor);
    expect(reading).toHaveLength(2);
    expectAir(reading);
    // 5.5 ms in the BMP280 datasheet (BST-BMP280-DS001, table 13).
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(0.0055 - 1e-9);
  });

  it('gives an error where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf(0x58);
    const sensor = await open(bmp280);
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.003).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow('expected a measurement, found none');
  });

  it('is not taken for a BME280', async () => {
    const { open } = rigOf(0x60);
    await expect(open(bmp280)).rejects.toThrow('expected a bmp280, found a bme280: use that kind');
  });

  it('is found by its id, also that of its first samples', async () => {
    for (const id of [0x58, 0x57, 0x56]) {
      const { host } = rigOf(id);
      expect(await bmp280.find?.(host)).toHaveLength(1);
    }
  });
});
