// Labels the axes of a chart with text of the page instead of the canvas, so that it is sharp and can be styled.

import { element, write } from '../text/element.ts';
import { axisDate, timeLabels } from '../text/time-labels.ts';
import { writeValue } from '../text/values.ts';
import { type Axis, axisTicks, decimalsOf } from './range.ts';

/**
 * Labels along an edge, by their distance from its beginning: a share of its length, so that they stay in their places when
 * the chart has another size, as on paper.
 */
class Labels {
  readonly #element: HTMLElement;
  readonly #place: (label: HTMLElement, at: number) => void;

  constructor(element: HTMLElement, place: (label: HTMLElement, at: number) => void) {
    this.#element = element;
    this.#place = place;
  }

  /** Shows the texts, each at its share `at` of the length; reuses the elements. */
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

  constructor(element: HTMLElement) {
    this.#labels = new Labels(element, (label, at) => label.style.setProperty('top', percent(at)));
  }

  /** Shows no labels for undefined. */
  show(axis: Axis | undefined): void {
    if (axis === this.#shown) return;
    this.#shown = axis;
    if (axis === undefined) {
      this.#labels.show([]);
      return;
    }
    const decimals = decimalsOf(axis.step);
    this.#labels.show(
      axisTicks(axis).map(value => ({
        at: (axis.max - value) / (axis.max - axis.min),
        text: writeValue(value, decimals),
      })),
    );
  }
}

/** The times below a chart. */
export class TimeAxis {
  readonly #labels: Labels;
  readonly #date = element('span', { class: 'axis-date' });

  constructor(axis: HTMLElement) {
    const labels = element('div');
    axis.append(labels, this.#date);
    this.#labels = new Labels(labels, (label, at) => {
      // The label is as wide as the axis, with its text in the middle: moving it needs no new layout.
      label.style.setProperty('transform', `translateX(${percent(at - 0.5)})`);
    });
  }

  /** From `from` to `to` (milliseconds) in `width` CSS pixels. */
  show(from: number, to: number, width: number, step: number, absolute: boolean): void {
    this.#labels.show(timeLabels(from, to, width, step, absolute));
    write(this.#date, axisDate(from, to, step, absolute));
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(3)}%`;
}
