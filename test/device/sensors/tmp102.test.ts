import { describe, expect, it } from 'vitest';
import { Tmp102Model } from '../../../device/models/tmp102.ts';
import { temperatureOf } from '../../../device/sensors/thermometer.ts';
import { tmp102 } from '../../../device/sensors/tmp102.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x48;
let celsius = 25;

function rigOf() {
  celsius = 25;
  return rigWith(ADDRESS, now => new Tmp102Model({ temperature: () => celsius, now }));
}

// TMP102 datasheet (SBOS397), table "12-Bit Temperature Data Format".
it.each([
  [0x7ff0, 127.9375],
  [0x6400, 100],
  [0x5000, 80],
  [0x4b00, 75],
  [0x3200, 50],
  [0x1900, 25],
  [0x0040, 0.25],
  [0x0000, 0],
  [0xffc0, -0.25],
  [0xe700, -25],
  [0xc900, -55],
])('the word %i is %f degree_Celsius', (word, expected) => {
  expect(temperatureOf(word, 12)).toBe(expected);
});

describe('a TMP102', () => {
  it('makes a conversion for each reading, in steps of 0.0625 degree_Celsius', async () => {
    const { open, clock } = rigOf();
    const sensor = await open(tmp102);
    for (const [real, read] of [
      [21.3, 21.3125],
      [-0.3, -0.3125],
      [-40, -40],
    ] as const) {
      celsius = real;
      const began = clock.monotonic();
      expect(await readingOf(sensor)).toEqual([read]);
      expect(clock.monotonic() - began).toBeGreaterThanOrEqual(0.026);
    }
  });

  it('gives an error for what it cannot measure, not a value', async () => {
    const { open } = rigOf();
    const sensor = await open(tmp102);
    celsius = 140;
    await expect(readingOf(sensor)).rejects.toThrow('expected temperature from -55 to 125 degree_Celsius');
  });

  it('gives an error, not its 0 of power-on, where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(tmp102);
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.01).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow(
      '0x48 on i2c-1: expected the configuration 0x6100 of a TMP102, found 0x60a0',
    );
  });

  it('gives an error where the conversion does not end', async () => {
    const { open, bus } = rigOf();
    const sensor = await open(tmp102);
    const words = [0, 0];
    bus.attach(ADDRESS, {
      write: ([register, high, low]) => {
        if (register === 1 && high !== undefined) words.splice(0, 2, high & 0x7f, low!);
        return true;
      },
      read: () => Uint8Array.from(words),
    });
    await expect(readingOf(sensor)).rejects.toThrow(
      /^0x48 on i2c-1: a conversion had not ended after \d+ ms; it takes 26\.0$/,
    );
  });

  it('comes back by itself when it was pulled out and put back', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(tmp102);
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x48 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect(await readingOf(sensor)).toEqual([25]);
  });

  it('is found by its configuration, before and after it was read', async () => {
    const { host, open } = rigOf();
    const found = [{ options: {}, name: 'i2c_48', note: '0x48 on i2c-1' }];
    expect(await tmp102.find?.(host)).toEqual(found);
    await readingOf(await open(tmp102));
    expect(await tmp102.find?.(host)).toEqual(found);
  });
});
