// What does an SHT3x answer? Commands and words with a CRC as the bus sees them, with the air that someone else gives.

import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import { crc8 } from './sht3x-crc.ts';

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
/** Single shot without clock stretching: seconds that each takes at most (table 4). */
const MEASUREMENTS: ReadonlyMap<number, number> = new Map([
  [0x2400, 0.015],
  [0x240b, 0.006],
  [0x2416, 0.004],
]);

/** Bits of the status after power-on: an alert is pending, a reset was seen. */
const STATUS_AT_FIRST = 0x8010;

export class Sht3xModel implements I2cChipModel {
  /** Bits that a disturbed wire turns in the next byte that is read. */
  disturbed = 0;
  readonly #options: Sht3xModelOptions;
  /** What the next read gives: the status at once, a measurement when it has ended. */
  #asked: 'status' | { readonly endsAt: number } | undefined;

  constructor(options: Sht3xModelOptions) {
    this.#options = options;
  }

  write([high, low]: Uint8Array): boolean {
    if (high === undefined || low === undefined) return true;
    const { now } = this.#options;
    // While it measures it acknowledges no command.
    if (typeof this.#asked === 'object' && now() < this.#asked.endsAt) return false;
    const command = (high << 8) | low;
    const duration = MEASUREMENTS.get(command);
    if (duration !== undefined) this.#asked = { endsAt: now() + duration };
    else if (command === STATUS) this.#asked = 'status';
    else if (command === SOFT_RESET) this.#asked = undefined;
    return true;
  }

  read(length: number): Uint8Array | undefined {
    const asked = this.#asked;
    if (asked === undefined) return undefined;
    if (typeof asked === 'object' && this.#options.now() < asked.endsAt) return undefined;
    this.#asked = undefined;
    const words = asked === 'status' ? [STATUS_AT_FIRST] : this.#measured();
    const bytes = words.flatMap(word => {
      const pair = [word >>> 8, word & 0xff];
      return [...pair, crc8(Uint8Array.from(pair))];
    });
    const sent = Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0xff);
    sent[0]! ^= this.disturbed;
    this.disturbed = 0;
    return sent;
  }

  /** Takes the supply away and gives it again: what was asked is forgotten. */
  powerOn(): void {
    this.#asked = undefined;
  }

  /** Section 4.13, the other way round. */
  #measured(): number[] {
    const share = (value: number) => Math.round(Math.min(Math.max(value, 0), 1) * 65_535);
    return [share((this.#options.temperature() + 45) / 175), share(this.#options.humidity() / 100)];
  }
}
