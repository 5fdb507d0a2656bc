import { describe, expect, it } from 'vitest';
import { Lm75Model } from '../../../device/models/lm75.ts';
import { lm75 } from '../../../device/sensors/lm75.ts';
import { temperatureOf } from '../../../device/sensors/thermometer.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x48;
let celsius = 25;

function rigOf(bits = 9) {
  celsius = 25;
  return rigWith(ADDRESS, now => new Lm75Model({ temperature: () => celsius, now, bits }));
}

it.each([
  // LM75B and LM75C datasheet, section "Temperature Data Format", 9 bits.
  [0x7d00, 9, 125],
  [0x1900, 9, 25],
  [0x0080, 9, 0.5],
  [0x0000, 9, 0],
  [0xff80, 9, -0.5],
  [0xe700, 9, -25],
  [0xc900, 9, -55],
  // LM75A datasheet (NXP), table "Temp register value", 11 bits.
  [0x7f00, 11, 127],
  [0x7ee0, 11, 126.875],
  [0x0020, 11, 0.125],
  [0xffe0, 11, -0.125],
  [0xc920, 11, -54.875],
])('the word 0x%s of %i bits is %f degree_Celsius', (word, bits, expected) => {
  expect(temperatureOf(word, bits)).toBe(expected);
});

it('bits to the right of a reading mean nothing', () => {
  expect(temperatureOf(0x197f, 9)).toBe(25);
});

describe('an LM75', () => {
  it('gives the temperature in steps of its bits', async () => {
    const { open } = rigOf();
    const sensor = await open(lm75);
    celsius = 21.3;
    expect(await readingOf(sensor)).toEqual([21.5]);
    celsius = -10.2;
    expect(await readingOf(sensor)).toEqual([-10]);
  });

  it('gives eighths of a degree where it is an LM75A and the configuration says so', async () => {
    const { open } = rigOf(11);
    const sensor = await open(lm75, { bits: 11 });
    celsius = 21.36;
    expect(await readingOf(sensor)).toEqual([21.375]);
  });

  it('is waited for until its first conversion has ended, since it says 0 before', async () => {
    const { open, clock } = rigOf();
    const began = clock.monotonic();
    expect(await readingOf(await open(lm75))).toEqual([25]);
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(0.3);
  });

  it('is woken where another program has shut it down', async () => {
    const { open, host } = rigOf();
    const chip = await host.i2c.open(1, ADDRESS);
    await chip.writeByte(1, 1);
    await chip.close();
    celsius = 30;
    expect(await readingOf(await open(lm75))).toEqual([30]);
  });

  it('gives an error for what it cannot measure, not a value', async () => {
    const { open } = rigOf();
    const sensor = await open(lm75);
    celsius = 126;
    await expect(readingOf(sensor)).rejects.toThrow(
      '0x48 on i2c-1: expected temperature from -55 to 125 degree_Celsius, found 126',
    );
  });

  it('never says the 0 of its power-on, also where it loses its supply between two readings', async () => {
    const { open, chip } = rigOf();
    const sensor = await open(lm75);
    chip.powerOn();
    expect(await readingOf(sensor)).toEqual([25]);
    celsius = 0;
    chip.powerOn();
    expect(await readingOf(sensor)).toEqual([0]);
  });

  it('comes back by itself when it was pulled out and put back, and never says the 0 of its power-on', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(lm75);
    expect(await readingOf(sensor)).toEqual([25]);
    bus.detach(ADDRESS);
    for (let read = 0; read < 2; read++) {
      await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x48 on i2c-1');
    }
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect(await readingOf(sensor)).toEqual([25]);
  });

  it('is found by the limits that it has after power-on, and not where they were changed', async () => {
    const { host, chip } = rigOf();
    expect(await lm75.find?.(host)).toEqual([
      { options: {}, name: 'i2c_48', note: '0x48 on i2c-1: lm75 or tmp105' },
    ]);
    chip.write(Uint8Array.of(3, 0x40, 0));
    expect(await lm75.find?.(host)).toEqual([]);
  });
});
