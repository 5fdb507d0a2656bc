// Shows the limits of a chart's columns as labelled lines across it, in the range of its axis.

import { type Limit, listedLimits } from '../../dap/model/limits.ts';
import { LEVEL_WORDS, writeLimit } from '../limits/limit-words.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { element } from '../text/element.ts';
import { lineLetter } from './palette.ts';
import type { Axis, Extent } from './range.ts';

/** A limit is brought into sight if it is no farther from the values than this many times their span. */
const REACH = 1;

interface LimitLine extends Limit {
  /** The indices of the columns that have it. */
  readonly lines: readonly number[];
  readonly element: HTMLElement;
}

export class LimitLines {
  readonly element = element('div', { class: 'limits', 'aria-hidden': 'true' });
  readonly #lines: readonly LimitLine[];
  #axis: Axis | undefined;

  constructor(columns: readonly ShownColumn[]) {
    const found = new Map<string, Limit & { readonly lines: number[] }>();
    for (const [line, { limits = {} }] of columns.entries()) {
      for (const limit of listedLimits(limits)) {
        const key = `${limit.level} ${limit.side} ${limit.value}`;
        const same = found.get(key);
        if (same === undefined) found.set(key, { ...limit, lines: [line] });
        else same.lines.push(line);
      }
    }
    this.#lines = [...found.values()].map(limit => {
      const letters = columns.length > 1 ? `${limit.lines.map(lineLetter).join(', ')} ` : '';
      const { name, sign } = LEVEL_WORDS[limit.level];
      const text = `${sign} ${letters}${name} ${limit.side} ${writeLimit(limit.value)}`;
      const line = element(
        'div',
        { class: 'limit', 'data-level': limit.level, 'data-side': limit.side },
        element('span', {}, text),
      );
      return { ...limit, element: line };
    });
    this.element.append(...this.#lines.map(line => line.element));
  }

  /** The extent of the limits that are within reach of the values; undefined if none is. */
  extentNear(extents: readonly (Extent | undefined)[], hidden: readonly boolean[]): Extent | undefined {
    const shown = extents.filter((extent, line) => extent !== undefined && !hidden[line]) as Extent[];
    if (this.#lines.length === 0 || shown.length === 0) return undefined;
    const min = Math.min(...shown.map(extent => extent.min));
    const max = Math.max(...shown.map(extent => extent.max));
    const reach = (max - min) * REACH;
    const near = this.#lines
      .filter(({ lines }) => lines.some(line => !hidden[line] && extents[line] !== undefined))
      .map(({ value }) => value)
      .filter(value => value >= min - reach && value <= max + reach);
    return near.length === 0 ? undefined : { min: Math.min(...near), max: Math.max(...near) };
  }

  /** Shows the lines on the axis; undefined for a chart without one. */
  show(axis: Axis | undefined, hidden: readonly boolean[]): void {
    if (this.#lines.length === 0) return;
    const isSame = axis === this.#axis;
    this.#axis = axis;
    for (const { value, lines, element: line } of this.#lines) {
      const share = axis === undefined ? Number.NaN : (axis.max - value) / (axis.max - axis.min);
      line.hidden = !(share >= 0 && share <= 1) || lines.every(each => hidden[each]);
      if (!isSame && !line.hidden) line.style.setProperty('top', `${(100 * share).toFixed(3)}%`);
      if (!isSame) line.classList.toggle('high', share < 0.12);
    }
  }
}
