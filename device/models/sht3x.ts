// A model of an SHT3x: commands of two bytes, words with a CRC (Sensirion datasheet SHT3x-DIS, version 7).

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { crc8 } from './sensirion-crc.ts';

export interface Sht3xModelOptions {
  /** deg C now. */
  readonly temperature: () => number;
  /** Percent now. */
  readonly humidity: () => number;
  /** Monotonic seconds. */
  readonly now: () => number;
}

/** Commands (SHT3x datasheet, version 7, tables 9, 14 and 18). */
const STATUS = 0xf32d;
const SOFT_RESET = 0x30a2;
/** Seconds of each measurement at most, single shot without clock stretching (table 4). */
const MEASUREMENTS: ReadonlyMap<number, number> = new Map([
  [0x2400, 0.015],
  [0x240b, 0.006],
  [0x2416, 0.004],
]);

/** The status after power-on: an alert is pending, a reset was detected. */
const STATUS_AT_FIRST = 0x8010;

export class Sht3xModel implements I2cChipModel {
  /** Bits that a disturbance inverts in the next byte read. */
  disturbed = 0;
  readonly #options: Sht3xModelOptions;
  /** The answer to the next read: the status at once, a measurement once it has ended. */
  #pending: 'status' | { readonly endsAt: number } | undefined;

  constructor(options: Sht3xModelOptions) {
    this.#options = options;
  }

  write([high, low]: Uint8Array): boolean {
    if (high === undefined || low === undefined) return true;
    const { now } = this.#options;
    // The chip acknowledges no command while it measures.
    if (typeof this.#pending === 'object' && now() < this.#pending.endsAt) return false;
    const command = (high << 8) | low;
    const duration = MEASUREMENTS.get(command);
    if (duration !== undefined) this.#pending = { endsAt: now() + duration };
    else if (command === STATUS) this.#pending = 'status';
    else if (command === SOFT_RESET) this.#pending = undefined;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const pending = this.#pending;
    if (pending === undefined) return undefined;
    if (typeof pending === 'object' && this.#options.now() < pending.endsAt) return undefined;
    this.#pending = undefined;
    const words = pending === 'status' ? [STATUS_AT_FIRST] : this.#measured();
    const bytes = words.flatMap(word => {
      const pair = [word >>> 8, word & 0xff];
      return [...pair, crc8(Uint8Array.from(pair))];
    });
    const sent = Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0xff);
    sent[0]! ^= this.disturbed;
    this.disturbed = 0;
    return sent;
  }

  /** Loses and regains its supply. */
  powerOn(): void {
    this.#pending = undefined;
  }

  /** The inverse of the conversions of section 4.13. */
  #measured(): number[] {
    const share = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 65_535);
    return [share((this.#options.temperature() + 45) / 175), share(this.#options.humidity() / 100)];
  }
}
