// What does an LM75 answer? Its registers as the bus sees them, with a temperature that someone else gives.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { wordRegisters } from './word-registers.ts';

export interface Lm75ModelOptions {
  /** deg C now. */
  readonly temperature: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
  /** Bits of a conversion, 9 of the LM75 to 11 of the LM75A and B. */
  readonly bits?: number;
}

/** Registers (LM75 datasheet, section "Internal Register Structure"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;
const HYSTERESIS = 2;
const OVERTEMPERATURE = 3;

/** 75 and 80 deg C, the limits after power-on. */
const LIMITS = [0x4b00, 0x5000];
const SHUTDOWN = 1;

/** Seconds: the longest that a conversion takes, of the original LM75. */
const CONVERSION = 0.3;

/** -55 to 125 deg C can be told. */
const LOWEST = -128;
const HIGHEST = 127.9375;

/** Degrees as two's complement of `bits` bits at the left of a word, of which the first eight are whole degrees. */
export function temperatureWord(celsius: number, bits: number): number {
  const step = 2 ** (16 - bits);
  const within = Math.min(Math.max(celsius, LOWEST), HIGHEST);
  return (Math.floor((within * 256) / step + 0.5) * step) & 0xffff;
}

export class Lm75Model implements I2cChipModel {
  readonly #options: Required<Lm75ModelOptions>;
  readonly #wires: I2cChipModel;
  #configuration = 0;
  #limits = [...LIMITS];
  #poweredAt: number;
  /** What a chip that is shut down goes on giving. */
  #kept = 0;

  constructor(options: Lm75ModelOptions) {
    this.#options = { bits: 9, ...options };
    this.#poweredAt = options.now();
    this.#wires = wordRegisters({
      get: register => this.#get(register & 3),
      set: (register, value) => this.#set(register & 3, value),
      bytes: register => ((register & 3) === CONFIGURATION ? 1 : 2),
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
    this.#configuration = 0;
    this.#limits = [...LIMITS];
    this.#poweredAt = this.#options.now();
    this.#kept = 0;
  }

  #get(register: number): number {
    switch (register) {
      case TEMPERATURE:
        return this.#configuration & SHUTDOWN ? this.#kept : this.#converted();
      case CONFIGURATION:
        return this.#configuration;
      default:
        return this.#limits[register - HYSTERESIS]!;
    }
  }

  #converted(): number {
    const { bits, now, temperature } = this.#options;
    return now() - this.#poweredAt < CONVERSION ? this.#kept : temperatureWord(temperature(), bits);
  }

  #set(register: number, value: number): void {
    if (register === CONFIGURATION) {
      this.#kept = this.#get(TEMPERATURE);
      if (this.#configuration & ~value & SHUTDOWN) this.#poweredAt = this.#options.now();
      this.#configuration = value;
    } else if (register === HYSTERESIS || register === OVERTEMPERATURE) {
      this.#limits[register - HYSTERESIS] = value;
    }
  }
}
