// Shows one column as a tile: name, value, extremes of today, the last hour, and why there is no value.

import type { ShownColumn } from '../stream/describe.ts';
import { drawnAs } from '../stream/flags.ts';
import { element, write } from '../text/element.ts';
import type { TileReading } from './reading.ts';
import type { Series } from './recent.ts';
import { SPARK_HEIGHT, sparkPath } from './sparkline.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Values with more characters are written smaller; a count of 64 bits has 20 digits. */
const LONG = 15;

/** The height of the picture of the last hour stands for this many steps of the sensor at least. */
const STEPS = 8;

export class Tile {
  readonly column: ShownColumn;
  readonly element: HTMLElement;
  readonly #value = element('data', { class: 'tile-value' });
  readonly #unit = element('span', { class: 'unit' });
  readonly #least = element('span', { class: 'tile-least' });
  readonly #greatest = element('span', { class: 'tile-greatest' });
  readonly #since = element('span', { class: 'tile-since' });
  readonly #extent = element(
    'span',
    { class: 'tile-extent' },
    element('span', { class: 'unseen' }, 'least '),
    this.#least,
    element('span', { class: 'unseen' }, ', greatest '),
    this.#greatest,
    ' ',
    this.#since,
  );
  readonly #note = element('span', { class: 'tile-note' });
  readonly #path = document.createElementNS(SVG, 'path');
  readonly #spark = document.createElementNS(SVG, 'svg');
  #state: TileReading['state'] = 'none';

  /** With `press` the tile is a button, which shows or hides the column's line. */
  constructor(column: ShownColumn, press?: () => void) {
    this.column = column;
    this.#spark.setAttribute('class', 'tile-spark');
    this.#spark.setAttribute('aria-hidden', 'true');
    this.#spark.setAttribute('preserveAspectRatio', 'none');
    this.#spark.append(this.#path);
    const parts = [
      element('span', { class: 'tile-name' }, column.label),
      element('span', { class: 'tile-reading' }, this.#value, ' ', this.#unit),
      this.#extent,
      this.#note,
      this.#spark,
    ];
    const kind = column.kind === 'text' || column.flags !== undefined ? 'word' : 'number';
    this.element = element('li', { class: 'tile', 'data-tile': column.name, 'data-kind': kind });
    if (press === undefined) this.element.append(...parts);
    else {
      const button = element('button', { type: 'button', 'aria-pressed': 'true' }, ...parts);
      button.title = 'Show or hide the line of this column';
      button.addEventListener('click', press);
      this.element.append(button);
    }
  }

  get state(): TileReading['state'] {
    return this.#state;
  }

  show(reading: TileReading): void {
    this.#state = reading.state;
    if (this.element.getAttribute('data-state') !== reading.state) {
      this.element.setAttribute('data-state', reading.state);
    }
    write(this.#value, reading.value);
    this.#value.classList.toggle('long', reading.value.length > LONG);
    write(this.#unit, reading.unit);
    write(this.#least, reading.least);
    write(this.#greatest, reading.greatest);
    write(this.#note, reading.note);
    write(this.#since, reading.since);
    this.#extent.hidden = reading.least === '';
    if (this.#note.title !== reading.note) this.#note.title = reading.note;
  }

  /** Draws the last hour. `joins`: minutes without a value that are no gap. */
  draw(series: Series | undefined, joins: number): void {
    const path = series === undefined ? '' : sparkPath(series, joins, leastSpan(this.column));
    this.#spark.setAttribute('viewBox', `0 0 ${Math.max(1, (series?.low.length ?? 1) - 1)} ${SPARK_HEIGHT}`);
    this.#path.setAttribute('d', path);
    this.#path.setAttribute('class', path.includes('Z') ? 'band' : 'line');
  }

  /** Shows that the column's line is hidden, or not. */
  hide(isHidden: boolean): void {
    this.element.querySelector('button')?.setAttribute('aria-pressed', String(!isHidden));
  }
}

/** As the numbers stand in the column. States and counts have no digit that flickers. */
function leastSpan(column: ShownColumn): number {
  const { resolution = 0, meaning } = column;
  return drawnAs(column) === 'line' ? (STEPS * resolution) / Math.abs(meaning?.scale ?? 1) : 0;
}
