// Serves every dataset that appears in a stream of NATS: each is described at once, loaded on demand and let go when unused.

import { totalmem } from 'node:os';
import type { DatasetEvents } from '../dataset/dataset.ts';
import type { StoreBounds } from '../store/row-store.ts';
import { FleetDataset } from './fleet-dataset.ts';
import { type LayoutMessage, sequenceOf } from './layout-message.ts';
import { type KnownLayout, LayoutWatch } from './layout-watch.ts';
import { type LinkLease, leaseLink } from './links.ts';
import type { NatsOptions } from './nats-options.ts';
import { NewestRows } from './newest-rows.ts';
import { hasSameQuantities } from './quantities.ts';
import { RowCodec } from './row-message.ts';
import { fleetNames } from './subjects.ts';

export interface FleetOptions {
  readonly nats: NatsOptions;
  /** The names of the datasets to serve, where `*` stands for any characters. */
  readonly pattern: string;
  readonly bounds: StoreBounds;
  /** Seconds after which unused rows are let go. */
  readonly rest: number;
  readonly isPublic: boolean;
  /** Bytes of rows in memory, of all datasets together; by default a quarter of the machine's memory. */
  readonly memory?: number;
  /** Milliseconds between two looks for unused rows, and after which rows that do not come are a failure; both have defaults. */
  readonly lookEvery?: number;
  /** Milliseconds between two looks for deleted layouts. */
  readonly sweep?: number;
  readonly patience?: number;
}

export interface FleetEvents {
  readonly ofDataset?: (dataset: string) => DatasetEvents;
  readonly onEvent?: (event: FleetEvent) => void;
}

export type FleetEvent =
  /** A dataset came or went, or has other columns. */
  | { readonly kind: 'added' | 'changed' | 'removed'; readonly dataset: string }
  | { readonly kind: 'refused'; readonly dataset: string; readonly reason: string }
  | { readonly kind: 'away'; readonly reason: string }
  | { readonly kind: 'back'; readonly seconds: number };

export interface FleetStatus {
  readonly servers: readonly string[];
  readonly stream: string;
  readonly state: 'following' | 'away';
  readonly problem?: string;
  /** Datasets that are served, and those of them with rows in memory. */
  readonly datasets: number;
  readonly loaded: number;
  /** Datasets that can not be served, with the reasons. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Milliseconds between two looks for rows that are unused. */
const LOOK_EVERY = 5000;

const MEMORY = totalmem() / 4;

/** Milliseconds that the server waits at its start for the layouts. */
const PATIENCE = 3000;

/** Names as configurations have them. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #events: FleetEvents;
  readonly #isTaken: (name: string) => boolean;
  readonly #lease: LinkLease;
  readonly #watch: LayoutWatch;
  readonly #newest: NewestRows;
  readonly #wanted: RegExp;
  readonly #datasets = new Map<string, FleetDataset>();
  readonly #codecs = new Map<string, RowCodec>();
  readonly #refused = new Map<string, string>();
  /** The last layout of each dataset of the pattern. */
  readonly #layouts = new Map<string, KnownLayout>();
  readonly #timer: NodeJS.Timeout;
  readonly #leaving = new Set<Promise<void>>();
  #sorted: readonly FleetDataset[] | undefined;
  #complete: () => void = () => {};
  #awaySince: number | undefined;
  /** Resolves when the datasets of the stream are known, or after a short time. */
  readonly started: Promise<void>;

  /** @param isTaken whether the configuration or the server itself has an address of this name */
  constructor(options: FleetOptions, isTaken: (name: string) => boolean, events: FleetEvents = {}) {
    this.#options = options;
    this.#events = events;
    this.#isTaken = isTaken;
    this.#wanted = new RegExp(`^${options.pattern.split('*').map(escaped).join('.*')}$`);
    this.#lease = leaseLink(options.nats);
    const names = fleetNames(options.nats.stream);
    const { link } = this.#lease;
    this.started = new Promise(resolve => {
      this.#complete = resolve;
      setTimeout(resolve, PATIENCE).unref();
    });
    this.#newest = new NewestRows({ link, names, codecOf: name => this.#codecs.get(name) });
    this.#watch = new LayoutWatch({
      link,
      names,
      ...(options.sweep === undefined ? {} : { sweep: options.sweep }),
      onLayout: (name, layout) => this.#take(name, layout),
      onGone: name => this.#remove(name),
      onComplete: () => this.#isFollowed(),
      onProblem: fault => this.#isAway(fault.message),
    });
    this.#timer = setInterval(() => void this.#rest(), options.lookEvery ?? LOOK_EVERY).unref();
  }

  /** By name. */
  get datasets(): readonly FleetDataset[] {
    this.#sorted ??= [...this.#datasets.values()].sort((a, b) => (a.info.name < b.info.name ? -1 : 1));
    return this.#sorted;
  }

  get status(): FleetStatus {
    const { servers, stream } = this.#options.nats;
    const { problem } = this.#watch;
    const datasets = this.datasets;
    return {
      servers,
      stream,
      state: problem === undefined ? 'following' : 'away',
      ...(problem === undefined ? {} : { problem }),
      datasets: datasets.length,
      loaded: datasets.filter(({ isResting }) => !isResting).length,
      refused: Object.fromEntries(this.#refused),
    };
  }

  /** Lets go of the connection. The datasets have been closed before. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#watch.close(), this.#newest.close()]);
    await Promise.all([...this.datasets.map(dataset => dataset.close()), ...this.#leaving]);
    await this.#lease.close();
  }

  /** Looks again at the datasets that are not served: the configuration may have given up their names. */
  lookAgain(): void {
    for (const [name, layout] of [...this.#layouts])
      if (this.#isTaken(name) || this.#refused.has(name)) this.#take(name, layout);
  }

  #take(name: string, layout: KnownLayout): void {
    if (!this.#wanted.test(name)) return;
    this.#layouts.set(name, layout);
    const problem = this.#problemOf(name, layout);
    if (problem !== undefined || 'problem' in layout) {
      // A dataset that is served goes on with its rows of the layout before.
      const reason = problem ?? '';
      if (this.#refused.get(name) !== reason)
        this.#events.onEvent?.({ kind: 'refused', dataset: name, reason });
      this.#refused.set(name, reason);
      return;
    }
    this.#refused.delete(name);
    const known = this.#datasets.get(name);
    if (known?.layoutId === layout.layout && hasSameQuantities(known.layout, sequenceOf(layout))) {
      known.redescribe(layout);
      return;
    }
    if (known !== undefined) this.#leave(known);
    this.#add(name, layout, known === undefined ? 'added' : 'changed');
  }

  #problemOf(name: string, layout: KnownLayout): string | undefined {
    if ('problem' in layout) return layout.problem;
    if (!NAME.test(name)) return 'its name is not one of a dataset: letters, digits, _ and -';
    return this.#isTaken(name)
      ? 'its name is taken: the configuration or an address of this server has it'
      : undefined;
  }

  #add(name: string, layout: LayoutMessage, kind: 'added' | 'changed'): void {
    const { nats, bounds, isPublic, patience } = this.#options;
    const { ofDataset, onEvent } = this.#events;
    const dataset = new FleetDataset({
      name,
      layout,
      link: this.#lease.link,
      options: nats,
      bounds,
      isPublic,
      ...(patience === undefined ? {} : { patience }),
      ...(ofDataset === undefined ? {} : { events: ofDataset(name) }),
      mayTake: bytes => this.#mayTake(bytes),
      newest: isAsked => (isAsked ? this.#newest.of(name) : this.#newest.known(name)),
    });
    this.#datasets.set(name, dataset);
    this.#codecs.set(name, new RowCodec(layout.layout, dataset.layout));
    this.#sorted = undefined;
    onEvent?.({ kind, dataset: name });
  }

  #isAway(reason: string): void {
    if (this.#awaySince === undefined) this.#events.onEvent?.({ kind: 'away', reason });
    this.#awaySince ??= performance.now();
  }

  #isFollowed(): void {
    this.#complete();
    if (this.#awaySince === undefined) return;
    const seconds = (performance.now() - this.#awaySince) / 1000;
    this.#awaySince = undefined;
    this.#events.onEvent?.({ kind: 'back', seconds });
  }

  #remove(name: string): void {
    this.#refused.delete(name);
    this.#layouts.delete(name);
    const known = this.#datasets.get(name);
    if (known === undefined) return;
    this.#datasets.delete(name);
    this.#codecs.delete(name);
    this.#newest.forget(name);
    this.#sorted = undefined;
    this.#leave(known);
    this.#events.onEvent?.({ kind: 'removed', dataset: name });
  }

  #leave(dataset: FleetDataset): void {
    const closed = dataset.close().finally(() => this.#leaving.delete(closed));
    this.#leaving.add(closed);
  }

  /** Whether rows may take further bytes. Rows that nobody reads leave the memory for them, those unused for longest first. */
  #mayTake(bytes: number): boolean {
    const { memory = MEMORY } = this.#options;
    const loaded = this.datasets.flatMap(dataset => dataset.loaded.map(rows => ({ dataset, rows })));
    let free = memory - loaded.reduce((sum, { rows }) => sum + rows.bytes, 0);
    const unused = loaded.filter(({ rows }) => rows.unused > 0);
    unused.sort((one, other) => other.rows.unused - one.rows.unused);
    for (const { dataset, rows } of unused) {
      if (free >= bytes) break;
      free += rows.bytes;
      dataset.letGo(rows);
    }
    return free >= bytes;
  }

  async #rest(): Promise<void> {
    for (const dataset of this.#datasets.values())
      if (!dataset.isResting) await dataset.rest(this.#options.rest);
  }
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
