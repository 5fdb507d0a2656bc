// Shows the columns of one unit: legend, chart, and the moment that is pointed at.

import type { LinePoints } from '../rows/line-points.ts';
import type { LatestValue } from '../rows/series.ts';
import type { UnitGroup } from '../stream/describe.ts';
import { element } from '../text/element.ts';
import { writeTime } from '../text/times.ts';
import { writeValue } from '../text/values.ts';
import { Chart } from './chart.ts';
import type { ColumnChoice } from './column-choice.ts';
import { type Extremes, NO_EXTREMES, writeExtremes } from './extremes.ts';
import type { Frame, PastPicture } from './frame.ts';
import { Legend, type LegendValue } from './legend.ts';
import { latestLegendValue, legendValueAt } from './legend-values.ts';
import { type Pointing, wirePointing } from './pointing.ts';

/** Milliseconds between two changes of the numbers: nobody reads them faster. */
const NUMBERS_EVERY = 200;

export class Panel {
  readonly element: HTMLElement;
  readonly #group: UnitGroup;
  readonly #chart: Chart;
  readonly #legend: Legend;
  readonly #life = new AbortController();
  /** The place of the cursor on the time axis, from 0 to 1; 1 without a cursor. */
  #place = 1;
  /** The cursor has moved since it was described to screen readers, which do not announce each new value. */
  #hasMoved = false;
  #isPast = false;
  #numbersAt = Number.NEGATIVE_INFINITY;

  /**
   * `mayHide`: every column has a button that hides it. `point` is called when the reader points at a moment of the chart; undefined for
   * nothing.
   */
  constructor(group: UnitGroup, choice: ColumnChoice, mayHide: boolean, point: (pointing: Pointing) => void) {
    this.#group = group;
    this.#chart = new Chart(group.columns, () => point(undefined));
    this.#legend = new Legend(group.columns, mayHide, {
      hide: (line, isHidden) => choice.hide(group.columns[line]!.name, isHidden),
      emphasise: line => this.#chart.emphasise(line),
    });
    const name = group.columns.map(({ label }) => label).join(', ');
    const unit = group.unit === '' ? 'no unit' : group.unit;
    this.element = element(
      'section',
      { class: 'panel', 'aria-label': `${name} (${unit})`, 'data-unit': group.unit },
      element('div', { class: 'panel-body' }, this.#legend.element, this.#chart.element),
    );
    const moveTo = (pointing: Pointing): void => {
      this.#numbersAt = Number.NEGATIVE_INFINITY;
      this.#hasMoved = true;
      point(pointing);
    };
    choice.listen(() => this.#hide(choice), this.#life.signal);
    this.#hide(choice);
    wirePointing(this.#chart.plot, name, moveTo, () => this.#isPast, this.#life.signal);
  }

  /** Hides the lines of hidden columns, and the panel if no other is left. */
  #hide(choice: ColumnChoice): void {
    const hidden = this.#group.columns.map(({ name }) => choice.isHidden(name));
    for (const [line, isHidden] of hidden.entries()) {
      this.#chart.hide(line, isHidden);
      this.#legend.hide(line, isHidden);
    }
    this.element.hidden = hidden.every(Boolean);
  }

  /** CSS pixels along the time axis. */
  get width(): number {
    return this.#chart.width;
  }

  /**
   * Draws the chart and, now and then, the numbers. `latest` and `lines` are those of this panel's columns; a point counts as
   * pointed at within `reach` milliseconds.
   */
  draw(frame: Frame, latest: readonly LatestValue[], lines: readonly LinePoints[], reach: number): void {
    this.#chart.draw(frame, lines);
    this.#showValues(frame, latest, (cursor, line) =>
      legendValueAt(lines[line]!, cursor, reach, latest[line]!, frame),
    );
  }

  /** Draws a stretch of the past. `latest` are the values of now, which the legend shows while nothing is pointed at. */
  drawPast(frame: Frame, latest: readonly LatestValue[], past: PastPicture): void {
    this.#chart.drawPast(frame, past);
    const { rows, columns, reach, tools } = past;
    const { time: to, window, absolute } = frame;
    this.#showValues(
      frame,
      latest,
      (cursor, line) => tools.pastLegendValue(rows, columns[line], cursor, reach, latest[line]!, absolute),
      line => writeExtremes(rows, columns[line], { from: to - window, to }, latest[line]!, absolute),
    );
  }

  /** Shows the values of now, without a picture; nothing is pointed at in `frame`. */
  showLatest(frame: Frame, latest: readonly LatestValue[]): void {
    this.#showValues(frame, latest, (_, line) => latestLegendValue(latest[line]!, frame));
  }

  #showValues(
    frame: Frame,
    latest: readonly LatestValue[],
    valueAt: (cursor: number, line: number) => LegendValue,
    extremesOf: (line: number) => Extremes = () => NO_EXTREMES,
  ): void {
    const { cursor, time, window } = frame;
    this.#isPast = cursor !== undefined;
    this.#place = cursor === undefined ? 1 : Math.max(0, Math.min(1, 1 - (time - cursor) / window));
    const now = performance.now();
    if (now - this.#numbersAt < NUMBERS_EVERY) return;
    this.#numbersAt = now;
    const values = latest.map((value, line) =>
      cursor === undefined ? latestLegendValue(value, frame) : valueAt(cursor, line),
    );
    this.#legend.show(values, cursor !== undefined);
    this.#legend.showExtremes(latest.map((_, line) => extremesOf(line)));
    if (this.#hasMoved) this.#describe(frame, values);
  }

  /** Marks the columns whose names are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    this.#legend.markFailing(failing);
  }

  /** Takes over colours and draws again at once: charts out of sight may be printed too. */
  restyle(): void {
    this.#legend.colour();
    this.#chart.redraw();
    this.#chart.drawNow();
  }

  focus(): void {
    this.#chart.plot.focus();
  }

  /** Draws at once, at the size that the chart has now. */
  drawNow(): void {
    this.#chart.fit();
  }

  remove(): void {
    this.#life.abort();
    this.#chart.remove();
    this.element.remove();
  }

  /** Describes the moment to screen readers. */
  #describe({ cursor, absolute }: Frame, shown: readonly LegendValue[]): void {
    const { plot } = this.#chart;
    const values = shown.map(({ value, words, decimals }, line) => {
      const { label, unit } = this.#group.columns[line]!;
      const isMissing = value === undefined || Number.isNaN(value);
      const text = isMissing ? 'no value' : (words ?? writeValue(value, decimals));
      return `${label} ${text} ${unit}`.trim();
    });
    const when = cursor === undefined ? 'Latest' : writeTime(cursor, absolute, true);
    plot.setAttribute('aria-valuenow', String(Math.round(this.#place * 100)));
    plot.setAttribute('aria-valuetext', `${when}: ${values.join(', ')}`);
    this.#hasMoved = false;
  }
}
