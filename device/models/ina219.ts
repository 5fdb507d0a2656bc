// A model of an INA219: triggered and continuous conversions of both voltages, limited by their ranges (TI SBOS448).

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { wordRegisters } from './word-registers.ts';

export interface Ina219ModelOptions {
  /** Volts of the bus, and across the shunt, now. */
  readonly busVoltage: () => number;
  readonly shuntVoltage: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
}

/** Registers (INA219 datasheet, SBOS448, table "Summary of Register Set"). */
const CONFIGURATION = 0;
const SHUNT_VOLTAGE = 1;
const BUS_VOLTAGE = 2;
const POWER = 3;
const CALIBRATION = 5;

const CONFIGURATION_AT_FIRST = 0x399f;
const RESET = 0x8000;
const WIDE_BUS = 0x2000;

/** Bits of the mode: continuous, not triggered; the bus; the shunt. */
const CONTINUOUS = 4;
const BUS = 2;
const SHUNT = 1;

/** Volts a step; the bus's lie above three other bits, of which the middle one says that a conversion has ended. */
const BUS_STEP = 0.004;
const SHUNT_STEP = 0.000_01;
const READY = 2;

/** Seconds of a conversion by the four bits of an ADC: 9 to 12 bits, then 1 to 128 samples averaged. */
const CONVERSIONS = [84e-6, 148e-6, 276e-6, 532e-6];
const AVERAGED = [532e-6, 1.06e-3, 2.13e-3, 4.26e-3, 8.51e-3, 17.02e-3, 34.05e-3, 68.1e-3];

export class Ina219Model implements I2cChipModel {
  readonly #options: Ina219ModelOptions;
  readonly #wires: I2cChipModel;
  #words = new Map<number, number>();
  #startedAt = 0;
  #ready = false;

  constructor(options: Ina219ModelOptions) {
    this.#options = options;
    this.#wires = wordRegisters({
      get: register => this.#get(register),
      set: (register, value) => this.#set(register, value),
    });
    this.powerOn();
  }

  write(bytes: Uint8Array): boolean {
    return this.#wires.write(bytes);
  }

  read(length: number): Uint8Array | undefined {
    return this.#wires.read(length);
  }

  /** Loses and regains its supply: settings are gone, and it converts continuously. */
  powerOn(): void {
    this.#words = new Map([[CONFIGURATION, CONFIGURATION_AT_FIRST]]);
    this.#startedAt = this.#options.now();
    this.#ready = false;
  }

  get #configuration(): number {
    return this.#words.get(CONFIGURATION)!;
  }

  #convert(): void {
    const configuration = this.#configuration;
    const timeOf = (bits: number) => (bits & 8 ? AVERAGED[bits & 7]! : CONVERSIONS[bits & 3]!);
    const needed =
      (configuration & SHUNT ? timeOf((configuration >> 3) & 15) : 0) +
      (configuration & BUS ? timeOf((configuration >> 7) & 15) : 0);
    if (needed === 0 || this.#options.now() - this.#startedAt < needed) return;
    this.#ready = true;
    if (configuration & SHUNT) this.#words.set(SHUNT_VOLTAGE, this.#shunt());
    if (configuration & BUS) this.#words.set(BUS_VOLTAGE, this.#bus());
    this.#startedAt = configuration & CONTINUOUS ? this.#options.now() : Number.POSITIVE_INFINITY;
  }

  /** Two's complement, limited by the range of the amplifier: 40, 80, 160 or 320 mV. */
  #shunt(): number {
    const range = 0.04 * 2 ** ((this.#configuration >> 11) & 3);
    const volts = Math.min(Math.max(this.#options.shuntVoltage(), -range), range);
    return Math.round(volts / SHUNT_STEP) & 0xffff;
  }

  #bus(): number {
    const range = this.#configuration & WIDE_BUS ? 32 : 16;
    const volts = Math.min(Math.max(this.#options.busVoltage(), 0), range);
    return Math.min(Math.round(volts / BUS_STEP), 0x1fff) << 3;
  }

  #get(register: number): number {
    this.#convert();
    const word = this.#words.get(register) ?? 0;
    if (register === POWER) this.#ready = false;
    return register === BUS_VOLTAGE && this.#ready ? word | READY : word;
  }

  #set(register: number, value: number): void {
    this.#convert();
    if (register === CONFIGURATION && value & RESET) this.powerOn();
    else if (register === CONFIGURATION || register === CALIBRATION) this.#words.set(register, value);
    if (register !== CONFIGURATION) return;
    this.#startedAt = this.#options.now();
    this.#ready = false;
  }
}
