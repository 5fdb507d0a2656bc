// A model of a DS18B20: its scratchpad, byte by byte, and its faults (Maxim DS18B20 datasheet, 19-7487).

/** Bytes of the scratchpad (figure 9): temperature, alarms, configuration, three reserved ones, CRC. */
const CONFIGURATION = 4;
const RESERVED_6 = 6;
const CRC = 8;

/** The scratchpad after power-on: 85 deg C, 12 bits (figure 9). */
const AT_POWER_ON = [0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10] as const;

/** Bits 6 and 5 of the configuration: 9 to 12 bits (table 2); the others cannot be written. */
const RESOLUTION_SHIFT = 5;
const FEWEST_BITS = 9;
const MOST_BITS = 12;
const FIXED_CONFIGURATION = 0x1f;

const STEPS_PER_DEGREE = 16;

/** Seconds of a conversion with 12 bits; each bit less takes half of it (table 2). */
const LONGEST_CONVERSION = 0.75;

/** A fault. `unpowered`: it loses its supply in each conversion, as with a parasitic supply that is too weak. */
export type Ds18b20Fault = 'gone' | 'wrong-crc' | 'held-low' | 'unpowered';

export class Ds18b20Model {
  fault: Ds18b20Fault | undefined;
  readonly #temperature: () => number;
  readonly #atPowerOn: readonly number[];
  #scratchpad: number[];

  /**
   * @param temperature degrees Celsius around the chip, now
   * @param atPowerOn the scratchpad of a chip of another sort
   */
  constructor(temperature: () => number, atPowerOn: readonly number[] = AT_POWER_ON) {
    this.#temperature = temperature;
    this.#atPowerOn = atPowerOn;
    this.#scratchpad = [...atPowerOn];
  }

  /** 9 to 12. */
  get bits(): number {
    return FEWEST_BITS + ((this.#scratchpad[CONFIGURATION]! >>> RESOLUTION_SHIFT) & 3);
  }

  /** Seconds. */
  get conversionTime(): number {
    return LONGEST_CONVERSION / 2 ** (MOST_BITS - this.bits);
  }

  /** Pulls the line low after a reset, as one on the bus does. */
  get isPresent(): boolean {
    return this.fault !== 'gone';
  }

  /** Takes the supply away and gives it again. */
  powerOn(): void {
    this.#scratchpad = [...this.#atPowerOn];
  }

  /** CONVERT T, to its end. */
  convert(): void {
    if (!this.isPresent) return;
    if (this.fault === 'unpowered') {
      this.powerOn();
      return;
    }
    this.measure(this.#scratchpad, this.#temperature());
  }

  /** Leaves a temperature in the scratchpad. */
  protected measure(scratchpad: number[], celsius: number): void {
    const cut = 2 ** (MOST_BITS - this.bits);
    const steps = Math.floor(Math.round(celsius * STEPS_PER_DEGREE) / cut) * cut;
    scratchpad[0] = steps & 0xff;
    scratchpad[1] = (steps >>> 8) & 0xff;
    // Counts the rest of a degree down, and so is 0x0c only beside a temperature that ends in 4/16.
    scratchpad[RESERVED_6] = 0x10 - (steps & 0xf);
  }

  /** READ SCRATCHPAD: nine bytes; all ones if the chip does not answer. */
  read(): readonly number[] {
    if (!this.isPresent) return AT_POWER_ON.map(() => 0xff).concat(0xff);
    if (this.fault === 'held-low') return AT_POWER_ON.map(() => 0).concat(0);
    const crc = crc8(this.#scratchpad);
    return [...this.#scratchpad, this.fault === 'wrong-crc' ? crc ^ 0x5a : crc];
  }

  /** WRITE SCRATCHPAD, of the configuration alone. */
  setBits(bits: number): void {
    if (!this.isPresent) return;
    this.#scratchpad[CONFIGURATION] = ((bits - FEWEST_BITS) << RESOLUTION_SHIFT) | FIXED_CONFIGURATION;
  }
}

/** Whether nine bytes of a scratchpad end with the CRC of the others. */
export function isIntact(scratchpad: readonly number[]): boolean {
  return crc8(scratchpad.slice(0, CRC)) === scratchpad[CRC];
}

/** The CRC of 1-Wire (x^8 + x^5 + x^4 + 1, bits from the least on; Maxim application note 27). */
export function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8c : crc >>> 1;
  }
  return crc;
}
