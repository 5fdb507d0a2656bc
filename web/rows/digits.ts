// Decides how many digits after the point the values of a column are shown with: by its resolution, or by its values.

import { decimal, decimalsIn } from '../../dap/encode/decimal.ts';
import type { ShownColumn } from '../stream/describe.ts';

/** The most digits after the point. */
const MOST = 9;

/** The most digits of a measured number; a number with more digits was computed, and its last digits carry no information. */
const MEASURED = { Float32: 6, Float64: 10 } as const;

/** The significant digits that a computed value is shown with. */
const SHOWN = 4;

/** The first values all count; of the later ones every sixteenth. */
const FIRST = 64;
const EVERY = 16;

/** Of the values that count, those after which the digits are decided again once the first values have come. */
const DECIDES = 8;

/** The share of values that may need more digits than are shown: one odd value changes nothing. */
const ODD = 0.02;

/** The factor by which the measured values must outnumber those that made a column a computed one. */
const MIXED = 8;

/** The factor by which the size of values may change before computed values get other digits. */
const STEADY = 3;

/** The properties of a column that decide its digits; `meaning` is undefined for text. */
interface DigitSource extends Pick<ShownColumn, 'kind' | 'type' | 'resolution'> {
  readonly meaning: { readonly scale: number; readonly offset: number } | undefined;
}

/** Learns from the values of a column that states no resolution. Hiding its line makes no difference. */
export class Digits {
  readonly #stated: number | undefined;
  readonly #type: 'Float32' | 'Float64';
  #seen = 0;
  /** The number of measured values by their digits after the point. */
  readonly #measured = new Array<number>(MOST + 1).fill(0);
  /** Sizes of the latest computed values. */
  #sizes: number[] = [];
  #decimals: number | undefined;
  /** True if most of the first values were computed; decided with these. */
  #isComputed = false;

  constructor(column: DigitSource) {
    this.#stated = statedDecimals(column);
    const { scale = 1, offset = 0 } = column.meaning ?? {};
    this.#type = column.type === 'Float32' && scale === 1 && offset === 0 ? 'Float32' : 'Float64';
  }

  /** Digits after the point; at least one for a column of fractions. */
  get decimals(): number {
    return this.#stated ?? Math.max(1, this.#decimals ?? 1);
  }

  add(value: number): void {
    if (this.#stated !== undefined || !Number.isFinite(value) || value === 0) return;
    if (this.#seen++ >= FIRST && this.#seen % EVERY !== 0) return;
    const text = decimal(this.#type, value);
    if (significantDigits(text) > MEASURED[this.#type])
      this.#sizes = [...this.#sizes, Math.abs(value)].slice(-FIRST);
    else this.#measured[Math.min(MOST, decimalsIn(text))]!++;
    if (this.#seen <= FIRST || this.#seen % (EVERY * DECIDES) === 0) this.#count();
  }

  #count(): void {
    const measured = this.#measured.reduce((sum, count) => sum + count, 0);
    // Some products end as if they were measured: these change nothing again.
    const computed = (this.#isComputed ? MIXED : 1) * this.#sizes.length;
    if (this.#seen <= FIRST) this.#isComputed = computed > measured;
    if (this.#isComputed) this.#fitSize();
    else this.#decimals = Math.max(this.#decimals ?? 0, this.#neededBy(measured));
  }

  /** The digits that all values need, except the odd ones. */
  #neededBy(measured: number): number {
    let beyond = 0;
    for (let digits = MOST; digits > 0; digits--) {
      beyond += this.#measured[digits]!;
      if (beyond > measured * ODD) return digits;
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

/** The digits that tell multiples of `step` apart: all digits of a step with one digit, or with two of which the last is a 5. */
export function stepDecimals(step: number): number {
  const text = String(Number(step.toPrecision(6)));
  const own = decimalsIn(text);
  const enough = Math.max(0, Math.ceil(-Math.log10(step) - 0.2));
  const digits = significantDigits(text);
  const isRound = digits <= 1 || /^[0.]*[1-9]\.?5$/.test(text);
  return Math.min(MOST, own <= enough || (isRound && own <= enough + 1) ? own : enough);
}

function statedDecimals({ kind, type, resolution, meaning }: DigitSource): number | undefined {
  if (resolution !== undefined) return stepDecimals(resolution);
  if (kind === 'integer') return 0;
  // Packed whole numbers have steps of the scale.
  const isPacked = type !== undefined && !type.startsWith('Float');
  if (!isPacked) return undefined;
  const { scale = 1, offset = 0 } = meaning ?? {};
  return Math.max(stepDecimals(Math.abs(scale)), Math.min(MOST, decimalsIn(String(offset))));
}

function significantDigits(text: string): number {
  return text.replace(/e.*$/, '').replace(/[^\d]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;
}
