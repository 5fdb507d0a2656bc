import { describe, expect, it } from 'vitest';
import { Ads1x15Model } from '../../../device/models/ads1x15.ts';
import { millivoltsOf } from '../../../device/sensors/ads1x15.ts';
import { ads1015 } from '../../../device/sensors/ads1015.ts';
import { ads1115 } from '../../../device/sensors/ads1115.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x48;
let volts = [0, 0, 0, 0];

function rigOf(bits: 12 | 16 = 16) {
  volts = [0.5, 1.5, 2.5, 3.3];
  return rigWith(ADDRESS, now => new Ads1x15Model({ voltage: input => volts[input]!, now, bits }));
}

it.each([
  // ADS1115 datasheet (SBAS444), table "Input Signal Versus Ideal Output Code", and the size of a step by range.
  [0x7fff, 16, 2.048, (2048 * (2 ** 15 - 1)) / 2 ** 15],
  [0x0001, 16, 2.048, 0.0625],
  [0x0000, 16, 2.048, 0],
  [0xffff, 16, 2.048, -0.0625],
  [0x8000, 16, 2.048, -2048],
  [0x0001, 16, 6.144, 0.1875],
  [0x0001, 16, 4.096, 0.125],
  [0x0001, 16, 1.024, 0.03125],
  [0x0001, 16, 0.512, 0.015625],
  [0x0001, 16, 0.256, 0.0078125],
  // ADS1015 datasheet (SBAS473): twelve bits at the left.
  [0x7ff0, 12, 2.048, (2048 * (2 ** 11 - 1)) / 2 ** 11],
  [0x0010, 12, 2.048, 1],
  [0xfff0, 12, 2.048, -1],
  [0x8000, 12, 2.048, -2048],
])('the word %i of %i bits in the range of %f V is %f mV', (word, bits, range, expected) => {
  expect(millivoltsOf(word, bits, range)).toBe(expected);
});

describe('an ADS1115', () => {
  it('gives the voltages of its inputs against ground, one conversion each', async () => {
    const { open, clock } = rigOf();
    const sensor = await open(ads1115);
    expect(sensor.channels.map(({ name, units }) => `${name} ${units}`)).toEqual([
      'voltage_ain0 mV',
      'voltage_ain1 mV',
      'voltage_ain2 mV',
      'voltage_ain3 mV',
    ]);
    const began = clock.monotonic();
    expect(await readingOf(sensor)).toEqual([500, 1500, 2500, 3300]);
    const took = clock.monotonic() - began;
    expect(took).toBeGreaterThanOrEqual(4 / 128);
    expect(took).toBeLessThan(ads1115.conversionTime(ads1115.options.parse({})));
    volts = [-0.1, 0, 0.001, 0.002];
    expect(await readingOf(sensor)).toEqual([-100, 0, 1, 2]);
  });

  it('gives differences, in the order in which they are asked for, at the range and rate asked for', async () => {
    const { open, clock } = rigOf();
    const inputs = ['AIN2-AIN3', 'AIN0-AIN1', 'AIN0-AIN3', 'AIN1-AIN3', 'AIN0'];
    const sensor = await open(ads1115, { inputs, range: 6.144, rate: 8 });
    expect(sensor.channels[0]).toMatchObject({
      name: 'voltage_ain2_ain3',
      longName: 'Voltage at AIN2 against AIN3',
      resolution: 0.1875,
    });
    const began = clock.monotonic();
    const reading = await readingOf(sensor);
    for (const [index, expected] of [-800, -1000, -2800, -1800, 500].entries()) {
      expect(Math.abs(reading[index]! - expected)).toBeLessThanOrEqual(0.1875 / 2);
    }
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(5 / 8);
  });

  it('has a range of its own for each input that asks for one', async () => {
    const { open } = rigOf();
    const sensor = await open(ads1115, { inputs: ['AIN0', 'AIN2-AIN3'], ranges: { 'AIN2-AIN3': 0.256 } });
    expect(sensor.channels.map(({ resolution }) => resolution)).toEqual([0.125, 0.0078125]);
    volts = [3.3, 0, 0.1, 0.0125];
    expect(await readingOf(sensor)).toEqual([3300, 87.5]);
    volts = [3.3, 0, 0.5, 0.1];
    expect(await sensor.read(new AbortController())).toEqual({
      values: [3300, Number.NaN],
      problem: '0x48 on i2c-1: expected voltages within the range, found AIN2-AIN3 above 0.256 V',
    });
  });

  it('writes what its datasheet says: AIN0 against ground, 4.096 V, single shot, 128 a second, no comparator', async () => {
    const { open, bus, chip } = rigOf();
    const written: string[] = [];
    bus.attach(ADDRESS, {
      write: bytes => {
        if (bytes.length > 1) written.push(Buffer.from(bytes).toString('hex'));
        return chip.write(bytes);
      },
      read: length => chip.read(length),
    });
    await readingOf(await open(ads1115, { inputs: ['AIN0'] }));
    expect(written).toEqual(['01c383']);
  });

  it('gives the inputs that are within the range, and says which are not', async () => {
    const { open } = rigOf();
    const sensor = await open(ads1115, { range: 2.048 });
    volts = [0.5, 3, -3, 1];
    expect(await sensor.read(new AbortController())).toEqual({
      values: [500, Number.NaN, Number.NaN, 1000],
      problem:
        '0x48 on i2c-1: expected voltages within the range, found AIN1 above 2.048 V, AIN2 below -2.048 V',
    });
  });

  it('gives an error, not its 0 of power-on, where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(ads1115);
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.004).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow(
      '0x48 on i2c-1: expected the configuration 0x4383, found 0x0583: the chip lost its supply',
    );
  });

  it('converts again, not to give its 0 of power-on, where it was set as it is at power-on', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(ads1115, { inputs: ['AIN0-AIN1'], range: 2.048 });
    const expected = await readingOf(sensor);
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.004).then(() => chip.powerOn());
    expect(expected).not.toEqual([0]);
    expect(await reading).toEqual(expected);
  });

  it('gives an error where it loses its supply between the end of a conversion and its reading', async () => {
    const { open, chip, bus } = rigOf();
    const sensor = await open(ads1115);
    bus.attach(ADDRESS, {
      write: bytes => {
        // The address of the conversion, which is read next.
        if (bytes.length === 1 && bytes[0] === 0) chip.powerOn();
        return chip.write(bytes);
      },
      read: length => chip.read(length),
    });
    await expect(readingOf(sensor)).rejects.toThrow('found 0x0583: the chip lost its supply');
  });

  it('gives a true 0, whatever its settings', async () => {
    const { open } = rigOf();
    volts = [0, 0, 0, 0];
    for (const inputs of [['AIN0'], ['AIN0-AIN1']])
      expect(await readingOf(await open(ads1115, { inputs, range: 2.048 }))).toEqual([0]);
  });

  it('gives an error where a conversion does not end', async () => {
    const { open, bus } = rigOf();
    const sensor = await open(ads1115);
    const words = [0, 0];
    bus.attach(ADDRESS, {
      write: ([register, high, low]) => {
        if (register === 1 && high !== undefined) words.splice(0, 2, high & 0x7f, low!);
        return true;
      },
      read: () => Uint8Array.from(words),
    });
    await expect(readingOf(sensor)).rejects.toThrow(
      /^0x48 on i2c-1: a conversion of AIN0 had not ended after \d+ ms; it takes 7\.8$/,
    );
  });

  it('serves two readers at once without mixing up their conversions', async () => {
    const { open } = rigOf();
    const sensors = [
      await open(ads1115, { inputs: ['AIN0', 'AIN2'] }),
      await open(ads1115, { inputs: ['AIN1', 'AIN3'], rate: 860 }),
    ];
    expect(await Promise.all(sensors.map(readingOf))).toEqual([
      [500, 2500],
      [1500, 3300],
    ]);
  });

  it('comes back by itself when it was pulled out and put back', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(ads1115);
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x48 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect(await readingOf(sensor)).toEqual([500, 1500, 2500, 3300]);
  });

  it('stops within a reading that nobody wants any more', async () => {
    const { open } = rigOf();
    const sensor = await open(ads1115, { rate: 8 });
    const stop = new AbortController();
    const reading = sensor.read(stop);
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it('is found by its thresholds, as either kind until a conversion has more bits than an ADS1015', async () => {
    const { host, open } = rigOf();
    const either = [{ options: {}, name: 'i2c_48', note: '0x48 on i2c-1: ads1115 or ads1015' }];
    expect([await ads1115.find?.(host), await ads1015.find?.(host)]).toEqual([either, either]);
    volts = [0.501, 0, 0, 0];
    expect(await readingOf(await open(ads1115, { inputs: ['AIN0'] }))).toEqual([501]);
    const certain = [{ options: {}, name: 'i2c_48', note: '0x48 on i2c-1' }];
    expect([await ads1115.find?.(host), await ads1015.find?.(host)]).toEqual([certain, []]);
    const other = rigOf(12);
    await readingOf(await other.open(ads1015));
    expect([await ads1115.find?.(other.host), await ads1015.find?.(other.host)]).toEqual([either, either]);
  });

  it.each([
    [{ inputs: [] }],
    [{ inputs: ['AIN0', 'AIN0'] }],
    [{ inputs: ['AIN4'] }],
    [{ range: 5 }],
    [{ rate: 100 }],
    [{ address: 0x50 }],
    [{ ranges: { AIN7: 2.048 } }],
    [{ ranges: { AIN0: 3 } }],
    [{ inputs: ['AIN0'], ranges: { AIN1: 2.048 } }],
  ])('refuses %j', options => {
    expect(ads1115.options.safeParse(options).success).toBe(false);
  });
});

describe('an ADS1015', () => {
  it('gives the same in 12 bits, at its own rates', async () => {
    const { open, clock } = rigOf(12);
    const sensor = await open(ads1015, { rate: 3300 });
    const began = clock.monotonic();
    expect(await readingOf(sensor)).toEqual([500, 1500, 2500, 3300]);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(4 / 3300);
    volts = [0.0011, 0, 0, 0];
    expect(await readingOf(sensor)).toEqual([2, 0, 0, 0]);
    expect(sensor.channels[0]!.resolution).toBe(2);
  });

  it('is not taken for an ADS1115, which has more bits and other rates', async () => {
    const { open } = rigOf(16);
    const sensor = await open(ads1015, { inputs: ['AIN0'] });
    volts = [0.500125, 0, 0, 0];
    await expect(readingOf(sensor)).rejects.toThrow(
      '0x48 on i2c-1: expected a conversion of 12 bits, found 0x0fa1, which has more: use the kind ads1115',
    );
  });

  it('says which input is above its range', async () => {
    const { open } = rigOf(12);
    const sensor = await open(ads1015, { range: 2.048, inputs: ['AIN3'] });
    await expect(readingOf(sensor)).rejects.toThrow('found AIN3 above 2.048 V');
  });
});
