// A model of a TMP102: a configuration of 16 bits, temperatures of 12 bits, a one-shot bit that shows the end of a conversion (TI SBOS397).

import {
  LM75_LIMITS,
  ThermometerModel,
  type ThermometerSheet,
  type ThermometerSurroundings,
  temperatureWord,
} from './thermometer.ts';

const SHEET: ThermometerSheet = {
  pointer: 3,
  // 12 bits, four conversions a second.
  atFirst: { 1: 0x60a0, ...LM75_LIMITS },
  bytes: [],
  fixed: [],
  temperature: 0,
  configuration: 1,
  shutdown: 0x0100,
  oneShot: 0x8000,
  isIdleShown: true,
  readOnly: 0x6020,
  seconds: () => 0.026,
  word: celsius => temperatureWord(celsius, 12),
};

export class Tmp102Model extends ThermometerModel {
  constructor(around: ThermometerSurroundings) {
    super(SHEET, around);
  }
}
