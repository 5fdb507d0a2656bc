// Keeps the strip of all that is stored up to date: its length, the mark of the shown time, and its line.

import { Overview, type OverviewEvents } from '../chart/overview.ts';
import type { Stretch } from '../past/past-rows.ts';
import type { CatalogExtent } from '../stream/catalog.ts';
import type { Plots } from './plots.ts';

/** Milliseconds between two looks at the time that moving charts show. */
const EVERY = 1000;

export class StoredStrip {
  readonly #overview: Overview;
  readonly #plots: Plots;
  readonly #extents = new Map<number, { readonly extent: CatalogExtent; readonly isKept: boolean }>();
  #shown: CatalogExtent | undefined;
  #at = Number.NEGATIVE_INFINITY;

  constructor(events: OverviewEvents, plots: Plots) {
    this.#overview = new Overview(events);
    this.#plots = plots;
  }

  /** Sets what the server has stored of the dataset at `index` of the page; undefined if that is not known. */
  set(index: number, extent: CatalogExtent | undefined, isKept: boolean): void {
    if (extent === undefined) this.#extents.delete(index);
    else this.#extents.set(index, { extent, isKept });
    const all = [...this.#extents.values()];
    this.#showExtent(joinedExtents(all.map(each => each.extent)));
  }

  /** Marks the time that is shown while the right edge of moving charts is at `edge`. */
  update(stretch: (edge: number) => Stretch, isNow: boolean): void {
    const now = performance.now();
    if (this.#shown === undefined || (!isNow && now - this.#at < EVERY)) return;
    this.#at = now;
    const { edge, firstOfPast } = this.#plots;
    const { from, to } = this.#shown;
    // Rows that come make the strip longer.
    if (edge - to > (to - from) / 500) this.#showExtent({ ...this.#shown, to: edge });
    this.#overview.show(stretch(edge));
    const source = firstOfPast?.past.source;
    if (source !== undefined) void this.#overview.drawLine(source);
  }

  #showExtent(extent: CatalogExtent | undefined): void {
    this.#shown = extent;
    this.#overview.extent(
      extent,
      [...this.#extents.values()].every(({ isKept }) => isKept),
    );
  }
}

/** The time that one of the extents has; only the first one's gaps are known if there are several. */
function joinedExtents(extents: readonly CatalogExtent[]): CatalogExtent | undefined {
  const [first] = extents;
  if (first === undefined || extents.length === 1) return first;
  return {
    from: Math.min(...extents.map(({ from }) => from)),
    to: Math.max(...extents.map(({ to }) => to)),
    gaps: extents
      .reduce<CatalogExtent['gaps']>(
        (common, extent) => common.flatMap(gap => overlaps(gap, withoutRows(extent))),
        [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }],
      )
      .filter(gap => Number.isFinite(gap.from) && Number.isFinite(gap.to)),
  };
}

/** The stretches in which a dataset has no rows, the time before its first row and after its last one included. */
function withoutRows({ from, to, gaps }: CatalogExtent): Stretch[] {
  return [{ from: Number.NEGATIVE_INFINITY, to: from }, ...gaps, { from: to, to: Number.POSITIVE_INFINITY }];
}

function overlaps(gap: Stretch, others: readonly Stretch[]): Stretch[] {
  return others
    .map(other => ({ from: Math.max(gap.from, other.from), to: Math.min(gap.to, other.to) }))
    .filter(({ from, to }) => to > from);
}
