// The model that all I2C thermometers here share: word registers, and conversions that run by themselves or one at a time.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { wordRegisters } from './word-registers.ts';

/** What surrounds a simulated thermometer. */
export interface ThermometerSurroundings {
  /** deg C now. */
  readonly temperature: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
}

type Get = (register: number) => number;

/** The properties of one chip, from its datasheet. */
export interface ThermometerSheet {
  /** The bits of the pointer that select a register. */
  readonly pointer: number;
  /** The registers that do not read 0 after power-on, by number. */
  readonly atFirst: Readonly<Record<number, number>>;
  /** The registers of one byte; all others have two. */
  readonly bytes: readonly number[];
  /** The registers that only the chip sets. */
  readonly fixed: readonly number[];
  readonly temperature: number;
  readonly configuration: number;
  /** The bit of the configuration that stops conversions. */
  readonly shutdown: number;
  /** The bit of the configuration that starts one conversion while the chip is shut down; 0 if it has none. */
  readonly oneShot: number;
  /** Whether that bit reads 1 while no conversion runs; it reads 0 otherwise. */
  readonly isIdleShown?: boolean;
  /** The bits of the configuration that only the chip sets. */
  readonly readOnly?: number;
  /** The registers whose writing starts the conversion again; the configuration does so on every chip. */
  readonly restarting?: readonly number[];
  /** Seconds of a conversion with these settings. */
  seconds(get: Get): number;
  /** The result of a conversion with these settings. */
  word(celsius: number, get: Get): number;
  /** What the temperature register reads; the result itself by default. */
  shown?(word: number, get: Get): number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The temperature reads 0 until the first conversion after power-on has ended. */
export class ThermometerModel implements I2cChipModel {
  readonly #sheet: ThermometerSheet;
  readonly #around: ThermometerSurroundings;
  readonly #wires: I2cChipModel;
  #words = new Map<number, number>();
  #startedAt = NEVER;
  #result = 0;

  constructor(sheet: ThermometerSheet, around: ThermometerSurroundings) {
    this.#sheet = sheet;
    this.#around = around;
    const { pointer, bytes } = sheet;
    this.#wires = wordRegisters({
      get: register => this.#read(register & pointer),
      set: (register, value) => this.#set(register & pointer, value),
      bytes: register => (bytes.includes(register & pointer) ? 1 : 2),
    });
    this.powerOn();
  }

  write(bytes: Uint8Array): boolean {
    return this.#wires.write(bytes);
  }

  read(length: number): Uint8Array | undefined {
    return this.#wires.read(length);
  }

  /** Loses and regains its supply. */
  powerOn(): void {
    const registers = Object.entries(this.#sheet.atFirst);
    this.#words = new Map(registers.map(([register, value]) => [Number(register), value]));
    this.#startedAt = this.#around.now();
    this.#result = 0;
  }

  readonly #get: Get = register => this.#words.get(register) ?? 0;

  #isShutDown(): boolean {
    const { configuration, shutdown } = this.#sheet;
    return (this.#get(configuration) & shutdown) !== 0;
  }

  /** Takes over the result of the conversion that has ended by now, if any. */
  #convert(): void {
    const { seconds, word } = this.#sheet;
    if (this.#around.now() - this.#startedAt < seconds(this.#get)) return;
    this.#result = word(this.#around.temperature(), this.#get);
    if (this.#isShutDown()) this.#startedAt = NEVER;
  }

  #read(register: number): number {
    this.#convert();
    const { temperature, configuration, shown, isIdleShown, oneShot } = this.#sheet;
    if (register === temperature) return shown?.(this.#result, this.#get) ?? this.#result;
    const isIdle = register === configuration && isIdleShown && this.#startedAt === NEVER;
    return this.#get(register) | (isIdle ? oneShot : 0);
  }

  #set(register: number, value: number): void {
    this.#convert();
    const { temperature, configuration, fixed, restarting = [] } = this.#sheet;
    if (register === temperature || fixed.includes(register)) return;
    if (register === configuration) this.#configure(value);
    else this.#words.set(register, value);
    if (restarting.includes(register)) this.#startedAt = this.#around.now();
  }

  #configure(value: number): void {
    const { configuration, oneShot, readOnly = 0 } = this.#sheet;
    const own = this.#get(configuration) & readOnly;
    this.#words.set(configuration, (value & ~oneShot & ~readOnly) | own);
    const starts = !this.#isShutDown() || (value & oneShot) !== 0;
    if (starts) this.#startedAt = this.#around.now();
    else if (oneShot === 0) this.#startedAt = NEVER;
  }
}

/** 75 and 80 deg C: the limits of LM75, TMP102 and TMP105 after power-on, in their registers 2 and 3. */
export const LM75_LIMITS = { 2: 0x4b00, 3: 0x5000 };

/** The registers of one byte, 8 bits of whole degrees and below them fractions, reach from -128 to 127.9375 deg C. */
const LOWEST = -128;
const HIGHEST = 127.9375;

/** Degrees as two's complement of `bits` bits at the left of a word; the first eight bits are whole degrees. */
export function temperatureWord(celsius: number, bits: number): number {
  const step = 2 ** (16 - bits);
  const within = Math.min(Math.max(celsius, LOWEST), HIGHEST);
  return (Math.floor((within * 256) / step + 0.5) * step) & 0xffff;
}
