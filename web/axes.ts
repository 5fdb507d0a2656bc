// How the axes beside a chart are labelled: text of the page, not of the canvas, so that it is sharp and can be styled.

import { type Axis, axisTicks, decimalsOf } from './range.ts';
import { timeTicks, writeTick } from './times.ts';
import { writeValue } from './values.ts';

/** Labels that lie along an edge, by their distance from its beginning. */
class Labels {
  readonly #element: HTMLElement;
  readonly #place: (label: HTMLElement, at: number) => void;

  constructor(element: HTMLElement, place: (label: HTMLElement, at: number) => void) {
    this.#element = element;
    this.#place = place;
  }

  /** Shows the texts, each `at` pixels from the beginning; elements are used again. */
  show(labels: readonly { readonly at: number; readonly text: string }[]): void {
    const { children } = this.#element;
    while (children.length > labels.length) children[children.length - 1]!.remove();
    while (children.length < labels.length) this.#element.append(document.createElement('span'));
    for (const [index, { at, text }] of labels.entries()) {
      const label = children[index] as HTMLElement;
      if (label.textContent !== text) label.textContent = text;
      this.#place(label, at);
    }
  }
}

/** The values at the left of a chart. */
export class ValueAxis {
  readonly #labels: Labels;
  #shown: Axis | undefined;
  #height = 0;

  constructor(element: HTMLElement) {
    this.#labels = new Labels(element, (label, at) => label.style.setProperty('top', `${at}px`));
  }

  /** `height` in CSS pixels. Without an axis there are no labels. */
  show(axis: Axis | undefined, height: number): void {
    if (axis === this.#shown && height === this.#height) return;
    this.#shown = axis;
    this.#height = height;
    if (axis === undefined) {
      this.#labels.show([]);
      return;
    }
    const decimals = decimalsOf(axis.step);
    const perUnit = height / (axis.max - axis.min);
    this.#labels.show(
      axisTicks(axis).map(value => ({ at: (axis.max - value) * perUnit, text: writeValue(value, decimals) })),
    );
  }
}

/** The times below a chart. */
export class TimeAxis {
  readonly #labels: Labels;

  constructor(element: HTMLElement) {
    this.#labels = new Labels(element, (label, at) => {
      label.style.setProperty('transform', `translateX(${at.toFixed(2)}px) translateX(-50%)`);
    });
  }

  /** From `from` to `to` (milliseconds) in `width` CSS pixels. Labels that would hang over an end are left out. */
  show(from: number, to: number, width: number, step: number, absolute: boolean): void {
    const perMilli = width / (to - from);
    const half = step < 60_000 ? 32 : 22;
    const labels = timeTicks(from, to, step).map(time => ({
      at: (time - from) * perMilli,
      text: writeTick(time, step, absolute),
    }));
    this.#labels.show(labels.filter(({ at }) => at >= half && at <= width - half));
  }
}
