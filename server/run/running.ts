// Holds the datasets of the configuration, open or waiting, and replaces those that another configuration changes; the others go on.

import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type SensorHost, thisHost } from '../../device/index.ts';
import type { Config, DatasetConfig, FleetConfig } from '../config/config.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { type WaitingDataset, waitingText } from '../dataset/waiting.ts';
import type { Fleet, FleetStatus } from '../nats/fleet.ts';
import { ConfiguredDataset } from './configured-dataset.ts';
import { hasSameRows, hasSameSimulation } from './dataset-changes.ts';
import { historyMoves } from './history-moves.ts';
import { type OpenEvents, openDataset } from './opening.ts';

/** The names of the datasets that another configuration changed, by what became of them. */
export interface Changes {
  readonly added: readonly string[];
  /** Opened again, with another source or other bounds: their streams have ended; rows that were only in memory are gone. */
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Changed in title, licence or other words alone: their rows went on. */
  readonly described: readonly string[];
  /** One sentence for each dataset that could not be opened. */
  readonly failed: readonly string[];
}

/** The options of the server that apply only when it starts. */
const AT_START = ['host', 'port', 'headersTimeout', 'requestTimeout', 'maxRequestHead'] as const;

/** Milliseconds that the server waits for the source of a dataset that is another server; then the dataset opens as soon as it can. */
const PATIENCE = 3000;

export class RunningDatasets {
  readonly #events: OpenEvents;
  /** The configuration with which the server started, and the address at which it listens. */
  #first: Config;
  #now: Config;
  #host: SensorHost;
  /** In the order of the configuration. */
  #datasets: readonly ConfiguredDataset[] = [];
  #fleet: Fleet | undefined;
  #servedFleet: FleetConfig | undefined;
  #isStopped = false;

  private constructor(config: Config, events: OpenEvents) {
    this.#first = config;
    this.#now = config;
    this.#host = thisHost(config.seed);
    this.#events = events;
  }

  /** Opens the datasets of the configuration; those that cannot be opened now wait, and are tried again. Does not reject. */
  static async start(config: Config, events: OpenEvents = {}): Promise<RunningDatasets> {
    const running = new RunningDatasets(config, events);
    await running.take(config);
    return running;
  }

  get config(): Config {
    return this.#now;
  }

  /** Those that are open: in the order of the configuration, then those of the fleet by their names. */
  get datasets(): readonly Dataset[] {
    const own = this.#datasets.flatMap(({ dataset }) => dataset ?? []);
    const ofFleet = this.#fleet?.datasets ?? [];
    if (ofFleet.length === 0) return own;
    const names = new Set(this.#datasets.map(({ config }) => config.info.name));
    return [...own, ...ofFleet.filter(({ info }) => !names.has(info.name))];
  }

  /** The state of the fleet; undefined without one. */
  get fleet(): FleetStatus | undefined {
    return this.#fleet?.status;
  }

  /** Those that are not open, in the order of the configuration. */
  get waiting(): readonly WaitingDataset[] {
    return this.#datasets.flatMap(({ waiting }, index) =>
      waiting === undefined ? [] : [{ ...waiting, isFirst: index === 0 }],
    );
  }

  /** Tells the address at which the server listens: the configuration may have changed since the start. */
  listensAt({ host, port }: { readonly host?: string | undefined; readonly port: number }): void {
    const { host: _host, ...server } = this.#first.server;
    this.#first = { ...this.#first, server: { ...server, port, ...(host === undefined ? {} : { host }) } };
  }

  /** One sentence for each dataset of the configuration that could not be opened. */
  get failed(): readonly string[] {
    return this.waiting.map(waitingText);
  }

  /** Options that have changed since the server started and apply only after a restart, such as `server.port`. */
  get afterRestart(): readonly string[] {
    const changed = AT_START.filter(option => this.#now.server[option] !== this.#first.server[option]);
    return changed.map(option => `server.${option}`);
  }

  /**
   * Serves the configuration `next`, and tries at once to open those datasets of it that wait. Datasets that stay the same go on without
   * a missing row; datasets that are removed or opened again end their streams with the end marker first, and release their sensors. Calls
   * must not overlap. Does not reject.
   */
  async take(next: Config): Promise<Changes> {
    const isSameWorld = hasSameSimulation(this.#now, next);
    if (!isSameWorld) this.#host = thisHost(next.seed);
    const before = new Map(this.#datasets.map(dataset => [dataset.config.info.name, dataset]));
    const wereOpen = new Set(this.#datasets.filter(({ dataset }) => dataset !== undefined));
    const kept = new Map<string, ConfiguredDataset>();
    const described: string[] = [];
    for (const config of next.datasets) {
      const { name } = config.info;
      const known = before.get(name);
      if (known === undefined || !isSameWorld || !hasSameRows(known.config, config)) continue;
      kept.set(name, known);
      const isDescribed = !isDeepStrictEqual(known.config.info, config.info);
      known.describe(config);
      if (isDescribed && wereOpen.has(known)) described.push(name);
    }
    const over = this.#datasets.filter(({ config }) => !kept.has(config.info.name));
    await Promise.all(over.map(dataset => dataset.close()));
    const configs = this.#datasets.map(({ config }) => config);
    for (const { dataset, text } of historyMoves(configs, next.datasets))
      this.#events.onHistory?.(dataset, { kind: 'remark', text });
    const hasSameFleet = isDeepStrictEqual(this.#servedFleet, next.fleet);
    this.#now = next;
    this.#datasets = next.datasets.map(
      config => kept.get(config.info.name) ?? this.#configured(config, next.simulate),
    );
    // Nobody would close them, and store their rows, at the end.
    if (this.#isStopped) await this.stop();
    await Promise.all([
      ...this.#datasets.map(dataset => opened(dataset)),
      hasSameFleet ? undefined : this.#serveFleet(next.fleet),
    ]);
    if (hasSameFleet) this.#fleet?.lookAgain();
    this.#tellServed();
    const wanted = new Set(next.datasets.map(({ info }) => info.name));
    const fresh = this.#datasets.filter(one => one.dataset !== undefined && !wereOpen.has(one));
    const names = fresh.map(({ config }) => config.info.name);
    const hadRows = (name: string) => wereOpen.has(before.get(name)!);
    return {
      added: names.filter(name => !hadRows(name)),
      changed: names.filter(hadRows),
      removed: [...before.keys()].filter(name => !wanted.has(name)),
      described,
      failed: this.failed,
    };
  }

  /** Opens no dataset any more, not even those of a `take` that is under way. Those that are open go on until the server closes them. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#datasets.map(dataset => dataset.stop()), this.#fleet?.close()]);
  }

  async #serveFleet(config: FleetConfig | undefined): Promise<void> {
    await this.#fleet?.close();
    this.#fleet = undefined;
    this.#servedFleet = config;
    if (config === undefined || this.#isStopped) return;
    const { openFleet } = await import('./open-fleet.ts');
    this.#fleet = openFleet(config, this.#events, name =>
      this.#now.datasets.some(({ info }) => info.name === name),
    );
    await this.#fleet.started;
  }

  #configured(config: DatasetConfig, simulate: boolean): ConfiguredDataset {
    const host = this.#host;
    const events = this.#events;
    return new ConfiguredDataset(config, {
      open: (now, { onReopen, ...attempt }) =>
        openDataset(now, host, simulate, {
          ...events,
          ...attempt,
          onLayoutChanged: (_dataset, error) => onReopen(error),
        }),
      onEvent: event => events.onOpening?.(config.info.name, event),
      onChange: () => this.#tellServed(),
    });
  }

  #tellServed(): void {
    this.#events.onServed?.(
      this.#datasets.flatMap(({ config, dataset }) =>
        dataset === undefined ? [] : [{ dataset, publish: config.publish ?? {} }],
      ),
    );
  }
}

/** Resolves when the attempt to open it is over, or takes too long because another server does not answer. */
async function opened(dataset: ConfiguredDataset): Promise<void> {
  const attempt = dataset.open();
  if (dataset.config.source.kind === 'sensors') return attempt;
  const patience = new AbortController();
  const late = delay(PATIENCE, undefined, { signal: patience.signal }).catch(() => undefined);
  await Promise.race([attempt, late]);
  patience.abort();
}
