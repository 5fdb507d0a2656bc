// How many digits after the point the values of a column have: those of its resolution, or those that its values come with.

import { decimal } from '../../dap/encode/decimal.ts';
import type { Channel } from '../stream/describe.ts';

/** Nobody reads more. */
const MOST = 9;

/** Digits of a number that was written as a decimal; what needs more was reckoned, and its last digits say nothing. */
const WRITTEN = { Float32: 6, Float64: 10 } as const;

/** Digits in all that a reckoned value is shown with. */
const SHOWN = 4;

/** How many values are looked at one by one, and which of the later ones are. */
const FIRST = 64;
const EVERY = 16;

/** A share of values so small may need more digits than are shown: one odd value changes nothing. */
const ODD = 0.02;

/** How far a value's size may leave that of its digits, as a factor, before they are counted anew. */
const STEADY = 3;

/** What decides the digits of a channel: its packing is undefined for text. */
interface NeededDigits extends Pick<Channel, 'kind' | 'type' | 'resolution'> {
  readonly meaning: { readonly scale: number; readonly offset: number } | undefined;
}

/** Learns from the values of a column, where nothing is stated. What is hidden or seen on the page makes no difference. */
export class Digits {
  readonly #stated: number | undefined;
  readonly #type: 'Float32' | 'Float64';
  #seen = 0;
  /** How many written values have so many digits after the point. */
  readonly #written = new Array<number>(MOST + 1).fill(0);
  /** Sizes of the latest reckoned values. */
  #sizes: number[] = [];
  #decimals: number | undefined;
  /** True where most of the first values were reckoned. */
  #isReckoned: boolean | undefined;

  constructor(channel: NeededDigits) {
    this.#stated = statedDecimals(channel);
    const { scale = 1, offset = 0 } = channel.meaning ?? {};
    this.#type = channel.type === 'Float32' && scale === 1 && offset === 0 ? 'Float32' : 'Float64';
  }

  /** Digits after the point; one at least where the column holds fractions. */
  get decimals(): number {
    return this.#stated ?? Math.max(1, this.#decimals ?? 1);
  }

  /** Takes note of a value. */
  see(value: number): void {
    if (this.#stated !== undefined || !Number.isFinite(value) || value === 0) return;
    if (this.#seen++ >= FIRST && this.#seen % EVERY !== 0) return;
    const text = decimal(this.#type, value);
    if (significantDigits(text) > WRITTEN[this.#type])
      this.#sizes = [...this.#sizes, Math.abs(value)].slice(-FIRST);
    else this.#written[Math.min(MOST, decimalsIn(text))]!++;
    this.#count();
  }

  #count(): void {
    const written = this.#written.reduce((sum, count) => sum + count, 0);
    const reckoned = this.#isReckoned ?? this.#sizes.length > written;
    if (this.#seen === FIRST) this.#isReckoned = reckoned;
    if (reckoned) this.#fitSize();
    else this.#decimals = Math.max(this.#decimals ?? 0, this.#neededBy(written));
  }

  /** The digits that all values but the odd ones need. */
  #neededBy(written: number): number {
    let beyond = 0;
    for (let digits = MOST; digits > 0; digits--) {
      beyond += this.#written[digits]!;
      if (beyond > written * ODD) return digits;
    }
    return 0;
  }

  #fitSize(): void {
    const size = this.#sizes.toSorted((a, b) => a - b)[this.#sizes.length >> 1]!;
    const least = 10 ** (SHOWN - 1 - (this.#decimals ?? Number.NaN));
    if (size >= least / STEADY && size < 10 * least * STEADY) return;
    this.#decimals = Math.max(0, Math.min(MOST, SHOWN - 1 - Math.floor(Math.log10(size))));
  }
}

/** The digits that tell multiples of `step` apart: all of the step's own, where it has one digit, or two of which the last is a 5. */
export function stepDecimals(step: number): number {
  const text = String(Number(step.toPrecision(6)));
  const own = decimalsIn(text);
  const enough = Math.max(0, Math.ceil(-Math.log10(step) - 0.2));
  const digits = significantDigits(text);
  const isRound = digits <= 1 || /^[0.]*[1-9]\.?5$/.test(text);
  return Math.min(MOST, own <= enough || (isRound && own <= enough + 1) ? own : enough);
}

function statedDecimals({ kind, type, resolution, meaning }: NeededDigits): number | undefined {
  if (resolution !== undefined) return stepDecimals(resolution);
  if (kind === 'integer') return 0;
  // Whole numbers that are packed have steps of the scale.
  const isPacked = type !== undefined && !type.startsWith('Float');
  if (!isPacked) return undefined;
  const { scale = 1, offset = 0 } = meaning ?? {};
  return Math.max(stepDecimals(Math.abs(scale)), Math.min(MOST, decimalsIn(String(offset))));
}

function decimalsIn(text: string): number {
  const [, fraction = '', exponent = '0'] = /^[^.e]*(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

function significantDigits(text: string): number {
  return text.replace(/e.*$/, '').replace(/[^\d]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
}
