// What does an MCP9808 say? A thermometer chip on I2C, right to a quarter of a degree (Microchip datasheet DS25095).

import { z } from 'zod';
import { hexWord, type I2cChip, signed } from '../host/i2c/i2c.ts';
import { sensorKind } from '../kind.ts';
import { Mcp9808Model } from '../models/mcp9808.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
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

const FIRST_ADDRESS = 0x18;
const LAST_ADDRESS = 0x1f;

/** Registers (table 5-1). */
const CONFIGURATION = 1;
const TEMPERATURE = 5;
const MANUFACTURER = 6;
const DEVICE = 7;
const RESOLUTION = 8;

/** Microchip, and the chip in the upper byte of its register; the lower one is a revision. */
const MICROCHIP = 0x0054;
const MCP9808 = 0x04;

/** Register 5-2. */
const SHUTDOWN = 0x0100;

/** Register 5-4: three flags, then two's complement in sixteenths of a degree. */
const TEMPERATURE_BITS = 13;
const STEP = 0.0625;

/** Seconds of a conversion, by the bits of the resolution register (register 5-7: 30, 65, 130, 250 ms typical). */
const CONVERSIONS = [0.03, 0.065, 0.13, 0.25];
/** How much longer than is typical a conversion may take. */
const LONGER = 1.2;

/** deg C, from coarse to fine as the resolution register counts them. */
const RESOLUTIONS = [0.5, 0.25, 0.125, 0.0625] as const;

const channelsOf = (resolution: number): readonly Channel[] => [
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Temperature',
    validRange: [-40, 125],
    resolution,
  },
];

/** Degrees Celsius in the register of the ambient temperature, whatever its flags are. */
export function ambientTemperatureOf(word: number): number {
  return signed(word & (2 ** TEMPERATURE_BITS - 1), TEMPERATURE_BITS) * STEP;
}

export const mcp9808 = sensorKind({
  name: 'mcp9808',
  title: 'MCP9808 thermometer',
  description: 'A thermometer chip on I2C, -40 to 125 degree_Celsius, usually right to 0.25 degree_Celsius.',
  needs: ['i2c'],
  options: z.strictObject({
    bus: busOption,
    address: addressOption(FIRST_ADDRESS, LAST_ADDRESS, FIRST_ADDRESS),
    resolution: z
      .union(RESOLUTIONS.map(step => z.literal(step)))
      .default(STEP)
      .meta({
        description:
          'The step between two readings in degree_Celsius: 0.5, 0.25, 0.125 or 0.0625, which the chip takes 30, 65, 130 or 250 ms for.',
        expected: '0.5, 0.25, 0.125 or 0.0625 degree_Celsius',
      }),
  }),
  example: { address: 0x19, resolution: 0.25 },
  channels: ({ resolution }) => channelsOf(resolution),
  conversionTime: ({ resolution }) => CONVERSIONS[RESOLUTIONS.indexOf(resolution)]!,
  claims: claimsOf,
  open: ({ resolution, ...place }, host) =>
    openI2cSensor({
      name: 'mcp9808',
      channels: channelsOf(resolution),
      place,
      host,
      begin: async chip => {
        await checkIdentity(chip);
        const fineness = RESOLUTIONS.indexOf(resolution);
        await chip.writeByte(RESOLUTION, fineness);
        const configuration = await chip.readWord(CONFIGURATION);
        if (configuration & SHUTDOWN) await chip.writeWord(CONFIGURATION, configuration & ~SHUTDOWN);
        // It converts by itself; before the first conversion has ended it says 0.
        await pause(host.clock, CONVERSIONS[fineness]! * LONGER);
        return async context => [ambientTemperatureOf(await chip.readWord(TEMPERATURE, context))];
      },
    }),
  simulate: (place, host) =>
    hostWith(
      new Mcp9808Model({
        temperature: quantityNow(seedOf(place, host), ROOM_TEMPERATURE, host.clock),
        now: () => host.clock.monotonic(),
      }),
      place,
      host,
    ),
  find: host =>
    findChips(host, addressesBetween(FIRST_ADDRESS, LAST_ADDRESS), FIRST_ADDRESS, chip =>
      checkIdentity(chip).then(() => true),
    ),
});

async function checkIdentity(chip: I2cChip): Promise<void> {
  const [maker, device] = [await chip.readWord(MANUFACTURER), await chip.readWord(DEVICE)];
  if (maker === MICROCHIP && device >>> 8 === MCP9808) return;
  throw new Error(
    `${chip.place}: expected an MCP9808 (manufacturer 0x0054, device 0x04..), found manufacturer ${hexWord(maker)}, device ${hexWord(device)}`,
  );
}
