// A model of a TMP105: one byte of configuration, which selects 9 to 12 bits and starts single conversions (TI SBOS219).

import {
  LM75_LIMITS,
  ThermometerModel,
  type ThermometerSheet,
  type ThermometerSurroundings,
  temperatureWord,
} from './thermometer.ts';

const CONFIGURATION = 1;

/** The two resolution bits: 0 is 9 bits, and each bit more takes twice as long. */
const RESOLUTION = 5;
const FEWEST_BITS = 9;
/** Seconds of a conversion of 9 bits. */
const SHORTEST_CONVERSION = 0.0275;

const moreBits = (configuration: number) => (configuration >> RESOLUTION) & 3;

const SHEET: ThermometerSheet = {
  pointer: 3,
  atFirst: LM75_LIMITS,
  bytes: [CONFIGURATION],
  fixed: [],
  temperature: 0,
  configuration: CONFIGURATION,
  shutdown: 0x01,
  oneShot: 0x80,
  seconds: get => SHORTEST_CONVERSION * 2 ** moreBits(get(CONFIGURATION)),
  word: (celsius, get) => temperatureWord(celsius, FEWEST_BITS + moreBits(get(CONFIGURATION))),
};

export class Tmp105Model extends ThermometerModel {
  constructor(around: ThermometerSurroundings) {
    super(SHEET, around);
  }
}
