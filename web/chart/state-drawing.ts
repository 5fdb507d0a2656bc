// Draws columns of states as strips, one above the other: a bar while a switch is on, with the word of each state where it fits.

import type { Stretch } from '../past/past-rows.ts';
import type { LinePoints } from '../rows/line-points.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { wordOf } from '../stream/flags.ts';
import { element } from '../text/element.ts';
import type { Drawing, Look, PlotSize } from './drawing.ts';
import type { PastPicture } from './frame.ts';
import { drawGrid, type TimeSpan } from './grid.ts';
import { GROUND, lineColour } from './palette.ts';
import type { Axis, Extent } from './range.ts';
import { liveStates, pastStates, type StateStretch } from './states.ts';
import { themeOf } from './theme.ts';

/** CSS pixels that the canvas goes beyond the axes, above, below and at the right, as those of lines do. */
const BEYOND = 4;

/** The share of its row that a strip takes. */
const STRIP = 0.58;

/** The height of the line of the first state, which is off, and the least width of a stretch, in CSS pixels. */
const BASELINE = 2;
const LEAST_WIDTH = 2;

/** The opacity of a strip behind several states of one interval. */
const SEVERAL = 0.3;

/** CSS pixels of a word, and beside it. */
const FONT = 11;
const WORD_MARGIN = 5;

/** Stands for the axis: strips have none. */
const ROWS: Axis = { min: 0, max: 1, step: 1 };

export class StateDrawing implements Drawing {
  readonly hasValueAxis = false;
  readonly canvas = element('canvas');
  readonly #columns: readonly ShownColumn[];
  #size: PlotSize = { width: 0, height: 0, ratio: 1 };

  constructor(plot: HTMLElement, columns: readonly ShownColumn[]) {
    this.#columns = columns;
    plot.prepend(this.canvas);
  }

  axisFor(extents: readonly (Extent | undefined)[], { hidden }: Look): Axis | undefined {
    return extents.some((extent, line) => extent !== undefined && !hidden[line]) ? ROWS : undefined;
  }

  draw(span: TimeSpan, _axis: Axis | undefined, lines: readonly LinePoints[], look: Look): void {
    // The next row is often later than the right edge: the canvas goes a little beyond it.
    const stretch = { from: span.from, to: span.to + this.#beyondIn(span) };
    this.#paint(span, look, line => liveStates(lines[line]!, stretch));
  }

  drawPast(span: TimeSpan, _axis: Axis | undefined, { rows, columns }: PastPicture, look: Look): void {
    this.#paint(span, look, line => {
      const column = columns[line];
      return column === undefined ? [] : pastStates(rows, column, span);
    });
  }

  leavePast(): void {}

  resize(size: PlotSize): void {
    this.#size = size;
    this.canvas.width = Math.round(size.width * size.ratio) + this.#beyond;
    this.canvas.height = Math.round(size.height * size.ratio) + 2 * this.#beyond;
  }

  style(): void {}

  expectRepeat(): void {}

  /** A letter stands in the middle of its row. */
  letters(_axis: Axis, ends: readonly (number | undefined)[]): number[] {
    return ends.map((_, line) => ((line + 0.5) / ends.length) * this.#size.height);
  }

  remove(): void {}

  /** Pixels of the canvas beyond the axes. */
  get #beyond(): number {
    return Math.round(BEYOND * this.#size.ratio);
  }

  #beyondIn({ from, to }: Stretch): number {
    return (BEYOND * (to - from)) / Math.max(1, this.#size.width);
  }

  #paint(span: TimeSpan, { hidden, emphasised }: Look, statesOf: (line: number) => StateStretch[]): void {
    const context = this.canvas.getContext('2d')!;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.font = `${FONT * this.#size.ratio}px system-ui, sans-serif`;
    context.textBaseline = 'middle';
    for (const [line, column] of this.#columns.entries()) {
      if (hidden[line]) continue;
      context.globalAlpha = emphasised === undefined || emphasised === line ? 1 : 0.5;
      for (const stretch of statesOf(line)) this.#drawStretch(context, span, line, column, stretch);
    }
    context.globalAlpha = 1;
    drawGrid(this.canvas, span, undefined, this.#beyond, this.#size.ratio);
  }

  #drawStretch(
    context: CanvasRenderingContext2D,
    { from, to }: Stretch,
    line: number,
    column: ShownColumn,
    { from: begin, to: end, least, greatest, mean }: StateStretch,
  ): void {
    const { height, ratio } = this.#size;
    const theme = themeOf(this.canvas);
    const width = this.canvas.width - this.#beyond;
    const x = (time: number) =>
      Math.max(0, Math.min(this.canvas.width, ((time - from) / (to - from)) * width));
    const row = (height * ratio) / this.#columns.length;
    const strip = row * STRIP;
    const [left, bottom] = [x(begin), this.#beyond + row * line + (row + strip) / 2];
    const right = Math.max(x(end), left + LEAST_WIDTH * ratio);
    const bar = (share: number, opacity = 1): void => {
      const tall = Math.max(BASELINE * ratio, strip * share);
      const alpha = context.globalAlpha;
      context.globalAlpha = alpha * opacity;
      context.fillStyle = lineColour(theme, line);
      context.fillRect(left, bottom - tall, right - left, tall);
      context.globalAlpha = alpha;
    };
    if (least !== greatest) {
      bar(1, SEVERAL);
      // The mean of two states is the share of the time that the greater one had.
      if (column.flags?.size === 2) bar((mean - least) / (greatest - least));
      return;
    }
    const states = [...(column.flags?.keys() ?? [])];
    const index = states.indexOf(least);
    const isOff = index === 0;
    const share = index < 0 ? 1 : index / (states.length - 1);
    bar(isOff ? 0 : 1, isOff ? 1 : 0.35 + 0.65 * share);
    this.#writeWord(context, wordOf(column, least) ?? '', left, right, bottom - strip / 2, () => {
      return isOff || share < 0.5 ? lineColour(theme, line) : GROUND[theme];
    });
  }

  /** Writes a word into its stretch, if that is wide enough. */
  #writeWord(
    context: CanvasRenderingContext2D,
    word: string,
    left: number,
    right: number,
    middle: number,
    colour: () => string,
  ): void {
    const margin = WORD_MARGIN * this.#size.ratio;
    if (right - left < 2 * margin || right - left < context.measureText(word).width + 2 * margin) return;
    context.fillStyle = colour();
    context.fillText(word, left + margin, middle);
  }
}
