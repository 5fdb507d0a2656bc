// Makes the kinds `ads1115` and `ads1015`, which differ in bits and rates: one converter behind four inputs and an amplifier.

import { hexWord, type I2cChip, signed } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import { Ads1x15Model } from '../models/ads1x15.ts';
import { type Course, quantityNow } from '../models/quantity.ts';
import { randomBits } from '../models/seeded-noise.ts';
import type { Channel } from '../sensor.ts';
import {
  INPUTS,
  type Input,
  type Inputs,
  optionsOf,
  RANGES,
  type Range,
  rangeOf,
} from './ads1x15-options.ts';
import type { ChipMatch } from './i2c-find.ts';
import { i2cKind } from './i2c-kind.ts';
import { pauseUntil } from './i2c-sensor.ts';

/** Registers (table "Address Pointer Register"). */
const CONVERSION = 0;
const CONFIGURATION = 1;
const LOW_THRESHOLD = 2;
const HIGH_THRESHOLD = 3;

/** Thresholds after power-on. Only programs that use the comparator change them. */
const LOW_AT_FIRST = 0x8000;
const HIGH_AT_FIRST = 0x7fff;

/** Fields of the configuration (table "Config Register Field Descriptions"). */
const START = 0x8000;
const MULTIPLEXER = 12;
const AMPLIFIER = 9;
const SINGLE_SHOT = 0x0100;
const RATE = 5;
const COMPARATOR_OFF = 0x0003;

/** The configuration after power-on, without the start bit (section "Config Register"). */
const AT_POWER_ON = 0x0583;

/** The chip's clock may be 10 percent slow; the transfers take a millisecond. */
const SLOWEST = 1.1;
const TRANSFERS = 0.001;

/** The voltages at simulated inputs, each with its own period. */
const SIMULATED: readonly Course[] = [
  { mean: 1.65, amplitude: 1.2, period: 60, noise: 0.001 },
  { mean: 0.75, amplitude: 0.05, period: 600, noise: 0.001 },
  { mean: 2.5, amplitude: 0.02, period: 1500, noise: 0.0005 },
  { mean: 0.4, amplitude: 0.3, period: 20, noise: 0.001 },
];

/** The share of a range that simulated voltages reach at most, without their noise. */
const HEADROOM = 0.9;

/** The differences between the two chips. */
export interface Converter {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly bits: 12 | 16;
  /** Conversions a second, by the bits of the configuration. */
  readonly rates: readonly number[];
  readonly usualRate: number;
}

/** Millivolts in a conversion register: two's complement in the upper `bits` bits; 2^(bits - 1) is the full scale `range`, in volts. */
export function millivoltsOf(word: number, bits: number, range: number): number {
  return (1000 * range * signed(word >>> (16 - bits), bits)) / 2 ** (bits - 1);
}

/** The chip has one converter: a reading starts a conversion of each input and waits for it, one after the other. */
export function converterKind({ name, title, description, bits, rates, usualRate }: Converter) {
  const channelsOf = ({ inputs, ...options }: Inputs): readonly Channel[] =>
    inputs.map(input => {
      const range = rangeOf(input, options);
      return {
        name: `voltage_${input.toLowerCase().replace('-', '_')}`,
        units: 'mV',
        longName: `Voltage at ${input.replace('-', ' against ')}`,
        validRange: [-1000 * range, 1000 * range],
        resolution: (1000 * range) / 2 ** (bits - 1),
      };
    });
  const configurationOf = (input: Input, range: Range, rate: number) =>
    (INPUTS.indexOf(input) << MULTIPLEXER) |
    (RANGES.indexOf(range) << AMPLIFIER) |
    SINGLE_SHOT |
    (rates.indexOf(rate) << RATE) |
    COMPARATOR_OFF;
  const greatest = (2 ** (bits - 1) - 1) << (16 - bits);
  const least = 0x8000;
  const unused = 2 ** (16 - bits) - 1;

  return i2cKind({
    name,
    title,
    description,
    // ADDR at ground, at the supply, at SDA, at SCL (table "ADDR Pin Connection and Corresponding Target Address").
    addresses: [0x48, 0x4b],
    options: place => optionsOf(place, rates, usualRate),
    example: { address: 0x49, inputs: ['AIN0', 'AIN2-AIN3'], range: 2.048 },
    channels: options => channelsOf(options),
    conversionTime: ({ inputs, rate }) => inputs.length * (SLOWEST / rate + TRANSFERS),
    begin: async (chip, options, { clock }) => {
      const { inputs, rate } = options;
      const verified = async (configuration: number, context: ReadContext) => {
        const found = await chip.readWord(CONFIGURATION, context);
        if ((found & ~START) === configuration) return found;
        throw new Error(
          `${chip.place}: expected the configuration ${hexWord(configuration)}, found ${hexWord(found & ~START)}: the chip lost its supply, or something else writes to it`,
        );
      };
      const convertOnce = async (input: Input, configuration: number, context: ReadContext) => {
        await chip.writeWord(CONFIGURATION, configuration | START, context);
        const hasEnded = async () => ((await verified(configuration, context)) & START) !== 0;
        await pauseUntil(
          clock,
          hasEnded,
          1 / rate,
          `${chip.place}: a conversion of ${input}`,
          context.signal,
        );
        const word = await chip.readWord(CONVERSION, context);
        if ((word & unused) === 0) return word;
        throw new Error(
          `${chip.place}: expected a conversion of ${bits} bits, found ${hexWord(word)}, which has more: use the kind ads1115`,
        );
      };
      const convert = async (input: Input, context: ReadContext) => {
        const configuration = configurationOf(input, rangeOf(input, options), rate);
        const word = await convertOnce(input, configuration, context);
        if (word !== 0) return word;
        // A chip that has just got its supply has a conversion of 0, and the configuration of power-on.
        await verified(configuration, context);
        return configuration === AT_POWER_ON ? convertOnce(input, configuration, context) : word;
      };
      return async context => {
        const values: number[] = [];
        const beyond: string[] = [];
        for (const input of inputs) {
          const word = await convert(input, context);
          const range = rangeOf(input, options);
          const isBeyond = word === greatest || word === least;
          if (isBeyond) beyond.push(`${input} ${word === least ? 'below -' : 'above '}${range} V`);
          values.push(isBeyond ? Number.NaN : millivoltsOf(word, bits, range));
        }
        if (beyond.length === 0) return values;
        return {
          values,
          problem: `${chip.place}: expected voltages within the range, found ${beyond.join(', ')}`,
        };
      };
    },
    recognise: chip => converterAt(chip, bits),
    surroundings: (seed, clock, options) => {
      const share = shareWithin(options);
      const [ain0, ain1, ain2, ain3] = SIMULATED.map((course, input) => {
        const volts = quantityNow(randomBits(seed, input), course, clock);
        return () => share * volts();
      });
      return { ain0: ain0!, ain1: ain1!, ain2: ain2!, ain3: ain3! };
    },
    model: ({ ain0, ain1, ain2, ain3 }, now) =>
      new Ads1x15Model({ voltage: input => [ain0, ain1, ain2, ain3][input]!(), now, bits }),
  });
}

/** The factor of simulated voltages, as of a divider, that keeps every measured input within its range. */
function shareWithin(options: Inputs): number {
  const shares = options.inputs.map(input => {
    const courses = input.split('-').map(single => SIMULATED[Number(single.slice('AIN'.length))]!);
    const [plus, minus] = courses.map(({ mean }) => mean);
    const swing = courses.reduce((sum, { amplitude }) => sum + amplitude, 0);
    return (HEADROOM * rangeOf(input, options)) / (Math.abs(plus! - (minus ?? 0)) + swing);
  });
  return Math.min(1, ...shares);
}

/** The bits of a conversion that are 0 in an ADS1015 (SBAS473, section "Conversion Register"). */
const ONLY_ADS1115 = 0x000f;

/**
 * Neither chip has an identity; both have thresholds that only a program with the comparator changes. A conversion of more than 12 bits
 * is from an ADS1115, any other may be from either.
 */
async function converterAt(chip: I2cChip, bits: 12 | 16): Promise<ChipMatch> {
  if ((await chip.readWord(LOW_THRESHOLD)) !== LOW_AT_FIRST) return false;
  if ((await chip.readWord(HIGH_THRESHOLD)) !== HIGH_AT_FIRST) return false;
  const isAds1115 = ((await chip.readWord(CONVERSION)) & ONLY_ADS1115) !== 0;
  return isAds1115 ? bits === 16 : 'ads1115 or ads1015';
}
