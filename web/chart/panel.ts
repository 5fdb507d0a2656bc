// Shows the columns of one unit: legend, chart, and the moment that is pointed at.

import type { LinePoints } from '../rows/line-points.ts';
import type { LatestValue } from '../rows/series.ts';
import type { UnitGroup } from '../stream/describe.ts';
import { element } from '../text/element.ts';
import { writeTime } from '../text/times.ts';
import { writeValue } from '../text/values.ts';
import { Chart, type Frame } from './chart.ts';
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

  /** `point` is called when the reader points at a moment of the chart; undefined for nothing. */
  constructor(group: UnitGroup, point: (pointing: Pointing) => void) {
    this.#group = group;
    this.#chart = new Chart(group.columns.length);
    this.#legend = new Legend(group.columns, {
      hide: (line, isHidden) => this.#chart.hide(line, isHidden),
      emphasise: line => this.#chart.emphasise(line),
    });
    const name = group.columns.map(({ label }) => label).join(', ');
    const unit = group.unit === '' ? 'no unit' : group.unit;
    this.element = element(
      'section',
      { class: 'panel', 'aria-label': `${name} (${unit})`, 'data-unit': group.unit },
      this.#legend.element,
      this.#chart.element,
    );
    const moveTo = (pointing: Pointing): void => {
      this.#numbersAt = Number.NEGATIVE_INFINITY;
      this.#hasMoved = true;
      point(pointing);
    };
    wirePointing(this.#chart.plot, name, moveTo, () => this.#isPast, this.#life.signal);
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
    const { cursor, time, window } = frame;
    this.#isPast = cursor !== undefined;
    this.#place = cursor === undefined ? 1 : Math.max(0, Math.min(1, 1 - (time - cursor) / window));
    const now = performance.now();
    if (now - this.#numbersAt < NUMBERS_EVERY) return;
    this.#numbersAt = now;
    const values = lines.map((points, line) =>
      cursor === undefined
        ? latestLegendValue(latest[line]!, frame)
        : legendValueAt(points, cursor, reach, latest[line]!, frame),
    );
    this.#legend.show(values, cursor !== undefined);
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
    const values = shown.map(({ value, decimals }, line) => {
      const { label, unit } = this.#group.columns[line]!;
      const text = value === undefined || Number.isNaN(value) ? 'no value' : writeValue(value, decimals);
      return `${label} ${text} ${unit}`.trim();
    });
    const when = cursor === undefined ? 'Latest' : writeTime(cursor, absolute, true);
    plot.setAttribute('aria-valuenow', String(Math.round(this.#place * 100)));
    plot.setAttribute('aria-valuetext', `${when}: ${values.join(', ')}`);
    this.#hasMoved = false;
  }
}
