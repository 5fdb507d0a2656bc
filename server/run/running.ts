// Holds the datasets that are served, and replaces those that another configuration changes; the others go on.

import { isDeepStrictEqual } from 'node:util';
import { messageOf, type SensorHost, thisHost } from '../../device/index.ts';
import type { Config, DatasetConfig } from '../config/config.ts';
import type { Dataset } from '../dataset/dataset.ts';
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

interface ServedDataset {
  readonly config: DatasetConfig;
  readonly dataset: Dataset;
}

/** The options of the server that apply only when it starts. */
const AT_START = ['host', 'port', 'headersTimeout', 'requestTimeout', 'maxRequestHead'] as const;

export class RunningDatasets {
  readonly #events: OpenEvents;
  /** The configuration with which the server started, and the address at which it listens. */
  #first: Config;
  #now: Config;
  #host: SensorHost;
  #served: readonly ServedDataset[] = [];
  #failed: readonly string[] = [];

  private constructor(config: Config, events: OpenEvents) {
    this.#first = config;
    this.#now = config;
    this.#host = thisHost(config.seed);
    this.#events = events;
  }

  /** Opens the datasets of the configuration; `failed` has a sentence for each that does not open. Does not reject. */
  static async start(config: Config, events: OpenEvents = {}): Promise<RunningDatasets> {
    const running = new RunningDatasets(config, events);
    await running.take(config);
    return running;
  }

  get config(): Config {
    return this.#now;
  }

  /** In the order of the configuration. */
  get datasets(): readonly Dataset[] {
    return this.#served.map(({ dataset }) => dataset);
  }

  /** Tells the address at which the server listens: the configuration may have changed since the start. */
  listensAt({ host, port }: { readonly host?: string | undefined; readonly port: number }): void {
    const { host: _host, ...server } = this.#first.server;
    this.#first = { ...this.#first, server: { ...server, port, ...(host === undefined ? {} : { host }) } };
  }

  /** One sentence for each dataset of the configuration that could not be opened. */
  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Options that have changed since the server started and apply only after a restart, such as `server.port`. */
  get afterRestart(): readonly string[] {
    const changed = AT_START.filter(option => this.#now.server[option] !== this.#first.server[option]);
    return changed.map(option => `server.${option}`);
  }

  /**
   * Serves the configuration `next`, and opens those datasets of it that could not be opened before. Datasets that stay the same go on without a missing row; datasets that are removed or opened again
   * end their streams with the end marker first, and release their sensors. Calls must not overlap. Does not reject.
   */
  async take(next: Config): Promise<Changes> {
    const sameWorld = hasSameSimulation(this.#now, next);
    if (!sameWorld) this.#host = thisHost(next.seed);
    const before = new Map(this.#served.map(served => [served.config.info.name, served]));
    const kept = new Map<string, ServedDataset>();
    const described: string[] = [];
    for (const config of next.datasets) {
      const { name } = config.info;
      const served = before.get(name);
      if (served === undefined || !sameWorld || !hasSameRows(served.config, config)) continue;
      kept.set(name, { config, dataset: served.dataset });
      if (isDeepStrictEqual(served.config.info, config.info)) continue;
      served.dataset.describe(config.info);
      described.push(name);
    }
    const over = this.#served.filter(({ config }) => !kept.has(config.info.name));
    await Promise.all(over.map(({ dataset }) => dataset.close()));
    const configs = this.#served.map(({ config }) => config);
    for (const { dataset, text } of historyMoves(configs, next.datasets))
      this.#events.onHistory?.(dataset, { kind: 'remark', text });
    const failed: string[] = [];
    const opened = await Promise.all(
      next.datasets.map(async (config): Promise<ServedDataset | undefined> => {
        const known = kept.get(config.info.name);
        if (known !== undefined) return known;
        try {
          return { config, dataset: await openDataset(config, this.#host, next.simulate, this.#events) };
        } catch (error) {
          failed.push(messageOf(error));
          return undefined;
        }
      }),
    );
    this.#now = next;
    this.#failed = failed;
    this.#served = opened.filter(served => served !== undefined);
    this.#events.onServed?.(
      this.#served.map(({ config, dataset }) => ({ dataset, publish: config.publish ?? {} })),
    );
    const names = new Set(this.#served.map(({ config }) => config.info.name));
    const wanted = new Set(next.datasets.map(({ info }) => info.name));
    const fresh = [...names].filter(name => !kept.has(name));
    return {
      added: fresh.filter(name => !before.has(name)),
      changed: fresh.filter(name => before.has(name)),
      removed: [...before.keys()].filter(name => !wanted.has(name)),
      described,
      failed,
    };
  }
}
