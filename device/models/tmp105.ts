// What does a TMP105 answer? Its registers as the bus sees them, with a temperature that someone else gives.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { temperatureWord } from './lm75.ts';
import type { OneShotModelOptions } from './tmp102.ts';
import { wordRegisters } from './word-registers.ts';

/** Registers (TMP105 datasheet, SBOS219, section "Pointer Register"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;

/** 75 and 80 deg C, the limits after power-on. */
const LIMITS = [0x4b00, 0x5000];

/** Bits of the configuration: start one conversion; 9 to 12 bits; shut down. */
const ONE_SHOT = 0x80;
const RESOLUTION = 5;
const SHUTDOWN = 0x01;

const FEWEST_BITS = 9;
/** Seconds of a conversion of 9 bits; each bit more takes twice as long. */
const SHORTEST_CONVERSION = 0.0275;

export class Tmp105Model implements I2cChipModel {
  readonly #options: OneShotModelOptions;
  readonly #wires: I2cChipModel;
  #configuration = 0;
  #limits = [...LIMITS];
  #startedAt: number;
  #kept = 0;

  constructor(options: OneShotModelOptions) {
    this.#options = options;
    this.#startedAt = options.now();
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
    this.#startedAt = this.#options.now();
    this.#kept = 0;
  }

  #convert(): void {
    const more = (this.#configuration >> RESOLUTION) & 3;
    if (this.#options.now() - this.#startedAt < SHORTEST_CONVERSION * 2 ** more) return;
    this.#kept = temperatureWord(this.#options.temperature(), FEWEST_BITS + more);
    if (this.#configuration & SHUTDOWN) this.#startedAt = Number.POSITIVE_INFINITY;
  }

  #get(register: number): number {
    this.#convert();
    if (register === TEMPERATURE) return this.#kept;
    return register === CONFIGURATION ? this.#configuration : this.#limits[register - 2]!;
  }

  #set(register: number, value: number): void {
    this.#convert();
    if (register === CONFIGURATION) {
      this.#configuration = value & ~ONE_SHOT;
      const starts = (value & SHUTDOWN) === 0 || (value & ONE_SHOT) !== 0;
      if (starts) this.#startedAt = this.#options.now();
    } else if (register !== TEMPERATURE) {
      this.#limits[register - 2] = value;
    }
  }
}
