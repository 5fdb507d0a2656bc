// What does an SHT30, SHT31 or SHT35 say? Temperature and humidity of the air, on I2C (Sensirion datasheet SHT3x-DIS, version 7).

import { z } from 'zod';
import { hexByte, type I2cChip } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import { sensorKind } from '../kind.ts';
import { quantityNow, ROOM_HUMIDITY, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import { Sht3xModel } from '../models/sht3x.ts';
import { crc8 } from '../models/sht3x-crc.ts';
import type { Channel } from '../sensor.ts';
import {
  addressesBetween,
  addressOption,
  busOption,
  claimsOf,
  findChips,
  hostWith,
  openI2cSensor,
  pause,
  seedOf,
} from './i2c-sensor.ts';

/** ADDR at ground, at the supply (table 8). */
const FIRST_ADDRESS = 0x44;
const LAST_ADDRESS = 0x45;

/** Single shot without clock stretching (table 9), which the Pi's controller does not bear. */
const MEASURE = { high: 0x2400, medium: 0x240b, low: 0x2416 } as const;
/** Seconds that a measurement takes at most (table 4: 15, 6 and 4 ms), and half a millisecond of a slow clock. */
const DURATIONS = { high: 0.0155, medium: 0.0065, low: 0.0045 } as const;

const READ_STATUS = 0xf32d;

/** Two bytes and their CRC. */
const WORD = 3;

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

export const sht3x = sensorKind({
  name: 'sht3x',
  title: 'SHT3x hygrometer',
  description:
    'Temperature and humidity of the air on I2C: SHT30, SHT31, SHT35. Each word is checked by its CRC.',
  needs: ['i2c'],
  options: z.strictObject({
    bus: busOption,
    address: addressOption(FIRST_ADDRESS, LAST_ADDRESS, FIRST_ADDRESS),
    repeatability: z
      .enum(['low', 'medium', 'high'])
      .default('high')
      .describe('How long the chip measures, 4, 6 or 15 ms: the longer, the less noise.'),
  }),
  example: { address: 0x45, repeatability: 'medium' },
  channels: () => CHANNELS,
  conversionTime: ({ repeatability }) => DURATIONS[repeatability],
  claims: claimsOf,
  open: ({ repeatability, ...place }, host) =>
    openI2cSensor({
      name: 'sht3x',
      channels: CHANNELS,
      place,
      host,
      begin: async chip => async context => {
        await command(chip, MEASURE[repeatability], context);
        await pause(host.clock, DURATIONS[repeatability], context.signal);
        const bytes = await chip.read(2 * WORD, context);
        const [temperature, humidity] = [wordAt(bytes, 0, chip.place), wordAt(bytes, 1, chip.place)];
        return [sht3xTemperatureOf(temperature), sht3xHumidityOf(humidity)];
      },
    }),
  simulate: (place, host) => {
    const seed = seedOf(place, host);
    const model = new Sht3xModel({
      temperature: quantityNow(seed, ROOM_TEMPERATURE, host.clock),
      humidity: quantityNow(randomBits(seed, 1), ROOM_HUMIDITY, host.clock),
      now: () => host.clock.monotonic(),
    });
    return hostWith(model, place, host);
  },
  find: host => findChips(host, addressesBetween(FIRST_ADDRESS, LAST_ADDRESS), FIRST_ADDRESS, isSht3x),
});

function command(chip: I2cChip, code: number, context?: ReadContext): Promise<void> {
  return chip.write(Uint8Array.of(code >>> 8, code & 0xff), context);
}

/** A word of an answer, the first one 0. */
function wordAt(bytes: Uint8Array, index: number, place: string): number {
  const [high, low, crc] = bytes.subarray(index * WORD, (index + 1) * WORD);
  if (high === undefined || low === undefined || crc === undefined) {
    throw new Error(`${place}: expected ${(index + 1) * WORD} bytes, found ${bytes.length}`);
  }
  const expected = crc8(Uint8Array.of(high, low));
  if (crc === expected) return (high << 8) | low;
  throw new Error(
    `${place}: expected the CRC ${hexByte(expected)} of ${hexByte(high)} ${hexByte(low)}, found ${hexByte(crc)}: the transfer was disturbed`,
  );
}

/** Its status has a CRC, and bits that are always 0. */
async function isSht3x(chip: I2cChip): Promise<boolean> {
  await command(chip, READ_STATUS);
  return (wordAt(await chip.read(WORD), 0, chip.place) & RESERVED_STATUS) === 0;
}
