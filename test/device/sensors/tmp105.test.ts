import { describe, expect, it } from 'vitest';
import { Tmp105Model } from '../../../device/models/tmp105.ts';
import { lm75 } from '../../../device/sensors/lm75.ts';
import { tmp102 } from '../../../device/sensors/tmp102.ts';
import { tmp105 } from '../../../device/sensors/tmp105.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x49;
let celsius = 25;

function rigOf() {
  celsius = 25;
  return rigWith(ADDRESS, now => new Tmp105Model({ temperature: () => celsius, now }));
}

describe('a TMP105', () => {
  it.each([
    // Bits, seconds at most (TMP105 datasheet, SBOS219, section "Converter Resolution"), reading of 21.4 degree_Celsius.
    [9, 0.0375, 21.5],
    [10, 0.075, 21.5],
    [11, 0.15, 21.375],
    [12, 0.3, 21.375],
  ])('makes a conversion of %i bits for each reading, which takes %f s', async (bits, seconds, expected) => {
    const { open, clock } = rigOf();
    const sensor = await open(tmp105, { address: ADDRESS, bits });
    celsius = 21.4;
    const began = clock.monotonic();
    expect(await readingOf(sensor)).toEqual([expected]);
    expect(clock.monotonic() - began).toBeCloseTo(seconds, 6);
    expect(tmp105.conversionTime(tmp105.options.parse({ bits }))).toBe(seconds);
  });

  it('gives an error, not its 0 of power-on, where it loses its supply within a reading', async () => {
    const { open, chip, clock } = rigOf();
    const sensor = await open(tmp105, { address: ADDRESS });
    const reading = readingOf(sensor);
    void clock.sleepUntil(clock.monotonic() + 0.2).then(() => chip.powerOn());
    await expect(reading).rejects.toThrow(
      '0x49 on i2c-1: expected the configuration 0x61 of a TMP105, found 0x00',
    );
  });

  it('gives an error for what it cannot measure, not a value', async () => {
    const { open } = rigOf();
    const sensor = await open(tmp105, { address: ADDRESS });
    celsius = -60;
    await expect(readingOf(sensor)).rejects.toThrow(
      'expected temperature from -55 to 125 degree_Celsius, found -60',
    );
  });

  it('comes back by itself when it was pulled out and put back', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(tmp105, { address: ADDRESS });
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x49 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect(await readingOf(sensor)).toEqual([25]);
  });

  it('cannot be told from an LM75 after power-on, but once it was read, and is never found as a TMP102', async () => {
    const { host, open } = rigOf();
    const found = (note: string) => [{ options: { address: ADDRESS }, name: 'i2c_49', note }];
    const either = found('0x49 on i2c-1: lm75 or tmp105');
    expect([await tmp105.find?.(host), await lm75.find?.(host)]).toEqual([either, either]);
    expect(await tmp102.find?.(host)).toEqual([]);
    await readingOf(await open(tmp105, { address: ADDRESS }));
    expect([await tmp105.find?.(host), await lm75.find?.(host)]).toEqual([found('0x49 on i2c-1'), []]);
  });
});
