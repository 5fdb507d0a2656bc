// What does a TMP102 answer? Its registers as the bus sees them, with a temperature that someone else gives.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { temperatureWord } from './lm75.ts';
import { wordRegisters } from './word-registers.ts';

export interface OneShotModelOptions {
  /** deg C now. */
  readonly temperature: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
}

/** Registers (TMP102 datasheet, SBOS397, table "Pointer Addresses"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;

/** After power-on: 12 bits, four conversions a second; the limits are 75 and 80 deg C. */
const CONFIGURATION_AT_FIRST = 0x60a0;
const LIMITS = [0x4b00, 0x5000];

/** Bits of the configuration: start one conversion (reads 1 when it has ended); shut down; those that only the chip sets. */
const ONE_SHOT = 0x8000;
const SHUTDOWN = 0x0100;
const READ_ONLY = 0x6020;

const BITS = 12;
/** Seconds. */
const CONVERSION = 0.026;

export class Tmp102Model implements I2cChipModel {
  readonly #options: OneShotModelOptions;
  readonly #wires: I2cChipModel;
  #configuration = CONFIGURATION_AT_FIRST;
  #limits = [...LIMITS];
  #startedAt: number;
  #kept = 0;

  constructor(options: OneShotModelOptions) {
    this.#options = options;
    this.#startedAt = options.now();
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

  /** Takes the supply away and gives it again: settings are gone, and 0 deg C is told until a conversion has ended. */
  powerOn(): void {
    this.#configuration = CONFIGURATION_AT_FIRST;
    this.#limits = [...LIMITS];
    this.#startedAt = this.#options.now();
    this.#kept = 0;
  }

  #convert(): void {
    const ended = this.#options.now() - this.#startedAt >= CONVERSION;
    if (ended) this.#kept = temperatureWord(this.#options.temperature(), BITS);
    if (ended && this.#configuration & SHUTDOWN) this.#startedAt = Number.POSITIVE_INFINITY;
  }

  #get(register: number): number {
    this.#convert();
    if (register === TEMPERATURE) return this.#kept;
    if (register !== CONFIGURATION) return this.#limits[register - 2]!;
    const idle = this.#startedAt === Number.POSITIVE_INFINITY;
    return this.#configuration | (idle ? ONE_SHOT : 0);
  }

  #set(register: number, value: number): void {
    this.#convert();
    if (register === CONFIGURATION) {
      this.#configuration = (value & ~(ONE_SHOT | READ_ONLY)) | READ_ONLY;
      const starts = (value & SHUTDOWN) === 0 || (value & ONE_SHOT) !== 0;
      if (starts) this.#startedAt = this.#options.now();
    } else if (register !== TEMPERATURE) {
      this.#limits[register - 2] = value;
    }
  }
}
