// Draws lines of the past with uPlot: the mean of each interval, in a band from its least to its greatest value.

import type uPlot from 'uplot';
import { type PastColumn, type PastRows, type Stretch, singlesIn } from '../past/past-rows.ts';
import { drawGrid } from './grid.ts';
import { lineColour } from './palette.ts';
import type { PastLibrary } from './past-library.ts';
import type { Axis } from './range.ts';
import { themeOf } from './theme.ts';

/** The opacity of a band, as the last two digits of its colour. */
const BAND = '40';

/** That of its edges, which show a single row far from the others: its band is a pixel wide. */
const EDGE = '80';

/** Series of uPlot for a line: greatest, least and mean. The first series are the times. */
const SERIES = 3;

const LINE_WIDTH = 1.5;
const EMPHASISED_WIDTH = 3;

/** What to draw. All times in milliseconds. */
export interface PastFrame extends Stretch {
  /** Milliseconds between two lines of the grid. */
  readonly step: number;
  readonly axis: Axis | undefined;
  readonly hidden: readonly boolean[];
  readonly emphasised: number | undefined;
}

export class PastLines {
  readonly #library: PastLibrary;
  readonly #parent: HTMLElement;
  readonly #isStepped: readonly boolean[];
  readonly #beyond: number;
  #plot: uPlot | undefined;
  #rows: PastRows | undefined;
  #frame: PastFrame | undefined;
  #size = '';
  #look = '';

  /** `isStepped`: for each line, whether a value holds until the next one. `beyond`: CSS pixels that the canvas goes beyond the axes, above, below and at the right. */
  constructor(library: PastLibrary, parent: HTMLElement, isStepped: readonly boolean[], beyond: number) {
    this.#library = library;
    this.#parent = parent;
    this.#isStepped = isStepped;
    this.#beyond = beyond;
  }

  /** Undefined before the first picture. */
  get canvas(): HTMLCanvasElement | undefined {
    return this.#plot?.ctx.canvas;
  }

  /** Draws into `width` x `height` CSS pixels. `columns` are those of the chart's lines. */
  draw(
    frame: PastFrame,
    rows: PastRows,
    columns: readonly (PastColumn | undefined)[],
    width: number,
    height: number,
  ): void {
    this.#frame = frame;
    const size = `${width}x${height}@${devicePixelRatio}`;
    if (this.#plot === undefined || size !== this.#size) {
      this.remove();
      this.#size = size;
      this.#plot = this.#create(width, height);
    }
    const plot = this.#plot;
    const look = `${themeOf(this.#parent)} ${frame.hidden} ${frame.emphasised}`;
    const isOtherLook = look !== this.#look;
    plot.batch(() => {
      if (rows !== this.#rows) {
        this.#rows = rows;
        plot.setData(dataOf(rows, columns), false);
      }
      if (isOtherLook) {
        this.#look = look;
        for (const [line, isHidden] of frame.hidden.entries()) {
          for (let part = 1; part <= SERIES; part += 1) {
            plot.series[line * SERIES + part]!.show = !isHidden;
          }
          plot.series[(line + 1) * SERIES]!.width = line === frame.emphasised ? EMPHASISED_WIDTH : LINE_WIDTH;
        }
      }
      plot.setScale('x', { min: frame.from, max: frame.to });
      const { min, max } = frame.axis ?? { min: 0, max: 1 };
      plot.setScale('y', { min, max });
    });
    if (isOtherLook) plot.redraw(false, false);
  }

  remove(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#rows = undefined;
    this.#look = '';
  }

  #create(width: number, height: number): uPlot {
    const beyond = this.#beyond;
    const colour = (line: number) => lineColour(themeOf(this.#parent), line);
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    const stepped = this.#library.paths.stepped!({ align: 1 });
    for (const [line, isStepped] of this.#isStepped.entries()) {
      const paths = isStepped ? { paths: stepped } : {};
      const edge = {
        ...paths,
        points: { show: false },
        width: 1,
        stroke: () => `${colour(line)}${EDGE}`,
      };
      series.push(edge, edge, {
        ...paths,
        points: { width: 0, size: 4, fill: () => colour(line), filter: singleValues },
        stroke: () => colour(line),
        width: LINE_WIDTH,
      });
      bands.push({ series: [line * SERIES + 1, line * SERIES + 2], fill: () => `${colour(line)}${BAND}` });
    }
    return new this.#library(
      {
        width: width + beyond,
        height: height + 2 * beyond,
        padding: [beyond, beyond, beyond, 0],
        legend: { show: false },
        cursor: { show: false },
        select: { show: false, left: 0, top: 0, width: 0, height: 0 },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, auto: false, range: (_, min, max) => [min, max] },
          y: { auto: false, range: (_, min, max) => [min, max] },
        },
        series,
        bands,
        hooks: { draw: [plot => this.#grid(plot)] },
      },
      [[]],
      this.#parent,
    );
  }

  #grid({ ctx }: uPlot): void {
    if (this.#frame === undefined) return;
    const { from, to, step, axis } = this.#frame;
    const beyond = Math.round(this.#beyond * devicePixelRatio);
    drawGrid(ctx.canvas, { from, to, step, absolute: true }, axis, beyond, devicePixelRatio);
  }
}

/** The values between two gaps, which no line shows: they are dots. Null for all values, where there is room for a dot at each. */
function singleValues(plot: uPlot, series: number, areAllShown: boolean): number[] | null {
  return areAllShown ? null : singlesIn(plot.data[series]!, plot.series[0]!.idxs!);
}

function dataOf(rows: PastRows, columns: readonly (PastColumn | undefined)[]): uPlot.AlignedData {
  const none = rows.times.map(() => null);
  return [
    rows.times as number[],
    ...columns.flatMap(column => [
      (column?.greatest ?? none) as (number | null)[],
      (column?.least ?? none) as (number | null)[],
      (column?.mean ?? none) as (number | null)[],
    ]),
  ];
}
