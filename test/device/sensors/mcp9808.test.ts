import { describe, expect, it } from 'vitest';
import { Mcp9808Model } from '../../../device/models/mcp9808.ts';
import { ambientTemperatureOf, mcp9808 } from '../../../device/sensors/mcp9808.ts';
import { readingOf, rigWith } from './i2c-rig.ts';

const ADDRESS = 0x18;
let celsius = 25;

function rigOf(manufacturer = 0x0054) {
  celsius = 25;
  return rigWith(ADDRESS, now => new Mcp9808Model({ temperature: () => celsius, now, manufacturer }));
}

it.each([
  // MCP9808 datasheet (DS25095), register 5-4 and equation 5-1: flags in the upper three bits, sixteenths below.
  [0xc194, 25.25],
  [0x0194, 25.25],
  [0x0001, 0.0625],
  [0x0000, 0],
  [0x1fff, -0.0625],
  [0x3e6c, -25.25],
  [0x07d0, 125],
  [0x1d80, -40],
])('the word %i is %f degree_Celsius', (word, expected) => {
  expect(ambientTemperatureOf(word)).toBe(expected);
});

describe('an MCP9808', () => {
  it.each([
    [0.5, 0.03, 21.5],
    [0.25, 0.065, 21.25],
    [0.125, 0.13, 21.375],
    [0.0625, 0.25, 21.3125],
  ])(
    'gives steps of %f degree_Celsius, after a conversion of %f s',
    async (resolution, seconds, expected) => {
      const { open, clock } = rigOf();
      const began = clock.monotonic();
      const sensor = await open(mcp9808, { resolution });
      expect(clock.monotonic() - began).toBeGreaterThanOrEqual(seconds);
      celsius = 21.34;
      expect(await readingOf(sensor)).toEqual([expected]);
      expect(mcp9808.conversionTime(mcp9808.options.parse({ resolution }))).toBe(seconds);
    },
  );

  it('measures below zero, whatever its flags say', async () => {
    const { open } = rigOf();
    const sensor = await open(mcp9808);
    celsius = -12.75;
    expect(await readingOf(sensor)).toEqual([-12.75]);
  });

  it('is woken where another program has shut it down', async () => {
    const { open, chip } = rigOf();
    chip.write(Uint8Array.of(1, 1, 0));
    celsius = 30;
    expect(await readingOf(await open(mcp9808))).toEqual([30]);
  });

  it('gives an error for what it cannot measure, not a value', async () => {
    const { open } = rigOf();
    const sensor = await open(mcp9808);
    celsius = 130;
    await expect(readingOf(sensor)).rejects.toThrow(
      'expected temperature from -40 to 125 degree_Celsius, found 130',
    );
  });

  it('is not taken for another chip: neither opened nor found', async () => {
    const { open, host } = rigOf(0x1131);
    await expect(open(mcp9808)).rejects.toThrow(
      '0x18 on i2c-1: expected an MCP9808 (manufacturer 0x0054, device 0x04..), found manufacturer 0x1131, device 0x0400',
    );
    expect(await mcp9808.find?.(host)).toEqual([]);
  });

  it('never says the 0 of its power-on, also where it loses its supply between two readings', async () => {
    const { open, chip } = rigOf();
    const sensor = await open(mcp9808);
    chip.powerOn();
    expect(await readingOf(sensor)).toEqual([25]);
    celsius = 0;
    chip.powerOn();
    expect(await readingOf(sensor)).toEqual([0]);
  });

  it('comes back by itself when it was pulled out and put back, and never says the 0 of its power-on', async () => {
    const { openReopening, bus, chip } = rigOf();
    const sensor = await openReopening(mcp9808);
    bus.detach(ADDRESS);
    await expect(readingOf(sensor)).rejects.toThrow('no chip answers at 0x18 on i2c-1');
    chip.powerOn();
    bus.attach(ADDRESS, chip);
    expect(await readingOf(sensor)).toEqual([25]);
  });

  it('is found by its maker and its number', async () => {
    const { host } = rigOf();
    expect(await mcp9808.find?.(host)).toEqual([{ options: {}, name: 'i2c_18', note: '0x18 on i2c-1' }]);
  });
});
