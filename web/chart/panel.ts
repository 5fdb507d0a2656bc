// The panel of the channels of one unit: heading, legend, chart, and the time that is pointed at.

import type { Points } from '../rows/points.ts';
import type { ChannelReport } from '../rows/recording.ts';
import type { UnitGroup } from '../stream/describe.ts';
import { element } from '../text/element.ts';
import { writeTime } from '../text/times.ts';
import { writeValue } from '../text/values.ts';
import { Chart, type Frame } from './chart.ts';
import { Legend, type Reading } from './legend.ts';

/** Milliseconds between two changes of the numbers: faster than that nobody reads them. */
const NUMBERS_EVERY = 200;

/** Steps that an arrow key moves the cursor by with Shift; one without. */
const LONG_STEP = 10;

/** Where the Home key goes to, as a share of the time axis: a moment at the very edge would leave it at once. */
const HOME = 0.05;

/** What is pointed at: a share of the time axis, from 0 at the left to 1 at the right, or steps from where the cursor is. */
export type Pointing = { readonly place: number } | { readonly steps: number } | undefined;

export class Panel {
  readonly element: HTMLElement;
  readonly #group: UnitGroup;
  readonly #chart: Chart;
  readonly #legend: Legend;
  readonly #point: (pointing: Pointing) => void;
  /** Where the cursor is; 1 where there is none. */
  #place = 1;
  /** The cursor was moved and has not been described since: a screen reader hears of that, not of every new value. */
  #moved = false;
  #isPast = false;
  readonly #life = new AbortController();
  #numbersAt = Number.NEGATIVE_INFINITY;

  /** `point` is told what is pointed at; undefined for nothing. */
  constructor(group: UnitGroup, point: (pointing: Pointing) => void) {
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

  /**
   * Draws the chart and, now and then, the numbers. `points` are those of this panel's channels; one of them counts as
   * pointed at within `reach` milliseconds.
   */
  draw(frame: Frame, tracks: readonly ChannelReport[], points: readonly Points[], reach: number): void {
    this.#chart.draw(frame, points);
    const { cursor, time, window } = frame;
    this.#isPast = cursor !== undefined;
    this.#place = cursor === undefined ? 1 : Math.max(0, Math.min(1, 1 - (time - cursor) / window));
    const now = performance.now();
    if (now - this.#numbersAt < NUMBERS_EVERY) return;
    this.#numbersAt = now;
    const readings = points.map((line, index) =>
      cursor === undefined
        ? latestReading(tracks[index]!, frame)
        : readingAt(line, cursor, reach, tracks[index]!, frame),
    );
    this.#legend.show(readings, cursor !== undefined);
    if (this.#moved) this.#describe(frame, readings);
  }

  /** Marks the channels whose columns are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    this.#legend.markFailing(failing);
  }

  /** Takes over colours and draws again at once: also what is out of sight may be printed. */
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
      this.#moveTo({ place: (event.clientX - left) / width });
    };
    plot.addEventListener('pointermove', pointed);
    plot.addEventListener('pointerdown', pointed);
    plot.addEventListener('pointerleave', event => {
      // A finger that is lifted leaves as well; what it pointed at stays until it touches something else than a chart.
      if (event.pointerType === 'mouse') this.#moveTo(undefined);
    });
    // What began as pointing has become scrolling.
    plot.addEventListener('pointercancel', () => this.#moveTo(undefined));
    plot.addEventListener('blur', ({ relatedTarget }) => {
      if (!isChart(relatedTarget)) this.#moveTo(undefined);
    });
    // Some browsers move the focus for no touch.
    addEventListener(
      'pointerdown',
      ({ target }) => {
        if (this.#isPast && !isChart(target)) this.#moveTo(undefined);
      },
      { signal: this.#life.signal },
    );
    plot.addEventListener('keydown', event => {
      const steps = event.shiftKey ? LONG_STEP : 1;
      const pointing = {
        ArrowLeft: { steps: -steps },
        ArrowRight: { steps },
        Home: { place: HOME },
        End: { place: 1 },
      }[event.key];
      if (pointing === undefined && event.key !== 'Escape') return;
      event.preventDefault();
      this.#moveTo(pointing);
    });
  }

  #moveTo(pointing: Pointing): void {
    this.#numbersAt = Number.NEGATIVE_INFINITY;
    this.#moved = true;
    this.#point(pointing);
  }

  #describe({ cursor, absolute }: Frame, readings: readonly Reading[]): void {
    const { plot } = this.#chart;
    const values = readings.map(({ value, decimals }, index) => {
      const { label, unit } = this.#group.channels[index]!;
      const text = value === undefined || Number.isNaN(value) ? 'no value' : writeValue(value, decimals);
      return `${label} ${text} ${unit}`.trim();
    });
    const when = cursor === undefined ? 'Latest' : writeTime(cursor, absolute, true);
    plot.setAttribute('aria-valuenow', String(Math.round(this.#place * 100)));
    plot.setAttribute('aria-valuetext', `${when}: ${values.join(', ')}`);
    this.#moved = false;
  }
}

/** True for the plot of any panel: to go from one to another is to point at another moment. */
function isChart(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.plot') !== null;
}

function latestReading({ latest, lastValue, decimals }: ChannelReport, { absolute }: Frame): Reading {
  const value = typeof latest === 'number' ? latest : undefined;
  const time = lastValue?.time;
  if (value === undefined) return { value, when: '', time, note: '', decimals };
  if (!Number.isNaN(value)) {
    return { value, when: writeTime(lastValue!.time, absolute), time, note: '', decimals };
  }
  if (lastValue === undefined) return { value, when: '', time, note: 'no value yet', decimals };
  const note = `${writeValue(lastValue.value, decimals)} at ${writeTime(lastValue.time, absolute)}`;
  return { value, when: '', time, note: `no value; last ${note}`, decimals };
}

function readingAt(
  points: Points,
  time: number,
  reach: number,
  { decimals }: ChannelReport,
  { absolute }: Frame,
): Reading {
  const found = points.read(time, reach);
  return {
    value: found?.value ?? Number.NaN,
    when: writeTime(found?.time ?? time, absolute, true),
    time: found?.time,
    note: found === undefined ? 'no value' : '',
    decimals,
  };
}
