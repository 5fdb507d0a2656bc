// A model of an MCP3008: the bits at its DOUT pin, driven by its select, clock and DIN pins (Microchip DS21295).

import type { Level } from '../host/gpio/gpio.ts';

export interface Mcp3008ModelOptions {
  /** Volts at the inputs CH0 to CH7 now. */
  readonly voltage: (input: number) => number;
  /** Volts at VREF. */
  readonly reference: number;
  /** The level at DOUT while the chip does not drive it; 0 by default, as most pins of a Raspberry Pi are pulled down. */
  readonly floating?: Level;
}

/** Bits after the start bit: single-ended or differential, and three for the input (datasheet DS21295, section 5.0). */
const COMMAND_BITS = 4;
const CODE_BITS = 10;
const GREATEST = 2 ** CODE_BITS - 1;

export class Mcp3008Model {
  readonly #options: Mcp3008ModelOptions;
  #isPowered = true;
  #selected = false;
  #clock: Level = 0;
  #in: Level = 0;
  /** Undefined before the start bit. */
  #command: Level[] | undefined;
  /** The bits still to be sent, one per falling edge. */
  #answer: Level[] = [];
  #out: Level | undefined;
  #disturbed = 0;

  constructor(options: Mcp3008ModelOptions) {
    this.#options = options;
  }

  /** The level at DOUT. */
  get out(): Level {
    return this.#out ?? this.#options.floating ?? 0;
  }

  /** Switches the supply. */
  set powered(isPowered: boolean) {
    this.#isPowered = isPowered;
    this.#deselect();
  }

  /** Inverts one bit of each of the next conversions. */
  disturb(conversions: number): void {
    this.#disturbed = conversions;
  }

  /** The pin CS/SHDN: low selects the chip, and a falling edge starts a conversion. */
  select(level: Level): void {
    if (level === 1) this.#deselect();
    else this.#selected = true;
  }

  dataIn(level: Level): void {
    this.#in = level;
  }

  clock(level: Level): void {
    const isEdge = level !== this.#clock;
    this.#clock = level;
    if (!isEdge || !this.#selected || !this.#isPowered) return;
    if (level === 1) this.#rise();
    else this.#fall();
  }

  #deselect(): void {
    this.#selected = false;
    this.#command = undefined;
    this.#answer = [];
    this.#out = undefined;
  }

  #rise(): void {
    if (this.#command === undefined) {
      if (this.#in === 1) this.#command = [];
      return;
    }
    if (this.#command.length > COMMAND_BITS) return;
    this.#command.push(this.#in);
    // One clock more than there are bits: it ends the sampling, whatever DIN is then.
    if (this.#command.length > COMMAND_BITS) this.#answer = this.#convert(this.#command);
  }

  #fall(): void {
    if (this.#command !== undefined && this.#command.length > COMMAND_BITS) {
      this.#out = this.#answer.shift() ?? 0;
    }
  }

  /** A null bit, the code from its most significant bit, then backwards from its second lowest bit (section 5.0). */
  #convert([single, ...bits]: readonly Level[]): Level[] {
    const { voltage, reference } = this.#options;
    const input = (bits[0]! << 2) | (bits[1]! << 1) | bits[2]!;
    const volts = single === 1 ? voltage(input) : voltage(input) - voltage(input ^ 1);
    const code = Math.min(Math.max(Math.floor((volts / reference) * (GREATEST + 1)), 0), GREATEST);
    const down = Array.from({ length: CODE_BITS }, (_, bit): Level => {
      return (code >> (CODE_BITS - 1 - bit)) & 1 ? 1 : 0;
    });
    const answer: Level[] = [0, ...down, ...down.slice(0, -1).reverse()];
    if (this.#disturbed > 0) {
      this.#disturbed--;
      answer[3] = answer[3] === 1 ? 0 : 1;
    }
    return answer;
  }
}
