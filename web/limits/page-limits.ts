// Holds the limits of all datasets on the page: those of the address, and what watches them, which is loaded if there are any.

import type { LatestValue } from '../rows/series.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { loadPart, type PartError } from '../stream/page-part.ts';
import { parametersOf } from '../stream/parameters.ts';
import { byId, write } from '../text/element.ts';
import type { DatasetLimits } from './dataset-limits.ts';
import type { PageSigns } from './page-signs.ts';

/** The watch of one dataset, which may still be on its way. */
export interface WatchedDataset {
  /** Rows have come: these are the newest values, also of rows to come. */
  rowsCame(latest: readonly LatestValue[]): void;
  remove(): void;
}

/** The limits that the address of the page names. */
export interface LimitsInAddress {
  /** One sentence for each part that is not understood. */
  readonly problems: readonly string[];
  /** The columns with these limits. */
  limited(columns: readonly ShownColumn[]): readonly ShownColumn[];
  /** Sentences about names that are no column of numbers among `columns`, those of all datasets of the page. */
  unknown(columns: readonly ShownColumn[]): readonly string[];
}

const NONE: LimitsInAddress = { problems: [], limited: columns => columns, unknown: () => [] };

/** Reads the parameters `warn` and `alarm` of an address; what understands them is loaded if there are some. */
export async function limitsInAddress(
  page: string,
  failed: (error: PartError) => void,
): Promise<LimitsInAddress> {
  const parameters = parametersOf(page);
  const [warn = [], alarm = []] = [parameters.get('warn'), parameters.get('alarm')];
  if (warn.length + alarm.length === 0) return NONE;
  const found = await loadPart(() => import('./address-limits.ts'), failed);
  const { named, problems } = found.addressLimits({ warn, alarm });
  return {
    problems,
    limited: columns => found.withLimits(columns, named),
    unknown: columns => found.unknownColumns(columns, named),
  };
}

export class PageLimits {
  readonly #inAddress: LimitsInAddress;
  readonly #problem: HTMLElement;
  readonly #count: number;
  readonly #columns = new Map<number, readonly ShownColumn[]>();
  #signs: Promise<PageSigns> | undefined;

  /**
   * @param count the datasets of the page
   * @param problem shows what is not understood
   */
  constructor(inAddress: LimitsInAddress, count: number, problem: HTMLElement) {
    this.#inAddress = inAddress;
    this.#problem = problem;
    this.#count = count;
    this.#say();
  }

  /** The columns of the dataset at `index` with their limits. */
  limited(index: number, columns: readonly ShownColumn[]): readonly ShownColumn[] {
    this.#columns.set(index, columns);
    this.#say();
    return this.#inAddress.limited(columns);
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
    const { problems } = this.#inAddress;
    const unknown = isComplete ? this.#inAddress.unknown([...this.#columns.values()].flat()) : [];
    const text = [...problems, ...unknown].join(' ');
    write(this.#problem, text);
    this.#problem.hidden = text === '';
  }
}

const UNWATCHED: WatchedDataset = { rowsCame: () => undefined, remove: () => undefined };
