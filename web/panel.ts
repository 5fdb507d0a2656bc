// What the page shows of the channels of one unit: heading, legend, chart, and the time that is pointed at.

import { Chart, type Frame } from './chart.ts';
import type { UnitGroup } from './describe.ts';
import { element } from './element.ts';
import { Legend, type Reading } from './legend.ts';
import type { Points } from './points.ts';
import type { Track } from './recording.ts';
import { writeTime } from './times.ts';
import { writeValue } from './values.ts';

/** Milliseconds between two changes of the numbers: faster than that nobody reads them. */
const NUMBERS_EVERY = 200;

/** Share of the chart's width that an arrow key moves the cursor by, and with Shift. */
const KEY_STEP = 0.01;
const LONG_KEY_STEP = 0.1;

/** Share of the window within which a point counts as pointed at. */
const REACH = 0.02;

export class Panel {
  readonly element: HTMLElement;
  readonly #group: UnitGroup;
  readonly #chart: Chart;
  readonly #legend: Legend;
  readonly #point: (place: number | undefined) => void;
  #place = 1;
  /** The cursor was moved and has not been described since: a screen reader hears of that, not of every new value. */
  #moved = false;
  #numbersAt = Number.NEGATIVE_INFINITY;

  /**
   * `point` is told which part of the time axis is pointed at, from 0 at the left to 1 at the right; undefined for none.
   */
  constructor(group: UnitGroup, point: (place: number | undefined) => void) {
    this.#group = group;
    this.#point = point;
    this.#chart = new Chart(group.channels.length);
    this.#legend = new Legend(group.channels, {
      hide: (line, hidden) => this.#chart.hide(line, hidden),
      emphasise: line => this.#chart.emphasise(line),
    });
    const name = group.channels.map(({ label }) => label).join(', ');
    const unit = group.unit === '' ? 'no unit' : group.unit;
    this.element = element(
      'section',
      { class: 'panel', 'aria-label': `${name} (${unit})`, 'data-unit': group.unit },
      this.#legend.element,
      this.#chart.element,
    );
    this.#listen(name);
  }

  /** CSS pixels along the time axis. */
  get width(): number {
    return this.#chart.width;
  }

  /** Draws the chart and, now and then, the numbers. `points` are those of this panel's channels. */
  draw(frame: Frame, tracks: readonly Track[], points: readonly Points[]): void {
    this.#chart.draw(frame, points);
    const now = performance.now();
    if (now - this.#numbersAt < NUMBERS_EVERY) return;
    this.#numbersAt = now;
    const readings = points.map((line, index) =>
      frame.cursor === undefined
        ? latestReading(tracks[index]!, frame, this.#chart.decimals)
        : readingAt(line, frame.cursor, frame),
    );
    this.#legend.show(readings, this.#chart.decimals);
    if (this.#moved) this.#describe(frame, readings);
  }

  /** Marks the channels whose columns are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    this.#legend.markFailing(failing);
  }

  /** Takes over colours and draws again. */
  restyle(): void {
    this.#legend.colour();
    this.#chart.redraw();
  }

  restart(): void {
    this.#chart.restart();
  }

  remove(): void {
    this.#chart.remove();
    this.element.remove();
  }

  #listen(name: string): void {
    const { plot } = this.#chart;
    for (const [attribute, value] of [
      ['tabindex', '0'],
      ['role', 'slider'],
      ['aria-label', `Time in the chart of ${name}: arrow keys move, Escape returns to the latest values`],
      ['aria-valuemin', '0'],
      ['aria-valuemax', '100'],
      ['aria-valuenow', '100'],
    ] as const) {
      plot.setAttribute(attribute, value);
    }
    const pointed = (event: PointerEvent): void => {
      const { left, width } = plot.getBoundingClientRect();
      this.#moveTo((event.clientX - left) / width);
    };
    plot.addEventListener('pointermove', pointed);
    plot.addEventListener('pointerdown', pointed);
    plot.addEventListener('pointerleave', event => {
      // A finger that is lifted leaves as well; what it pointed at stays until something else is touched.
      if (event.pointerType === 'mouse') this.#moveTo(undefined);
    });
    // What began as pointing has become scrolling.
    plot.addEventListener('pointercancel', () => this.#moveTo(undefined));
    plot.addEventListener('blur', () => this.#moveTo(undefined));
    plot.addEventListener('keydown', event => {
      const step = event.shiftKey ? LONG_KEY_STEP : KEY_STEP;
      const place = { ArrowLeft: this.#place - step, ArrowRight: this.#place + step, Home: 0, End: 1 }[
        event.key
      ];
      if (place === undefined && event.key !== 'Escape') return;
      event.preventDefault();
      this.#moveTo(place);
    });
  }

  #moveTo(place: number | undefined): void {
    this.#place = Math.max(0, Math.min(1, place ?? 1));
    this.#numbersAt = Number.NEGATIVE_INFINITY;
    this.#moved = true;
    this.#point(place === undefined ? undefined : this.#place);
  }

  #describe({ cursor, absolute }: Frame, readings: readonly Reading[]): void {
    const { plot } = this.#chart;
    const values = readings.map(({ value }, index) => {
      const { label, unit } = this.#group.channels[index]!;
      const text =
        value === undefined || Number.isNaN(value) ? 'no value' : writeValue(value, this.#chart.decimals);
      return `${label} ${text} ${unit}`.trim();
    });
    const when = cursor === undefined ? 'Latest' : writeTime(cursor, absolute, true);
    plot.setAttribute('aria-valuenow', String(Math.round(this.#place * 100)));
    plot.setAttribute('aria-valuetext', `${when}: ${values.join(', ')}`);
    this.#moved = false;
  }
}

function latestReading({ latest, lastValue }: Track, { absolute }: Frame, decimals: number): Reading {
  const value = typeof latest === 'number' ? latest : undefined;
  const time = lastValue?.time;
  if (value === undefined) return { value, when: '', time, note: '' };
  if (!Number.isNaN(value)) return { value, when: writeTime(lastValue!.time, absolute), time, note: '' };
  if (lastValue === undefined) return { value, when: '', time, note: 'no value yet' };
  const note = `${writeValue(lastValue.value, decimals)} at ${writeTime(lastValue.time, absolute)}`;
  return { value, when: '', time, note: `no value; last ${note}` };
}

function readingAt(points: Points, time: number, { window, absolute }: Frame): Reading {
  const found = points.nearest(time, window * REACH);
  return {
    value: found?.value ?? Number.NaN,
    when: writeTime(found?.time ?? time, absolute, true),
    time: found?.time,
    note: '',
  };
}
