// Tells an LM75 from a TMP105, which have the same addresses and registers and no identity.

import type { I2cChip } from '../host/i2c/i2c.ts';
import type { ChipMatch } from './i2c-find.ts';

/** Registers of both (SNIS153, "Internal Register Structure"; SBOS219, "Pointer Register"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;
const HYSTERESIS = 2;
const OVERTEMPERATURE = 3;

/** 75 and 80 deg C: the limits after power-on, which few programs change. */
const HYSTERESIS_AT_FIRST = 0x4b00;
const OVERTEMPERATURE_AT_FIRST = 0x5000;

/** The resolution of a TMP105 in its configuration; an LM75 has zeros there. */
const RESOLUTION = 0x60;

/** The bits of a temperature that an LM75A sets, and neither an LM75 nor a TMP105 of 9 bits. */
const MORE_THAN_9_BITS = 0x0060;

/** Whether the chip is of this kind. After power-on both give 9 bits, and nothing tells them apart. */
export async function lm75OrTmp105(chip: I2cChip, kind: 'lm75' | 'tmp105'): Promise<ChipMatch> {
  if ((await chip.readWord(HYSTERESIS)) !== HYSTERESIS_AT_FIRST) return false;
  if ((await chip.readWord(OVERTEMPERATURE)) !== OVERTEMPERATURE_AT_FIRST) return false;
  // A TMP102 has the same limits, but a configuration of two bytes.
  const [first = 0, second] = await chip.readBlock(CONFIGURATION, 2);
  if (first !== second && second !== 0xff) return false;
  if (first & RESOLUTION) return kind === 'tmp105';
  if ((await chip.readWord(TEMPERATURE)) & MORE_THAN_9_BITS) return kind === 'lm75';
  return 'lm75 or tmp105';
}
