// A model of an LM75: one byte of configuration, continuous conversions of 9 to 12 bits (TI SNIS153, "Internal Register Structure").

import {
  LM75_LIMITS,
  ThermometerModel,
  type ThermometerSurroundings,
  temperatureWord,
} from './thermometer.ts';

export interface Lm75ModelOptions extends ThermometerSurroundings {
  /** Bits of a conversion: 9 of the LM75 (the default), 11 of the LM75A and LM75B. */
  readonly bits?: number;
}

/** Seconds of the longest conversion of an original LM75. */
const CONVERSION = 0.3;

export class Lm75Model extends ThermometerModel {
  constructor({ bits = 9, ...around }: Lm75ModelOptions) {
    super(
      {
        pointer: 3,
        atFirst: LM75_LIMITS,
        bytes: [1],
        fixed: [],
        temperature: 0,
        configuration: 1,
        shutdown: 0x01,
        oneShot: 0,
        seconds: () => CONVERSION,
        word: celsius => temperatureWord(celsius, bits),
      },
      around,
    );
  }
}
