// Shows all columns of a dataset: a panel for the columns of one unit and of like ranges, one for states, and one for text.

import type { PastRows } from '../past/past-rows.ts';
import type { LinePoints } from '../rows/line-points.ts';
import type { LatestValue } from '../rows/series.ts';
import { groupByUnit, type ShownColumn } from '../stream/describe.ts';
import { drawnAs } from '../stream/flags.ts';
import { element, write } from '../text/element.ts';
import { writeStretch } from '../text/stretch.ts';
import { writeDuration, writeZone } from '../text/times.ts';
import type { ColumnChoice } from './column-choice.ts';
import { ColumnRanges, groupsBySpan } from './column-groups.ts';
import type { Frame, PastPicture } from './frame.ts';
import { HiddenColumns } from './hidden-columns.ts';
import type { Theme } from './palette.ts';
import { Panel } from './panel.ts';
import type { Pointing } from './pointing.ts';
import { TextPanel } from './text-panel.ts';
import { isOnPaper, themeOf } from './theme.ts';

/** Milliseconds between two looks at the ranges of moving lines: often at first, when the rows of the past come. */
const RANGES_EVERY = 2000;
const FIRST_RANGES_EVERY = 200;
const FIRST = 3000;

/** A panel, and the indices of its columns among all. */
interface Group {
  readonly panel: Panel;
  readonly indices: readonly number[];
}

export class Panels {
  readonly #columns: readonly ShownColumn[];
  readonly #choice: ColumnChoice;
  readonly #hidden: HiddenColumns;
  readonly #life = new AbortController();
  readonly #point: (pointing: Pointing) => void;
  readonly #parent: HTMLElement;
  readonly #lines = element('div', { class: 'lines' });
  /** The time that the charts show, for paper. */
  readonly #caption = element('p', { class: 'paper-caption' });
  readonly #ranges = new ColumnRanges();
  /** Those of each unit. */
  #units: Group[][];
  readonly #states: Group | undefined;
  readonly #texts: TextPanel | undefined;
  #theme: Theme;
  #isPaper = isOnPaper();
  #failing: ReadonlySet<string> = new Set();
  #frame: Frame | undefined;
  #drawnSince: number | undefined;
  #rangesAt = Number.NEGATIVE_INFINITY;
  #pastRows: PastRows | undefined;

  constructor(
    parent: HTMLElement,
    columns: readonly ShownColumn[],
    choice: ColumnChoice,
    point: (pointing: Pointing) => void,
  ) {
    this.#columns = columns;
    this.#choice = choice;
    this.#point = point;
    this.#parent = parent;
    const isOfStates = (column: ShownColumn) => drawnAs(column) === 'states';
    const indicesOf = (some: readonly ShownColumn[]) => some.map(column => columns.indexOf(column));
    const lines = groupByUnit(columns.filter(column => !isOfStates(column)));
    this.#units = lines.map(group => [this.#newGroup(indicesOf(group.columns))]);
    this.#lines.append(...this.#units.flat().map(({ panel }) => panel.element));
    parent.replaceChildren(this.#caption, this.#lines);
    const states = columns.filter(isOfStates);
    this.#states = states.length === 0 ? undefined : this.#newGroup(indicesOf(states));
    if (this.#states !== undefined) parent.append(this.#states.panel.element);
    const texts = columns.filter(({ kind }) => kind === 'text');
    this.#texts = texts.length === 0 ? undefined : new TextPanel(texts, choice, this.#life.signal);
    if (this.#texts !== undefined) parent.append(this.#texts.element);
    this.#hidden = new HiddenColumns(columns, choice, this.#life.signal);
    parent.append(this.#hidden.element);
    this.#theme = themeOf(parent);
    // The theme around the charts was not known before they stood there.
    for (const { panel } of this.#groups) panel.restyle();
  }

  /** CSS pixels along the time axis of the widest chart; 0 before the charts are laid out. */
  get width(): number {
    return Math.max(0, ...this.#groups.map(({ panel }) => panel.width));
  }

  /** `latest` and `lines` are those of all columns; a point counts as pointed at within `reach` milliseconds. */
  draw(frame: Frame, latest: readonly LatestValue[], lines: readonly LinePoints[], reach: number): void {
    this.#frame = frame;
    const now = performance.now();
    this.#drawnSince ??= now;
    const every = now - this.#drawnSince < FIRST ? FIRST_RANGES_EVERY : RANGES_EVERY;
    if (now - this.#rangesAt >= every) {
      this.#rangesAt = now;
      this.#regroup(index => this.#ranges.addLine(index, lines[index]!));
    }
    for (const { panel, indices } of this.#groups) {
      panel.draw(frame, pick(latest, indices), pick(lines, indices), reach);
    }
    this.#texts?.show(latest, frame.cursor !== undefined);
  }

  /** Draws a stretch of the past, with all columns; `latest` as in `draw`. */
  drawPast(frame: Frame, latest: readonly LatestValue[], past: PastPicture): void {
    this.#frame = frame;
    if (past.rows !== this.#pastRows) {
      this.#pastRows = past.rows;
      this.#regroup(index => {
        const column = past.columns[index];
        if (column !== undefined) this.#ranges.addPast(index, column);
      });
    }
    for (const { panel, indices } of this.#groups) {
      panel.drawPast(frame, pick(latest, indices), { ...past, columns: pick(past.columns, indices) });
    }
    this.#texts?.show(latest, frame.cursor !== undefined);
  }

  /** Shows the values of now, without a picture. */
  showLatest(frame: Frame, latest: readonly LatestValue[]): void {
    for (const { panel, indices } of this.#groups) panel.showLatest(frame, pick(latest, indices));
    this.#texts?.show(latest, false);
  }

  /** Marks the columns whose names are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    this.#failing = failing;
    for (const { panel } of this.#groups) panel.markFailing(failing);
  }

  /** Takes over the theme: the style sheet does not repaint a canvas. */
  paint(): void {
    const isPaper = isOnPaper();
    if (isPaper !== this.#isPaper) {
      this.#isPaper = isPaper;
      // Browsers report no change of a media query that a script has read meanwhile.
      this.print();
    }
    const theme = themeOf(this.#parent);
    if (theme === this.#theme) return;
    this.#theme = theme;
    for (const { panel } of this.#groups) panel.restyle();
  }

  /** Draws every chart, in sight or not, in the colours and at the size of the paper. */
  print(): void {
    this.paint();
    if (this.#frame !== undefined) write(this.#caption, captionOf(this.#frame));
    for (const { panel } of this.#groups) panel.drawNow();
  }

  remove(): void {
    this.#life.abort();
    this.#hidden.element.remove();
    for (const { panel } of this.#groups) panel.remove();
    this.#caption.remove();
    this.#lines.remove();
    this.#texts?.element.remove();
  }

  get #groups(): readonly Group[] {
    return [...this.#units.flat(), ...(this.#states === undefined ? [] : [this.#states])];
  }

  #newGroup(indices: readonly number[]): Group {
    const columns = pick(this.#columns, indices);
    const mayHide = this.#columns.length > 1;
    const panel = new Panel({ unit: columns[0]!.unit, columns }, this.#choice, mayHide, this.#point);
    return { panel, indices };
  }

  /** Puts columns whose ranges have turned out to be different into charts of their own, once nothing is dragged. */
  #regroup(learn: (index: number) => void): void {
    const several = this.#units.filter(unit => unit.length > 1 || unit[0]!.indices.length > 1);
    for (const { indices } of several.flat()) for (const index of indices) learn(index);
    if (this.#lines.matches(':active')) return;
    this.#units = this.#units.map(unit => {
      if (!several.includes(unit)) return unit;
      const current = unit.map(({ indices }) => indices);
      const columns = current.flat().sort((a, b) => a - b);
      const wanted = groupsBySpan(columns, index => this.#ranges.spanOf(index), current);
      return wanted === current ? unit : this.#replace(unit, wanted);
    });
  }

  #replace(unit: readonly Group[], wanted: readonly (readonly number[])[]): Group[] {
    const groups = wanted.map(indices => this.#newGroup(indices));
    const hadFocus = unit.some(({ panel }) => panel.element.matches(':focus-within'));
    unit[0]!.panel.element.before(...groups.map(({ panel }) => panel.element));
    for (const { panel } of unit) panel.remove();
    for (const { panel } of groups) {
      panel.markFailing(this.#failing);
      panel.restyle();
    }
    if (hadFocus) groups[0]!.panel.focus();
    return groups;
  }
}

/** `2 min: 2026-11-28 19:00:00 – 19:02:00 (UTC+01:00)`. */
function captionOf({ time, window, absolute }: Frame): string {
  const zone = absolute ? ` (${writeZone(new Date(time))})` : '';
  return `${writeDuration(window)}: ${writeStretch(time - window, time, absolute)}${zone}`;
}

function pick<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.map(index => items[index]!);
}
