// Runs the feeds of all datasets: it begins and ends them as datasets and their configuration change; the others go on.

import { isDeepStrictEqual } from 'node:util';
import type { Dataset, DatasetInfo } from '../dataset/dataset.ts';
import type { Synchronized } from '../machine/synchronized.ts';
import { Feed } from './feed.ts';
import type { Pauses } from './patience.ts';
import { ProgressFile } from './progress-file.ts';
import type { FeedEvent, FeedStatus, SinkKinds } from './sink.ts';

/** A dataset, and the options of its sinks by their kinds. */
export interface PublishedDataset {
  readonly dataset: Dataset;
  readonly publish: Readonly<Record<string, unknown>>;
}

export interface PublisherOptions {
  readonly kinds: SinkKinds;
  /** The folders for state, the preferred one first. */
  readonly folders: readonly string[];
  /** Tells servers with other configurations on the same machine apart, such as the file of the configuration. */
  readonly owner: string;
  readonly onEvent?: (dataset: string, event: FeedEvent) => void;
  readonly synchronized?: () => Synchronized | undefined;
  readonly pauses?: Pauses;
  readonly saveEvery?: number;
}

interface RunningFeed {
  readonly dataset: Dataset;
  readonly info: DatasetInfo;
  readonly options: unknown;
  /** Undefined until the feed before it has ended. */
  feed: Feed | undefined;
}

export class Publisher {
  readonly #options: PublisherOptions;
  /** By dataset and kind. */
  readonly #feeds = new Map<string, RunningFeed>();
  /** The ends and begins that are under way, by the same keys. */
  readonly #changes = new Map<string, Promise<void>>();
  /** The positions behind the rows that were read, by the identities of sinks. */
  readonly #positions = new WeakMap<Dataset, Map<string, number>>();
  #isClosed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes these datasets, in place of those before. Feeds of the same dataset with the same options and words go on. */
  update(published: readonly PublishedDataset[]): void {
    if (this.#isClosed) return;
    const wanted = new Map(published.flatMap(one => this.#wantedOf(one)));
    for (const key of new Set([...this.#feeds.keys(), ...wanted.keys()])) {
      const before = this.#feeds.get(key);
      const next = wanted.get(key);
      if (before !== undefined && next !== undefined && isSame(before, next)) continue;
      if (next === undefined) this.#feeds.delete(key);
      else this.#feeds.set(key, next);
      this.#change(key, async () => {
        await before?.feed?.close({ drain: before.dataset.closing.aborted });
        // Another change may have come meanwhile.
        if (next !== undefined && this.#feeds.get(key) === next && !this.#isClosed)
          next.feed = this.#begin(next, key);
      });
    }
  }

  /** The feeds of a dataset. */
  of(dataset: Dataset): readonly FeedStatus[] {
    return [...this.#feeds.values()].flatMap(({ dataset: own, feed }) =>
      own === dataset && feed !== undefined ? [feed.status] : [],
    );
  }

  /** Ends all feeds, with the rows that are there as far as they can be sent in a short time. Does not reject. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#changes.values());
    await Promise.all([...this.#feeds.values()].map(({ feed }) => feed?.close({ drain: true })));
  }

  #wantedOf({ dataset, publish }: PublishedDataset): readonly (readonly [string, RunningFeed])[] {
    // Rows on demand are those of one client.
    if (dataset.delivery.kind === 'on-demand') return [];
    const { info } = dataset;
    return Object.entries(publish).map(
      ([kind, options]) => [`${kind} ${info.name}`, { dataset, info, options, feed: undefined }] as const,
    );
  }

  #change(key: string, change: () => Promise<void>): void {
    const before = this.#changes.get(key) ?? Promise.resolve();
    const under = before.then(change).finally(() => {
      if (this.#changes.get(key) === under) this.#changes.delete(key);
    });
    this.#changes.set(key, under);
  }

  #begin({ dataset, options }: RunningFeed, key: string): Feed {
    const { kinds, folders, owner, onEvent, synchronized, pauses, saveEvery } = this.#options;
    const [kind = ''] = key.split(' ');
    const { name } = dataset.info;
    const positions = this.#positions.get(dataset) ?? new Map<string, number>();
    this.#positions.set(dataset, positions);
    return new Feed({
      kind,
      dataset,
      open: async () => {
        const open = kinds[kind];
        if (open === undefined) throw new Error(`expected a kind of sink, found ${kind}`);
        return open(options, dataset, { synchronized });
      },
      progressFile: identity => new ProgressFile({ folders, owner, dataset: name, kind, identity }),
      positions,
      onEvent: event => onEvent?.(name, event),
      synchronized,
      ...(pauses === undefined ? {} : { pauses }),
      saveEvery,
    });
  }
}

function isSame(one: RunningFeed, other: RunningFeed): boolean {
  return (
    one.dataset === other.dataset &&
    isDeepStrictEqual(one.info, other.info) &&
    isDeepStrictEqual(one.options, other.options)
  );
}
