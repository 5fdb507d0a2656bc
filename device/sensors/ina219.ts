// The kind `ina219`: voltage, current and power of a supply, measured with a shunt, on I2C (TI datasheet SBOS448).

import { z } from 'zod';
import { hexWord, type I2cChip, signed } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import { Ina219Model } from '../models/ina219.ts';
import { type Course, quantityNow } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import type { Channel, Reading } from '../sensor.ts';
import { i2cKind } from './i2c-kind.ts';
import { pauseUntil } from './i2c-sensor.ts';

/** Registers (table "Summary of Register Set"). */
const CONFIGURATION = 0;
const SHUNT_VOLTAGE = 1;
const BUS_VOLTAGE = 2;
const CURRENT = 4;
const CALIBRATION = 5;

const CONFIGURATION_AT_FIRST = 0x399f;

/** Fields of the configuration (section "Configuration Register"): both voltages, once. */
const WIDE_BUS = 0x2000;
const AMPLIFIER = 11;
const BUS_CONVERTER = 7;
const SHUNT_CONVERTER = 3;
const TRIGGERED = 3;

/** Bits of the bus voltage (section "Bus Voltage Register"): above them it is in steps of 4 mV, 250 a volt. */
const VOLTAGE = 3;
const READY = 2;
const BUS_STEPS = 250;
/** Volts. The steps reach 32.764, the chip does not. */
const BUS_RANGES = [16, 32] as const;

/** Steps per mV of the shunt voltage, and its ranges by the bits of the amplifier. */
const SHUNT_STEPS = 100;
const SHUNT_RANGES = [40, 80, 160, 320] as const;

/** Samples of 12 bits averaged in one reading, by the bits of each converter, from 1000 on (table "ADC Settings"). */
const SAMPLES = [1, 2, 4, 8, 16, 32, 64, 128] as const;
const AVERAGING = 8;
/** Seconds of a converter for them; the bus is converted after the shunt. */
const CONVERSIONS = [532e-6, 1.06e-3, 2.13e-3, 4.26e-3, 8.51e-3, 17.02e-3, 34.05e-3, 68.1e-3];

/** A simulated supply. */
const SIMULATED_BUS: Course = { mean: 12.1, amplitude: 0.3, period: 900, noise: 0.003 };
/** As a share of the highest current. */
const SIMULATED_CURRENT: Course = { mean: 0.3, amplitude: 0.2, period: 120, noise: 0.002 };

interface Ranges {
  readonly shunt: number;
  readonly shuntRange: (typeof SHUNT_RANGES)[number];
  readonly busRange: (typeof BUS_RANGES)[number];
}

/** mA of a shunt voltage in mV over a resistance in ohm. */
const currentOf = (millivolts: number, ohms: number) => millivolts / ohms;

function channelsOf({ shunt, shuntRange, busRange }: Ranges): readonly Channel[] {
  const current = currentOf(shuntRange, shunt);
  const step = 1 / (SHUNT_STEPS * shunt);
  return [
    {
      name: 'bus_voltage',
      units: 'V',
      longName: 'Voltage of the supply at the load',
      validRange: [0, busRange],
      resolution: 1 / BUS_STEPS,
    },
    {
      name: 'shunt_voltage',
      units: 'mV',
      longName: 'Voltage across the shunt',
      validRange: [-shuntRange, shuntRange],
      resolution: 1 / SHUNT_STEPS,
    },
    {
      name: 'current',
      units: 'mA',
      longName: 'Current through the shunt',
      validRange: [-current, current],
      resolution: step,
    },
    {
      name: 'power',
      units: 'mW',
      longName: 'Power of the load',
      validRange: [-current * busRange, current * busRange],
      // That of the current at 1 V.
      resolution: step,
    },
  ];
}

/** V in the bus voltage register. */
export function busVoltageOf(word: number): number {
  return (word >>> VOLTAGE) / BUS_STEPS;
}

/** mV in the shunt voltage register. */
export function shuntVoltageOf(word: number): number {
  return signed(word, 16) / SHUNT_STEPS;
}

/**
 * Each reading starts a pair of conversions. Current and power are computed here from the two voltages, and not in the chip: after a loss
 * of supply its calibration would be gone, and its current 0.
 */
export const ina219 = i2cKind({
  name: 'ina219',
  title: 'INA219 current monitor',
  description:
    'Voltage, current and power of a supply up to 26 V, on I2C, from the voltage across a shunt resistor.',
  addresses: [0x40, 0x4f],
  options: place =>
    z.strictObject({
      ...place,
      shunt: z
        .number()
        .min(0.0001)
        .max(1000)
        .default(0.1)
        .describe('The resistance of the shunt in ohm; 0.1 on most boards (R100).'),
      shuntRange: z
        .union(SHUNT_RANGES.map(range => z.literal(range)))
        .default(320)
        .meta({
          description:
            'The highest voltage across the shunt in mV: 40, 80, 160 or 320. Divided by the shunt it gives the highest current: 3.2 A with 0.1 ohm.',
          expected: '40, 80, 160 or 320 mV',
        }),
      busRange: z
        .union(BUS_RANGES.map(range => z.literal(range)))
        .default(32)
        .meta({
          description: 'The highest voltage of the supply in V: 16 or 32. The chip withstands 26 V.',
          expected: '16 or 32 V',
        }),
      samples: z
        .union(SAMPLES.map(samples => z.literal(samples)))
        .default(1)
        .meta({
          description: 'The number of samples averaged in a reading: 1 takes 1.1 ms, 128 take 136.2 ms.',
          expected: `one of ${SAMPLES.join(', ')} samples`,
        }),
    }),
  example: { address: 0x41, shunt: 0.01, samples: 16 },
  channels: options => channelsOf(options),
  conversionTime: ({ samples }) => conversionOf(samples),
  begin: async (chip, options, { clock }) => {
    const { busRange, shuntRange, samples } = options;
    const converter = AVERAGING | SAMPLES.indexOf(samples);
    const configuration =
      (busRange === 32 ? WIDE_BUS : 0) |
      (SHUNT_RANGES.indexOf(shuntRange) << AMPLIFIER) |
      (converter << BUS_CONVERTER) |
      (converter << SHUNT_CONVERTER) |
      TRIGGERED;
    return async context => {
      await chip.writeWord(CONFIGURATION, configuration, context);
      const hasEnded = async () => ((await chip.readWord(BUS_VOLTAGE, context)) & READY) !== 0;
      await pauseUntil(clock, hasEnded, conversionOf(samples), `${chip.place}: a conversion`, context.signal);
      const volts = busVoltageOf(await chip.readWord(BUS_VOLTAGE, context));
      const millivolts = shuntVoltageOf(await chip.readWord(SHUNT_VOLTAGE, context));
      await checkConfiguration(chip, configuration, context);
      return readingOf(chip.place, volts, millivolts, options);
    };
  },
  recognise: isIna219,
  surroundings: (seed, clock, { shuntRange }) => {
    const share = quantityNow(randomBits(seed, 1), SIMULATED_CURRENT, clock);
    return {
      busVoltage: quantityNow(seed, SIMULATED_BUS, clock),
      shuntVoltage: () => (share() * shuntRange) / 1000,
    };
  },
  model: (supply, now) => new Ina219Model({ ...supply, now }),
});

function conversionOf(samples: (typeof SAMPLES)[number]): number {
  return 2 * CONVERSIONS[SAMPLES.indexOf(samples)]!;
}

async function checkConfiguration(chip: I2cChip, expected: number, context: ReadContext): Promise<void> {
  const found = await chip.readWord(CONFIGURATION, context);
  if (found === expected) return;
  throw new Error(
    `${chip.place}: expected the configuration ${hexWord(expected)}, found ${hexWord(found)}: the chip lost its supply, or it is another one`,
  );
}

/** At the end of its range the chip gives that end, however much higher the voltage is. */
function readingOf(
  place: string,
  volts: number,
  millivolts: number,
  { shunt, shuntRange, busRange }: Ranges,
): Reading {
  const { NaN: missing } = Number;
  const isBeyond = Math.abs(millivolts) >= shuntRange;
  const isBusBeyond = volts >= busRange;
  const bus = isBusBeyond ? missing : volts;
  const current = isBeyond ? missing : currentOf(millivolts, shunt);
  const values = [bus, isBeyond ? missing : millivolts, current, bus * current];
  const beyond = [
    ...(isBeyond ? [`a shunt voltage at the end of its range, ${shuntRange} mV`] : []),
    ...(isBusBeyond ? [`a bus voltage at the end of its range, ${busRange} V`] : []),
  ];
  if (beyond.length === 0) return values;
  return {
    values,
    problem: `${place}: expected voltages within their ranges, found ${beyond.join(' and ')}`,
  };
}

/**
 * It has no identity, but a configuration after power-on that no other chip at its addresses has. After a reading it has one of ours, and no
 * calibration, without which the current is 0.
 */
async function isIna219(chip: I2cChip): Promise<boolean> {
  const configuration = await chip.readWord(CONFIGURATION);
  if (configuration === CONFIGURATION_AT_FIRST) return true;
  const converter = (configuration >>> SHUNT_CONVERTER) & 0x0f;
  const isOurs =
    (configuration & (WIDE_BUS - 1) & ~(3 << AMPLIFIER)) ===
      ((converter << BUS_CONVERTER) | (converter << SHUNT_CONVERTER) | TRIGGERED) &&
    (configuration & ~(2 * WIDE_BUS - 1)) === 0 &&
    converter >= AVERAGING;
  // The power would tell too, but reading it clears the flag that another program may wait for.
  return isOurs && (await chip.readWord(CURRENT)) === 0 && (await chip.readWord(CALIBRATION)) === 0;
}
