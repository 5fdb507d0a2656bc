// Draws a stretch of the past in the panels: its rows are asked for, and what draws them is loaded, when it is shown for the first time.

import type { PastRows } from '../past/past-rows.ts';
import type { PastSource } from '../past/past-source.ts';
import type { PastView, WantedStretch } from '../past/past-view.ts';
import type { LatestValue } from '../rows/series.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { loadPart } from '../stream/page-part.ts';
import type { Panels } from './panels.ts';
import { loadPastLibrary, type PastLibrary } from './past-library.ts';
import type { PointedMoment, PointedView } from './pointed-moment.ts';

/** What the reader is told about the rows of a stretch. */
export interface PastStatus {
  readonly isLoading: boolean;
  readonly failure: unknown;
}

type PastTools = typeof import('./past-tools.ts');

/** What was loaded for the past, and what was made with it. */
interface Loaded {
  readonly tools: PastTools;
  readonly source: PastSource;
  readonly view: PastView;
}

const NO_ROWS: PastRows = { from: 0, to: 0, interval: 0, times: [], columns: [] };

/** Loads the code of the past, so that it is there when a plot is. */
const loadPastTools = (): Promise<PastTools> => import('./past-tools.ts');

export class PastCharts {
  readonly #panels: Panels;
  readonly #changed: () => void;
  readonly #dataset: ConstructorParameters<typeof PastSource>;
  readonly #life = new AbortController();
  #loaded: Loaded | undefined;
  #library: PastLibrary | undefined;
  #isLoading = false;
  #failure: unknown;
  #isOpen = false;

  /** `isOwn`: the server thins rows out. `changed` is called when rows have come, or a request has begun or failed. */
  constructor(
    address: DatasetAddress,
    description: Description,
    isOwn: boolean,
    panels: Panels,
    changed: () => void,
  ) {
    this.#dataset = [address, description, isOwn];
    this.#panels = panels;
    this.#changed = changed;
  }

  /** Undefined before the charts have rows of the past: other requests would only delay these. */
  get source(): PastSource | undefined {
    return this.#loaded?.view.rows === undefined ? undefined : this.#loaded.source;
  }

  get status(): PastStatus {
    const failure = this.#failure ?? this.#loaded?.view.failure;
    const isWaiting = this.#library === undefined || this.#loaded === undefined;
    return { isLoading: this.#loaded?.view.isLoading === true || isWaiting, failure };
  }

  /** Draws what is there of `wanted`. */
  draw(wanted: WantedStretch, { time, isPinned }: PointedMoment, latest: readonly LatestValue[]): void {
    this.#isOpen = true;
    this.#load();
    this.#loaded?.view.show(wanted);
    const { from, to } = wanted;
    const library = this.#library;
    if (library === undefined || this.#loaded === undefined) {
      const frame = { time: to, window: to - from, absolute: true, cursor: undefined, isPinned: false };
      this.#panels.showLatest(frame, latest);
      return;
    }
    const { tools, view } = this.#loaded;
    const rows = view.rows ?? { ...NO_ROWS, columns: latest.map(() => undefined) };
    // A moment beside the stretch waits until the charts show it again.
    const cursor = time !== undefined && time >= from && time <= to ? time : undefined;
    const frame = { time: to, window: to - from, absolute: true, cursor, isPinned };
    const reach = this.#reachIn(rows, wanted);
    const { isLoading } = this.status;
    this.#panels.drawPast(frame, latest, { rows, columns: rows.columns, tools, library, reach, isLoading });
  }

  /** What is read in `wanted`: an interval or a row near a moment. */
  pointedIn(wanted: WantedStretch): PointedView {
    const { tools, view } = this.#loaded ?? {};
    const rows = view?.rows;
    return {
      window: wanted.to - wanted.from,
      timeAt: time => rows && tools?.nearestTime(rows, time, this.#reachIn(rows, wanted)),
      beside: (time, direction) => rows && tools?.timeBeside(rows, time, direction),
    };
  }

  /** The charts show something else now: its rows are forgotten. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#loaded?.view.close();
  }

  remove(): void {
    this.#life.abort();
    this.close();
  }

  #load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const { signal } = this.#life;
    const failed = (error: unknown) => {
      this.#failure = error;
      this.#changed();
    };
    const tools = loadPart(loadPastTools, failed, signal).then(found => {
      const source = new found.PastSource(...this.#dataset);
      this.#loaded = { tools: found, source, view: new found.PastView(source, { changed: this.#changed }) };
      this.#changed();
    });
    const library = loadPart(loadPastLibrary, failed, signal).then(found => {
      this.#library = found;
    });
    Promise.all([tools, library]).then(
      () => {
        this.#failure = undefined;
        this.#changed();
      },
      // The charts were removed.
      () => {},
    );
  }

  #reachIn({ interval }: PastRows, { from, to, width, usual = 0 }: WantedStretch): number {
    return Math.max(interval, interval === 0 ? 1.5 * usual : 0, (2 * (to - from)) / Math.max(1, width));
  }
}
