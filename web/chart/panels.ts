// Shows all columns of a dataset: a panel for each unit, and one for text.

import type { LinePoints } from '../rows/line-points.ts';
import type { LatestValue } from '../rows/series.ts';
import { groupByUnit, type ShownColumn } from '../stream/describe.ts';
import type { Frame } from './chart.ts';
import { Panel } from './panel.ts';
import type { Pointing } from './pointing.ts';
import { TextPanel } from './text-panel.ts';
import { currentTheme } from './theme.ts';

/** A panel, and the indices of its columns among all. */
interface Group {
  readonly panel: Panel;
  readonly indices: readonly number[];
}

export class Panels {
  readonly #groups: readonly Group[];
  readonly #texts: TextPanel | undefined;
  #theme = currentTheme();

  constructor(parent: HTMLElement, columns: readonly ShownColumn[], point: (pointing: Pointing) => void) {
    const indices = new Map(columns.map((column, index) => [column, index]));
    this.#groups = groupByUnit(columns).map(group => ({
      panel: new Panel(group, point),
      indices: group.columns.map(column => indices.get(column)!),
    }));
    const texts = columns.filter(({ kind }) => kind === 'text');
    this.#texts = texts.length === 0 ? undefined : new TextPanel(texts);
    parent.replaceChildren(...this.#groups.map(({ panel }) => panel.element));
    if (this.#texts !== undefined) parent.append(this.#texts.element);
  }

  /** CSS pixels along the time axis; 0 before the charts are laid out. */
  get width(): number {
    return this.#groups[0]?.panel.width ?? 0;
  }

  /** `latest` and `lines` are those of all columns; a point counts as pointed at within `reach` milliseconds. */
  draw(frame: Frame, latest: readonly LatestValue[], lines: readonly LinePoints[], reach: number): void {
    for (const { panel, indices } of this.#groups) {
      panel.draw(frame, pick(latest, indices), pick(lines, indices), reach);
    }
    this.#texts?.show(latest, frame.cursor !== undefined);
  }

  /** Marks the columns whose names are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    for (const { panel } of this.#groups) panel.markFailing(failing);
  }

  /** Takes over the theme: the style sheet does not repaint a canvas. */
  paint(): void {
    const theme = currentTheme();
    if (theme === this.#theme) return;
    this.#theme = theme;
    for (const { panel } of this.#groups) panel.restyle();
  }

  /** Draws every chart, in sight or not, in the colours and at the size of the paper. */
  print(): void {
    this.paint();
    for (const { panel } of this.#groups) panel.drawNow();
  }

  remove(): void {
    for (const { panel } of this.#groups) panel.remove();
    this.#texts?.element.remove();
  }
}

function pick<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.map(index => items[index]!);
}
