// A model of an ADS1115 or ADS1015: four registers, single conversions of the selected input (TI SBAS444, SBAS473).

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { wordRegisters } from './word-registers.ts';

export interface Ads1x15ModelOptions {
  /** Volts at the inputs AIN0 to AIN3 now. */
  readonly voltage: (input: number) => number;
  /** Monotonic seconds. */
  readonly now: () => number;
  /** 16 for an ADS1115, 12 for an ADS1015. */
  readonly bits: 12 | 16;
}

/** Registers (ADS1115 datasheet, SBAS444, table "Address Pointer Register"). */
const CONVERSION = 0;
const CONFIGURATION = 1;

const CONFIGURATION_AT_FIRST = 0x8583;
const THRESHOLDS = [0x8000, 0x7fff];

const START = 0x8000;
const SINGLE_SHOT = 0x0100;

/** The inputs of a difference, by the bits of the multiplexer; the last four are against ground. */
const INPUTS = [[0, 1], [0, 3], [1, 3], [2, 3], [0], [1], [2], [3]] as const;

/** Volts, by the bits of the amplifier. */
const RANGES = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];

/** Conversions a second, by the bits of the rate. */
const RATES = {
  16: [8, 16, 32, 64, 128, 250, 475, 860],
  12: [128, 250, 490, 920, 1600, 2400, 3300, 3300],
};

export class Ads1x15Model implements I2cChipModel {
  readonly #options: Ads1x15ModelOptions;
  readonly #wires: I2cChipModel;
  #configuration = CONFIGURATION_AT_FIRST;
  #thresholds = [...THRESHOLDS];
  #startedAt = Number.POSITIVE_INFINITY;
  #code = 0;

  constructor(options: Ads1x15ModelOptions) {
    this.#options = options;
    this.#wires = wordRegisters({
      get: register => this.#get(register & 3),
      set: (register, value) => this.#set(register & 3, value),
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.#wires.write(bytes);
  }

  read(length: number): Uint8Array | undefined {
    return this.#wires.read(length);
  }

  /** Loses and regains its supply: the settings are those of power-on, and the conversion is 0. */
  powerOn(): void {
    this.#configuration = CONFIGURATION_AT_FIRST;
    this.#thresholds = [...THRESHOLDS];
    this.#startedAt = Number.POSITIVE_INFINITY;
    this.#code = 0;
  }

  #convert(): void {
    const { bits, now, voltage } = this.#options;
    const rate = RATES[bits][(this.#configuration >> 5) & 7]!;
    if (!(now() - this.#startedAt >= 1 / rate)) return;
    const [plus, minus] = INPUTS[(this.#configuration >> 12) & 7]!;
    const volts = voltage(plus) - (minus === undefined ? 0 : voltage(minus));
    const fullScale = 2 ** (bits - 1);
    const code = Math.round((volts / RANGES[(this.#configuration >> 9) & 7]!) * fullScale);
    const within = Math.min(Math.max(code, -fullScale), fullScale - 1);
    this.#code = (within * 2 ** (16 - bits)) & 0xffff;
    if (this.#configuration & SINGLE_SHOT) this.#startedAt = Number.POSITIVE_INFINITY;
  }

  #get(register: number): number {
    this.#convert();
    if (register === CONVERSION) return this.#code;
    if (register !== CONFIGURATION) return this.#thresholds[register - 2]!;
    const idle = this.#startedAt === Number.POSITIVE_INFINITY;
    return (this.#configuration & ~START) | (idle ? START : 0);
  }

  #set(register: number, value: number): void {
    this.#convert();
    if (register === CONFIGURATION) {
      this.#configuration = value;
      const starts = (value & SINGLE_SHOT) === 0 || (value & START) !== 0;
      if (starts) this.#startedAt = this.#options.now();
    } else if (register !== CONVERSION) {
      this.#thresholds[register - 2] = value;
    }
  }
}
