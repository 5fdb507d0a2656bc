// Holds the limits of all datasets on the page: those of the address, and what watches them, which is loaded if there are any.

import type { LatestValue } from '../rows/series.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { loadPart } from '../stream/page-part.ts';
import { byId, write } from '../text/element.ts';
import { addressLimits, type NamedLimits, unknownColumns, withLimits } from './address-limits.ts';
import type { DatasetLimits } from './dataset-limits.ts';
import type { PageSigns } from './page-signs.ts';

/** The watch of one dataset, which may still be on its way. */
export interface WatchedDataset {
  /** Rows have come: these are the newest values, also of rows to come. */
  rowsCame(latest: readonly LatestValue[]): void;
  remove(): void;
}

export class PageLimits {
  readonly #named: readonly NamedLimits[];
  readonly #problems: readonly string[];
  readonly #problem: HTMLElement;
  readonly #count: number;
  readonly #columns = new Map<number, readonly ShownColumn[]>();
  #signs: Promise<PageSigns> | undefined;

  /**
   * @param values those of the parameters `warn` and `alarm` of the address
   * @param count the datasets of the page
   * @param problem shows what is not understood
   */
  constructor(values: Parameters<typeof addressLimits>[0], count: number, problem: HTMLElement) {
    const { named, problems } = addressLimits(values);
    this.#named = named;
    this.#problems = problems;
    this.#problem = problem;
    this.#count = count;
    this.#say();
  }

  /** The columns of the dataset at `index` with their limits. */
  limited(index: number, columns: readonly ShownColumn[]): ShownColumn[] {
    this.#columns.set(index, columns);
    this.#say();
    return withLimits(columns, this.#named);
  }

  /** Watches columns; `from`: the address of the newest row, if the server has one. */
  watch(index: number, columns: readonly ShownColumn[], from: string | undefined): WatchedDataset {
    if (columns.every(({ limits }) => limits === undefined)) return UNWATCHED;
    let watched: DatasetLimits | undefined;
    let latest: readonly LatestValue[] | undefined;
    let isRemoved = false;
    void this.#start(index, columns, from).then(started => {
      watched = started;
      if (isRemoved) started.remove();
      else if (latest !== undefined) started.rowsCame(latest);
    });
    return {
      rowsCame: values => {
        latest = values;
        watched?.rowsCame(values);
      },
      remove: () => {
        isRemoved = true;
        watched?.remove();
      },
    };
  }

  async #start(index: number, columns: readonly ShownColumn[], from: string | undefined) {
    this.#signs ??= loadPart(() => import('./page-signs.ts')).then(
      ({ PageSigns }) => new PageSigns(byId('sound', HTMLButtonElement)),
    );
    const [signs, { DatasetLimits }] = await Promise.all([
      this.#signs,
      loadPart(() => import('./dataset-limits.ts')),
    ]);
    return new DatasetLimits(columns, from, (beyond, news) => signs.show(index, beyond, news));
  }

  #say(): void {
    const isComplete = this.#columns.size === this.#count;
    const unknown = isComplete ? unknownColumns([...this.#columns.values()].flat(), this.#named) : [];
    const text = [...this.#problems, ...unknown].join(' ');
    write(this.#problem, text);
    this.#problem.hidden = text === '';
  }
}

const UNWATCHED: WatchedDataset = { rowsCame: () => undefined, remove: () => undefined };
