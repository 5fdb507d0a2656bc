// The kind `sht3x`: air temperature and humidity from an SHT30, SHT31 or SHT35 on I2C (Sensirion datasheet SHT3x-DIS, version 7).

import { z } from 'zod';
import type { I2cChip } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import { quantityNow, ROOM_HUMIDITY, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import { Sht3xModel } from '../models/sht3x.ts';
import type { Channel } from '../sensor.ts';
import { i2cKind } from './i2c-kind.ts';
import { pause } from './i2c-sensor.ts';
import { WORD_LENGTH, wordAt } from './sensirion-words.ts';

/** Single shot without clock stretching (table 9), which a Raspberry Pi's I2C controller does not support. */
const MEASURE = { high: 0x2400, medium: 0x240b, low: 0x2416 } as const;
/** Seconds of a measurement at most (table 4: 15, 6 and 4 ms), and half a millisecond for a slow clock. */
const DURATIONS = { high: 0.0155, medium: 0.0065, low: 0.0045 } as const;

const READ_STATUS = 0xf32d;

/** The bits 14, 12, 3 and 2 of the status are always 0 (table 18). */
const RESERVED_STATUS = 0x500c;

const CHANNELS: readonly Channel[] = [
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Air temperature',
    standardName: 'air_temperature',
    validRange: [-40, 125],
    resolution: 0.01,
  },
  {
    name: 'humidity',
    units: 'percent',
    longName: 'Relative humidity',
    standardName: 'relative_humidity',
    validRange: [0, 100],
    resolution: 0.01,
  },
];

/** Degrees Celsius (section 4.13). */
export function sht3xTemperatureOf(word: number): number {
  return -45 + (175 * word) / 65_535;
}

/** Percent (section 4.13). */
export function sht3xHumidityOf(word: number): number {
  return (100 * word) / 65_535;
}

export const sht3x = i2cKind({
  name: 'sht3x',
  title: 'SHT3x hygrometer',
  description:
    'Temperature and humidity of the air on I2C: SHT30, SHT31, SHT35. Each word is checked by its CRC.',
  // ADDR at ground, at the supply (table 8).
  addresses: [0x44, 0x45],
  options: place =>
    z.strictObject({
      ...place,
      repeatability: z
        .enum(['low', 'medium', 'high'])
        .default('high')
        .describe(
          'How long the chip measures: low is 4 ms, medium 6 ms, high 15 ms. Longer means less noise.',
        ),
    }),
  example: { address: 0x45, repeatability: 'medium' },
  channels: () => CHANNELS,
  conversionTime: ({ repeatability }) => DURATIONS[repeatability],
  begin:
    async (chip, { repeatability }, { clock }) =>
    async context => {
      await command(chip, MEASURE[repeatability], context);
      await pause(clock, DURATIONS[repeatability], context.signal);
      const bytes = await chip.read(2 * WORD_LENGTH, context);
      const [temperature, humidity] = [wordAt(bytes, 0, chip.place), wordAt(bytes, 1, chip.place)];
      return [sht3xTemperatureOf(temperature), sht3xHumidityOf(humidity)];
    },
  recognise: isSht3x,
  surroundings: (seed, clock) => ({
    temperature: quantityNow(seed, ROOM_TEMPERATURE, clock),
    humidity: quantityNow(randomBits(seed, 1), ROOM_HUMIDITY, clock),
  }),
  model: (air, now) => new Sht3xModel({ ...air, now }),
});

function command(chip: I2cChip, code: number, context?: ReadContext): Promise<void> {
  return chip.write(Uint8Array.of(code >>> 8, code & 0xff), context);
}

/** Its status has a CRC, and bits that are always 0. Reading the status changes nothing in the chip. */
async function isSht3x(chip: I2cChip): Promise<boolean> {
  await command(chip, READ_STATUS);
  return (wordAt(await chip.read(WORD_LENGTH), 0, chip.place) & RESERVED_STATUS) === 0;
}
