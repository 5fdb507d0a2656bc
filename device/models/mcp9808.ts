// A model of an MCP9808: continuous conversions in four resolutions, limits whose flags stand in the temperature (Microchip DS25095).

import { signed } from '../host/i2c/i2c.ts';
import { ThermometerModel, type ThermometerSurroundings } from './thermometer.ts';

export interface Mcp9808ModelOptions extends ThermometerSurroundings {
  /** The manufacturer's identity; 0x0054, Microchip, by default. */
  readonly manufacturer?: number;
}

/** Registers (table 5-1). */
const CONFIGURATION = 1;
const UPPER = 2;
const LOWER = 3;
const CRITICAL = 4;
const TEMPERATURE = 5;
const MANUFACTURER = 6;
const DEVICE = 7;
const RESOLUTION = 8;

/** Flags of the temperature register: at or above the critical limit, above the upper one, below the lower one. */
const ABOVE_CRITICAL = 0x8000;
const ABOVE_UPPER = 0x4000;
const BELOW_LOWER = 0x2000;

/** Seconds of a conversion, and steps in deg C, by the resolution register. */
const CONVERSIONS = [0.03, 0.065, 0.13, 0.25];
const STEPS = [0.5, 0.25, 0.125, 0.0625];
const FINEST = 3;

/** A temperature is 13 bits of two's complement, sixteenths of a degree, below the flags. */
const BITS = 13;

export class Mcp9808Model extends ThermometerModel {
  constructor({ manufacturer = 0x0054, ...around }: Mcp9808ModelOptions) {
    super(
      {
        pointer: 15,
        atFirst: { [MANUFACTURER]: manufacturer, [DEVICE]: 0x0400, [RESOLUTION]: FINEST },
        bytes: [RESOLUTION],
        fixed: [MANUFACTURER, DEVICE],
        temperature: TEMPERATURE,
        configuration: CONFIGURATION,
        shutdown: 0x0100,
        oneShot: 0,
        restarting: [RESOLUTION],
        seconds: get => CONVERSIONS[get(RESOLUTION) & 3]!,
        word: (celsius, get) => {
          const step = STEPS[get(RESOLUTION) & 3]!;
          return Math.round(Math.round(celsius / step) * step * 16) & (2 ** BITS - 1);
        },
        shown: (word, get) => word | flagsOf(word, get),
      },
      around,
    );
  }
}

function flagsOf(word: number, get: (register: number) => number): number {
  const sixteenths = signed(word, BITS);
  return (
    (sixteenths >= get(CRITICAL) ? ABOVE_CRITICAL : 0) |
    (sixteenths > get(UPPER) ? ABOVE_UPPER : 0) |
    (sixteenths < get(LOWER) ? BELOW_LOWER : 0)
  );
}
