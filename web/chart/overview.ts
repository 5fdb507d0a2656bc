// Shows all that the server has stored, its gaps, and the time that the charts show in it; a press or a key goes there.

import type { PastRows, Stretch } from '../past/past-rows.ts';
import type { PastSource } from '../past/past-source.ts';
import type { CatalogExtent } from '../stream/catalog.ts';
import { byId, element, write } from '../text/element.ts';
import { writeTime } from '../text/times.ts';
import { loadPastLibrary } from './past-library.ts';
import { PastLines } from './past-lines.ts';
import { type Axis, axisFor } from './range.ts';

export interface OverviewEvents {
  /** The reader wants to see the time around a moment. */
  go(moment: number): void;
  /** The reader wants to see the time before, for a negative number, or behind what is shown, in lengths of it. */
  step(lengths: number): void;
}

/** The least share of the strip that the mark of the shown time takes, so that it can be seen. */
const LEAST_SHARE = 0.004;

export class Overview {
  readonly #section = byId('overview', HTMLElement);
  readonly #strip = byId('overview-strip', HTMLElement);
  readonly #ends = byId('overview-ends', HTMLElement);
  readonly #spans = element('div', { class: 'overview-spans' });
  readonly #mark = element('div', { class: 'overview-mark' });
  readonly #plot = element('div', { class: 'overview-plot' });
  #extent: CatalogExtent | undefined;
  #lines: PastLines | undefined;
  #rows: PastRows | undefined;
  #request: AbortController | undefined;

  constructor(events: OverviewEvents) {
    this.#strip.replaceChildren(this.#spans, this.#plot, this.#mark);
    const go = ({ clientX }: PointerEvent): void => {
      const { left, width } = this.#strip.getBoundingClientRect();
      const extent = this.#extent;
      if (extent === undefined) return;
      const share = Math.max(0, Math.min(1, (clientX - left) / width));
      events.go(extent.from + share * (extent.to - extent.from));
    };
    this.#strip.addEventListener('pointerdown', event => {
      this.#strip.setPointerCapture(event.pointerId);
      go(event);
    });
    this.#strip.addEventListener('pointermove', event => {
      if (this.#strip.hasPointerCapture(event.pointerId)) go(event);
    });
    this.#strip.addEventListener('keydown', event => {
      const lengths = { ArrowLeft: -0.5, ArrowRight: 0.5, PageUp: -5, PageDown: 5 }[event.key];
      if (lengths === undefined) return;
      event.preventDefault();
      events.step(lengths);
    });
    new ResizeObserver(() => this.#draw()).observe(this.#strip);
  }

  /** Shows what is stored; undefined if that is not known. `isKept`: on a disk, so that it outlives a restart. */
  extent(extent: CatalogExtent | undefined, isKept: boolean): void {
    // After a restart, a server without a history has none of the rows of the line.
    if (extent !== undefined && this.#extent !== undefined && extent.from > this.#extent.to)
      this.#forgetLine();
    this.#extent = extent;
    this.#section.hidden = extent === undefined;
    if (extent === undefined) return;
    const length = Math.max(1, extent.to - extent.from);
    const share = (time: number) => `${(((time - extent.from) / length) * 100).toFixed(3)}%`;
    this.#spans.replaceChildren(
      ...spansOf(extent).map(({ from, to }) => {
        const span = element('div');
        span.style.setProperty('left', share(from));
        span.style.setProperty('right', `calc(100% - ${share(to)})`);
        return span;
      }),
    );
    const since = `since ${writeTime(extent.from)}`;
    write(this.#ends, isKept ? `All stored rows, ${since}` : `All rows in the server’s memory, ${since}`);
  }

  /** Marks the time that the charts show. */
  show({ from, to }: Stretch): void {
    const extent = this.#extent;
    if (extent === undefined) return;
    const length = Math.max(1, extent.to - extent.from);
    const [begin, end] = [from, to].map(time => Math.max(0, Math.min(1, (time - extent.from) / length)));
    const width = Math.max(LEAST_SHARE, end! - begin!);
    this.#mark.style.setProperty('left', `${(100 * Math.min(begin!, 1 - width)).toFixed(3)}%`);
    this.#mark.style.setProperty('width', `${(100 * width).toFixed(3)}%`);
    this.#strip.setAttribute('aria-valuenow', String(Math.round(100 * end!)));
    this.#strip.setAttribute('aria-valuetext', `${writeTime(from)} to ${writeTime(to)}`);
  }

  /** Draws the first column of numbers over all that is stored. Does not reject: the strip does without it. */
  async drawLine(source: PastSource): Promise<void> {
    const extent = this.#extent;
    if (extent === undefined || this.#request !== undefined) return;
    this.#request = new AbortController();
    const { signal } = this.#request;
    try {
      const width = this.#strip.clientWidth;
      const interval = source.intervalOf(extent, width / 2, undefined);
      const [library, rows] = await Promise.all([
        loadPastLibrary(),
        source.firstColumn().rows(extent, interval, undefined, signal),
      ]);
      signal.throwIfAborted();
      this.#rows = rows;
      this.#lines = new PastLines(library, this.#plot, [false], 0);
      this.#draw();
    } catch {
      if (!signal.aborted) this.#request = undefined;
    }
  }

  #forgetLine(): void {
    this.#request?.abort();
    this.#request = undefined;
    this.#rows = undefined;
    this.#lines = undefined;
    this.#plot.replaceChildren();
  }

  #draw(): void {
    const [extent, rows] = [this.#extent, this.#rows];
    const { clientWidth: width, clientHeight: height } = this.#plot;
    const column = rows?.columns.find(found => found !== undefined);
    if (extent === undefined || rows === undefined || column === undefined || width === 0) return;
    const values = [...column.least, ...column.greatest].filter(value => value !== null);
    if (values.length === 0) return;
    const range = values.reduce(
      ({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }),
      { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY },
    );
    const axis: Axis = axisFor(range, 2);
    const { from, to } = extent;
    const frame = { from, to, step: to - from, axis, hidden: [false], emphasised: undefined };
    this.#lines?.draw(frame, rows, [column], width, height);
  }
}

function spansOf({ from, to, gaps }: CatalogExtent): Stretch[] {
  const spans: Stretch[] = [];
  let begin = from;
  for (const gap of gaps) {
    spans.push({ from: begin, to: gap.from });
    begin = gap.to;
  }
  return [...spans, { from: begin, to }];
}
