// What does an MCP9808 answer? Its registers as the bus sees them, with a temperature that someone else gives.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { wordRegisters } from './word-registers.ts';

export interface Mcp9808ModelOptions {
  /** deg C now. */
  readonly temperature: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
  /** What it says of its maker: 0x0054 is Microchip. */
  readonly manufacturer?: number;
}

/** Registers (MCP9808 datasheet, DS25095, table 5-1). */
const CONFIGURATION = 1;
const UPPER = 2;
const LOWER = 3;
const CRITICAL = 4;
const TEMPERATURE = 5;
const MANUFACTURER = 6;
const DEVICE = 7;
const RESOLUTION = 8;

const SHUTDOWN = 0x0100;

/** Flags of the temperature: above the critical limit, above the upper one, below the lower one. */
const ABOVE_CRITICAL = 0x8000;
const ABOVE_UPPER = 0x4000;
const BELOW_LOWER = 0x2000;

/** Seconds of a conversion, and steps in deg C, by the resolution register. */
const CONVERSIONS = [0.03, 0.065, 0.13, 0.25];
const STEPS = [0.5, 0.25, 0.125, 0.0625];

const FINEST = 3;

export class Mcp9808Model implements I2cChipModel {
  readonly #options: Required<Mcp9808ModelOptions>;
  readonly #wires: I2cChipModel;
  #words = new Map<number, number>();
  #startedAt = 0;
  #kept = 0;

  constructor(options: Mcp9808ModelOptions) {
    this.#options = { manufacturer: 0x0054, ...options };
    this.#wires = wordRegisters({
      get: register => this.#get(register & 15),
      set: (register, value) => this.#set(register & 15, value),
      bytes: register => ((register & 15) === RESOLUTION ? 1 : 2),
    });
    this.powerOn();
  }

  write(bytes: Uint8Array): boolean {
    return this.#wires.write(bytes);
  }

  read(length: number): Uint8Array | undefined {
    return this.#wires.read(length);
  }

  /** Takes the supply away and gives it again: settings are gone, and 0 deg C is told until a conversion has ended. */
  powerOn(): void {
    this.#words = new Map([[RESOLUTION, FINEST]]);
    this.#startedAt = this.#options.now();
    this.#kept = 0;
  }

  #word(register: number): number {
    return this.#words.get(register) ?? 0;
  }

  #convert(): void {
    const fineness = this.#word(RESOLUTION) & 3;
    if (this.#word(CONFIGURATION) & SHUTDOWN) return;
    if (this.#options.now() - this.#startedAt < CONVERSIONS[fineness]!) return;
    const step = STEPS[fineness]!;
    this.#kept = Math.round(this.#options.temperature() / step) * step;
  }

  #get(register: number): number {
    this.#convert();
    switch (register) {
      case TEMPERATURE:
        return this.#temperature();
      case MANUFACTURER:
        return this.#options.manufacturer;
      case DEVICE:
        return 0x0400;
      default:
        return this.#word(register);
    }
  }

  /** 13 bits of two's complement, sixteenths of a degree, below the flags. */
  #temperature(): number {
    const limit = (register: number) => this.#word(register) / 16;
    const flags =
      (this.#kept >= limit(CRITICAL) ? ABOVE_CRITICAL : 0) |
      (this.#kept > limit(UPPER) ? ABOVE_UPPER : 0) |
      (this.#kept < limit(LOWER) ? BELOW_LOWER : 0);
    return flags | (Math.round(this.#kept * 16) & 0x1fff);
  }

  #set(register: number, value: number): void {
    this.#convert();
    if (register === TEMPERATURE || register === MANUFACTURER || register === DEVICE) return;
    this.#words.set(register, value);
    if (register === CONFIGURATION || register === RESOLUTION) this.#startedAt = this.#options.now();
  }
}
