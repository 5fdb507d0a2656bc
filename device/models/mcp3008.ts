// What does an MCP3008 answer? Bits at its DOUT pin, as its select, clock and DIN pins are moved.

import type { Level } from '../host/gpio/gpio.ts';

export interface Mcp3008ModelOptions {
  /** Volts at the inputs CH0 to CH7 now. */
  readonly voltage: (input: number) => number;
  /** Volts at VREF. */
  readonly reference: number;
  /** What DOUT is where the chip does not drive it; 0 where it is left out, as most pins of a Raspberry Pi are pulled. */
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
  /** What is left to be put out, a bit each falling edge. */
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

  /** Takes the supply away, or gives it. */
  set powered(isPowered: boolean) {
    this.#isPowered = isPowered;
    this.#deselect();
  }

  /** Turns one bit of so many conversions, beginning with the next. */
  disturb(conversions: number): void {
    this.#disturbed = conversions;
  }

  /** The pin CS/SHDN: low selects the chip, and an edge down begins anew. */
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
    // One bit more than there are: the clock with which the sample ends, whatever is at DIN then.
    if (this.#command.length > COMMAND_BITS) this.#answer = this.#convert(this.#command);
  }

  #fall(): void {
    if (this.#command !== undefined && this.#command.length > COMMAND_BITS) {
      this.#out = this.#answer.shift() ?? 0;
    }
  }

  /** A null bit, the code from its most significant bit on, then back again without the least significant one (section 5.0). */
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
