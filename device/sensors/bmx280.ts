// Makes the kinds `bme280` and `bmp280`, which differ in humidity: identity, calibration, and measurements on demand.

import { z } from 'zod';
import { hexByte, type I2cChip } from '../host/i2c/i2c.ts';
import { Bme280Model } from '../models/bme280.ts';
import {
  calibrationOf,
  celsiusOf,
  fineTemperature,
  humidityCalibrationOf,
  humidityOf,
  pascalsOf,
} from '../models/bme280-compensation.ts';
import { AIR_PRESSURE, quantityNow, ROOM_HUMIDITY, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import type { Channel } from '../sensor.ts';
import { i2cKind } from './i2c-kind.ts';
import { pauseUntil } from './i2c-sensor.ts';

/** Registers (BME280, BST-BME280-DS002, table 18). */
const CALIBRATION = 0x88;
const CALIBRATION_H1 = 0xa1;
const ID = 0xd0;
const RESET = 0xe0;
const CALIBRATION_H2 = 0xe1;
const CONTROL_HUMIDITY = 0xf2;
const STATUS = 0xf3;
const CONTROL = 0xf4;
const DATA = 0xf7;

const RESET_WORD = 0xb6;

/** Bits of the status (section 5.4.4): a measurement runs; the calibration is being copied. */
const MEASURING = 0x08;
const COPYING = 0x01;

/** Fields of the control (section 5.4.5): one measurement, then sleep. */
const TEMPERATURE_TIMES = 5;
const PRESSURE_TIMES = 2;
const FORCED = 1;

/** Bytes. */
const CALIBRATION_LENGTH = 24;
const CALIBRATION_H_LENGTH = 7;

/** Seconds from a reset to an answer (section 1, table 1). */
const START_UP = 0.002;

/** The values before the first measurement, and of a skipped one (section 5.4.7 and following). */
const NO_TEMPERATURE = 0x80000;
const NO_HUMIDITY = 0x8000;

const SAMPLES = [1, 2, 4, 8, 16] as const;
type Samples = (typeof SAMPLES)[number];

const CHANNELS: readonly Channel[] = [
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Air temperature',
    standardName: 'air_temperature',
    validRange: [-40, 85],
    resolution: 0.01,
  },
  {
    name: 'pressure',
    units: 'hPa',
    longName: 'Air pressure',
    standardName: 'air_pressure',
    validRange: [300, 1100],
    resolution: 0.0018,
  },
  {
    name: 'humidity',
    units: 'percent',
    longName: 'Relative humidity',
    standardName: 'relative_humidity',
    validRange: [0, 100],
    resolution: 0.008,
  },
];

/** The chips of this family, by their id. 0x56 and 0x57 are early samples of the BMP280. */
const CHIPS: ReadonlyMap<number, string> = new Map([
  [0x60, 'bme280'],
  [0x58, 'bmp280'],
  [0x57, 'bmp280'],
  [0x56, 'bmp280'],
]);

/** The differences between the two chips. */
export interface Barometer {
  readonly name: 'bme280' | 'bmp280';
  readonly title: string;
  readonly description: string;
  readonly id: number;
  readonly hasHumidity: boolean;
}

/** Seconds of a measurement, typically (appendix B, 9.1). */
function durationOf(samples: Samples, hasHumidity: boolean): number {
  const milliseconds = 1 + 2 * samples + (2 * samples + 0.5) + (hasHumidity ? 2 * samples + 0.5 : 0);
  return milliseconds / 1000;
}

/** Each reading starts a measurement in forced mode with the filter off: "weather monitoring" (section 3.5.1). */
export function barometerKind({ name, title, description, id, hasHumidity }: Barometer) {
  const channels = CHANNELS.slice(0, hasHumidity ? 3 : 2);
  return i2cKind({
    name,
    title,
    description,
    // SDO at ground, at the supply (section 6.2).
    addresses: [0x76, 0x77],
    options: place =>
      z.strictObject({
        ...place,
        oversampling: z
          .union(SAMPLES.map(samples => z.literal(samples)))
          .default(1)
          .meta({
            description:
              'The number of samples averaged in a reading. More samples have less noise and take longer.',
            expected: `one of ${SAMPLES.join(', ')} samples`,
          }),
      }),
    example: { address: 0x77, oversampling: 4 },
    channels: () => channels,
    conversionTime: ({ oversampling }) => durationOf(oversampling, hasHumidity),
    begin: async (chip, { oversampling }, host) => {
      const times = SAMPLES.indexOf(oversampling) + 1;
      const duration = durationOf(oversampling, hasHumidity);
      await checkIdentity(chip, name);
      await chip.writeByte(RESET, RESET_WORD);
      const hasCopied = async () => ((await chip.readByte(STATUS)) & COPYING) === 0;
      await pauseUntil(host.clock, hasCopied, START_UP, `${chip.place}: its start`);
      const calibration = calibrationOf(await chip.readBlock(CALIBRATION, CALIBRATION_LENGTH));
      if (calibration.t1 === 0 || calibration.p1 === 0) {
        throw new Error(`${chip.place}: expected the factory's calibration, found 0`);
      }
      const humidities = hasHumidity
        ? humidityCalibrationOf(
            await chip.readByte(CALIBRATION_H1),
            await chip.readBlock(CALIBRATION_H2, CALIBRATION_H_LENGTH),
          )
        : undefined;
      return async context => {
        // A write to the humidity control takes effect with the next write to the other one (section 5.4.3).
        if (hasHumidity) await chip.writeByte(CONTROL_HUMIDITY, times, context);
        await chip.writeByte(
          CONTROL,
          (times << TEMPERATURE_TIMES) | (times << PRESSURE_TIMES) | FORCED,
          context,
        );
        const hasEnded = async () => ((await chip.readByte(STATUS, context)) & MEASURING) === 0;
        await pauseUntil(host.clock, hasEnded, duration, `${chip.place}: a measurement`, context.signal);
        const data = await chip.readBlock(DATA, hasHumidity ? 8 : 6, context);
        const raw = rawOf(data, chip.place);
        const fine = fineTemperature(raw.temperature, calibration);
        const reading = [celsiusOf(fine), pascalsOf(raw.pressure, fine, calibration) / 100];
        if (humidities !== undefined) reading.push(humidityOf(raw.humidity, fine, humidities));
        return reading;
      };
    },
    recognise: async chip => CHIPS.get(await chip.readByte(ID)) === name,
    surroundings: (seed, clock) => ({
      temperature: quantityNow(seed, ROOM_TEMPERATURE, clock),
      pressure: quantityNow(randomBits(seed, 1), AIR_PRESSURE, clock),
      humidity: quantityNow(randomBits(seed, 2), ROOM_HUMIDITY, clock),
    }),
    model: (air, now) => new Bme280Model({ ...air, now, id }),
  });
}

async function checkIdentity(chip: I2cChip, name: string): Promise<void> {
  const id = await chip.readByte(ID);
  const found = CHIPS.get(id);
  if (found === name) return;
  const other = found === undefined ? `the id ${hexByte(id)}, another chip` : `a ${found}: use that kind`;
  throw new Error(`${chip.place}: expected a ${name}, found ${other}`);
}

/** 20 bits of pressure and of temperature, 16 of humidity. */
function rawOf(data: Uint8Array, place: string) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const pressure = (view.getUint16(0) << 4) | (view.getUint8(2) >> 4);
  const temperature = (view.getUint16(3) << 4) | (view.getUint8(5) >> 4);
  const humidity = data.length > 6 ? view.getUint16(6) : 0;
  if (temperature !== NO_TEMPERATURE && pressure !== NO_TEMPERATURE && humidity !== NO_HUMIDITY) {
    return { pressure, temperature, humidity };
  }
  throw new Error(`${place}: expected a measurement, found none: the chip lost its supply`);
}
