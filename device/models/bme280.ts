// A model of a BME280 or BMP280: calibration, identity and measurements on command (Bosch BST-BME280-DS002, BST-BMP280-DS001).

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import {
  calibrationOf,
  celsiusOf,
  fineTemperature,
  humidityCalibrationOf,
  humidityOf,
  pascalsOf,
} from './bme280-compensation.ts';

export interface Bme280ModelOptions {
  /** deg C, hPa and percent now. */
  readonly temperature: () => number;
  readonly pressure: () => number;
  readonly humidity: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
  /** The identity: 0x60 for a BME280, 0x58 for a BMP280. */
  readonly id: number;
}

/** Registers (BME280 datasheet, BST-BME280-DS002, table 18). */
const CALIBRATION = 0x88;
const CALIBRATION_H1 = 0xa1;
const ID = 0xd0;
const RESET = 0xe0;
const CALIBRATION_H2 = 0xe1;
const CONTROL_HUMIDITY = 0xf2;
const STATUS = 0xf3;
const CONTROL = 0xf4;
const DATA = 0xf7;

const RESET_WORD = 0xb6;
const BME280 = 0x60;
const MEASURING = 0x08;
const COPYING = 0x01;
const MODE = 0x03;

/** Seconds for which it copies its calibration after power-on. */
const START_UP = 0.002;

/** dig_T1 to dig_P9 of the example in the BMP280 datasheet (section 3.12), and dig_H1 to dig_H6 of a real chip. */
const WORDS = [27_504, 26_435, -1000, 36_477, -10_685, 3024, 2855, 140, -7, 15_500, -14_600, 6000];
const H1 = 75;
const H2_TO_H6 = Uint8Array.of(0x69, 0x01, 0x00, 0x14, 0x24, 0x03, 0x1e);

/** The data registers before the first measurement, and for a skipped one. */
const NOTHING = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0];

const HIGHEST_20_BITS = 2 ** 20 - 1;
const HIGHEST_16_BITS = 2 ** 16 - 1;

export class Bme280Model implements I2cChipModel {
  readonly #options: Bme280ModelOptions;
  readonly #registers = new Uint8Array(256);
  #pointer = 0;
  #poweredAt = 0;
  #endsAt = Number.POSITIVE_INFINITY;
  /** For the next measurement: a write to the humidity control takes effect with the next write to the other one. */
  #humidityTimes = 0;

  constructor(options: Bme280ModelOptions) {
    this.#options = options;
    this.powerOn();
  }

  /** Loses and regains its supply: settings and data are gone. */
  powerOn(): void {
    const registers = this.#registers.fill(0);
    const view = new DataView(registers.buffer);
    for (const [index, word] of WORDS.entries()) view.setInt16(CALIBRATION + 2 * index, word, true);
    registers[ID] = this.#options.id;
    if (this.#options.id === BME280) {
      registers[CALIBRATION_H1] = H1;
      registers.set(H2_TO_H6, CALIBRATION_H2);
    }
    registers.set(NOTHING, DATA);
    this.#poweredAt = this.#options.now();
    this.#endsAt = Number.POSITIVE_INFINITY;
    this.#humidityTimes = 0;
  }

  write(bytes: Uint8Array): boolean {
    this.#measure();
    const [register, ...values] = bytes;
    if (register === undefined) return true;
    this.#pointer = register;
    // After the first value there are pairs of a register and its value (section 6.2.1).
    for (let index = 0; index < values.length; index += 2) {
      this.#set(index === 0 ? register : values[index - 1]!, values[index]!);
    }
    return true;
  }

  read(length: number): Uint8Array {
    this.#measure();
    return Uint8Array.from({ length }, (_, index) => this.#registers[(this.#pointer + index) & 0xff]!);
  }

  #set(register: number, value: number): void {
    if (register === RESET && value === RESET_WORD) this.powerOn();
    if (register === CONTROL_HUMIDITY) this.#registers[register] = value & 7;
    if (register !== CONTROL) return;
    this.#registers[CONTROL] = value;
    this.#humidityTimes = samplesOf(this.#registers[CONTROL_HUMIDITY]!);
    if ((value & MODE) !== 0) this.#endsAt = this.#options.now() + this.#duration();
  }

  /** Typical seconds (appendix B, 9.1). */
  #duration(): number {
    const control = this.#registers[CONTROL]!;
    const [pressure, humidity] = [samplesOf((control >> 2) & 7), this.#humidityTimes];
    const milliseconds =
      1 + 2 * samplesOf(control >> 5) + (pressure && 2 * pressure + 0.5) + (humidity && 2 * humidity + 0.5);
    return milliseconds / 1000;
  }

  #measure(): void {
    const now = this.#options.now();
    const measuring = Number.isFinite(this.#endsAt) && now < this.#endsAt;
    const copying = now - this.#poweredAt < START_UP;
    this.#registers[STATUS] = (measuring ? MEASURING : 0) | (copying ? COPYING : 0);
    if (measuring || !Number.isFinite(this.#endsAt)) return;
    this.#endsAt = Number.POSITIVE_INFINITY;
    const control = this.#registers[CONTROL]!;
    this.#registers[CONTROL] = control & ~MODE;
    this.#registers.set(NOTHING, DATA);
    const raw = this.#converted();
    if (samplesOf((control >> 2) & 7) > 0) this.#store(DATA, raw.pressure << 4, 3);
    if (samplesOf(control >> 5) > 0) this.#store(DATA + 3, raw.temperature << 4, 3);
    if (this.#options.id !== BME280) this.#registers.fill(0, DATA + 6, DATA + 8);
    else if (this.#humidityTimes > 0) this.#store(DATA + 6, raw.humidity, 2);
  }

  #store(register: number, value: number, bytes: number): void {
    for (let index = 0; index < bytes; index++) {
      this.#registers[register + index] = (value >>> (8 * (bytes - 1 - index))) & 0xff;
    }
  }

  /** The raw numbers that the formulas turn into the quantities; found by bisection, since each formula is monotonic. */
  #converted() {
    const { temperature, pressure, humidity } = this.#options;
    const calibration = calibrationOf(this.#registers.subarray(CALIBRATION));
    const humidities = humidityCalibrationOf(
      this.#registers[CALIBRATION_H1]!,
      this.#registers.subarray(CALIBRATION_H2),
    );
    const [celsius, pascals, percent] = [temperature(), 100 * pressure(), humidity()];
    const rawTemperature = lowest(
      HIGHEST_20_BITS,
      raw => celsiusOf(fineTemperature(raw, calibration)) >= celsius,
    );
    const fine = fineTemperature(rawTemperature, calibration);
    return {
      temperature: rawTemperature,
      pressure: lowest(HIGHEST_20_BITS, raw => pascalsOf(raw, fine, calibration) <= pascals),
      humidity: lowest(HIGHEST_16_BITS, raw => humidityOf(raw, fine, humidities) >= percent),
    };
  }
}

/** The samples of an oversampling setting: 0 skips the measurement, otherwise 1 to 16. */
function samplesOf(bits: number): number {
  return bits === 0 ? 0 : 2 ** (Math.min(bits, 5) - 1);
}

/** The lowest whole number from 0 for which `holds` is true, as for all above it; `highest` if there is none. */
function lowest(highest: number, holds: (value: number) => boolean): number {
  let [low, high] = [0, highest];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
