// The kind `mcp9808`: a thermometer chip on I2C that converts by itself and is accurate to 0.25 deg C (Microchip DS25095).

import { z } from 'zod';
import { hexWord, type I2cChip, signed } from '../host/i2c/i2c.ts';
import { Mcp9808Model } from '../models/mcp9808.ts';
import { thermometerKind } from './thermometer.ts';

/** Registers (table 5-1). */
const MANUFACTURER = 6;
const DEVICE = 7;
const RESOLUTION = 8;

/** The manufacturer Microchip; the device in the upper byte of its register, above a revision. */
const MICROCHIP = 0x0054;
const MCP9808 = 0x04;

/** Register 5-4: below three flags, two's complement in sixteenths of a degree. */
const TEMPERATURE_BITS = 13;
const FINEST = 0.0625;

/** Steps in deg C, and typical seconds of a conversion, by the resolution register (register 5-7). */
const STEPS = [0.5, 0.25, 0.125, FINEST] as const;
const CONVERSIONS = [0.03, 0.065, 0.13, 0.25];
/** How many times the typical time a conversion may take. */
const LONGEST = 1.2;

const secondsOf = (step: (typeof STEPS)[number]) => CONVERSIONS[STEPS.indexOf(step)]!;

/** Degrees Celsius in the register of the ambient temperature, whatever its flags are. */
export function ambientTemperatureOf(word: number): number {
  return signed(word & (2 ** TEMPERATURE_BITS - 1), TEMPERATURE_BITS) * FINEST;
}

export const mcp9808 = thermometerKind({
  name: 'mcp9808',
  title: 'MCP9808 thermometer',
  description:
    'A thermometer chip on I2C, -40 to 125 degree_Celsius, typically accurate to 0.25 degree_Celsius.',
  addresses: [0x18, 0x1f],
  options: place =>
    z.strictObject({
      ...place,
      resolution: z
        .union(STEPS.map(step => z.literal(step)))
        .default(FINEST)
        .meta({
          description:
            'The step between two readings in degree_Celsius: 0.5, 0.25, 0.125 or 0.0625, which take 30, 65, 130 or 250 ms.',
          expected: '0.5, 0.25, 0.125 or 0.0625 degree_Celsius',
        }),
    }),
  example: { address: 0x19, resolution: 0.25 },
  range: [-40, 125],
  resolution: ({ resolution }) => resolution,
  conversionTime: ({ resolution }) => secondsOf(resolution),
  registers: { temperature: 5, configuration: 1 },
  configurationBytes: 2,
  celsius: ambientTemperatureOf,
  conversion: {
    mode: 'continuous',
    shutdown: 0x0100,
    setUp: async (chip, { resolution }) => {
      await checkIdentity(chip);
      await chip.writeByte(RESOLUTION, STEPS.indexOf(resolution));
    },
    longest: ({ resolution }) => secondsOf(resolution) * LONGEST,
  },
  recognise: chip => checkIdentity(chip).then(() => true),
  model: around => new Mcp9808Model(around),
});

async function checkIdentity(chip: I2cChip): Promise<void> {
  const [maker, device] = [await chip.readWord(MANUFACTURER), await chip.readWord(DEVICE)];
  if (maker === MICROCHIP && device >>> 8 === MCP9808) return;
  throw new Error(
    `${chip.place}: expected an MCP9808 (manufacturer 0x0054, device 0x04..), found manufacturer ${hexWord(maker)}, device ${hexWord(device)}`,
  );
}
