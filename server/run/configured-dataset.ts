// Opens one dataset of the configuration, again and again until that succeeds, and once more when the columns of its source change.

import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../../device/index.ts';
import type { DatasetConfig } from '../config/config.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { WaitingDataset } from '../dataset/waiting.ts';
import { SourceAway } from '../source/layout-changed.ts';

/** The first and the longest pause in milliseconds before a dataset that could not be opened is tried again. */
const PAUSE = { first: 2000, longest: 60_000 };

/** A dataset that was open for less than this many milliseconds is opened again after a pause: its source may change all the time. */
const SETTLED = 5000;

/** News of the attempts to open a dataset. */
export type OpeningEvent =
  /** The dataset waits, for a reason that was not reported before. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** It could be opened after it has waited. */
  | { readonly kind: 'opened' }
  /** The columns of its source have changed: its streams end, and it is opened again. */
  | { readonly kind: 'reopening'; readonly reason: string };

export interface OpeningAttempt {
  /** Called when the dataset has to be opened again. */
  readonly onReopen: (error: Error) => void;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** The columns of the source have changed since: stored rows do not tell which it has now. */
  readonly hasChanged: boolean;
}

export interface ConfiguredDatasetOptions {
  readonly open: (config: DatasetConfig, attempt: OpeningAttempt) => Promise<Dataset>;
  readonly onEvent: (event: OpeningEvent) => void;
  /** Called when it is open, and when it is not any more. */
  readonly onChange: () => void;
}

export class ConfiguredDataset {
  readonly #options: ConfiguredDatasetOptions;
  #config: DatasetConfig;
  #dataset: Dataset | undefined;
  #openedAt = 0;
  #attempt: Promise<void> | undefined;
  /** Resolves when the dataset that was open before has closed. */
  #closed: Promise<void> = Promise.resolve();
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #retryAt = 0;
  #pause = PAUSE.first;
  #hasChanged = false;
  #reason = 'it is being opened';
  #told: string | undefined;
  #relayPath: readonly string[] = [];
  #since = Date.now() / 1000;

  constructor(config: DatasetConfig, options: ConfiguredDatasetOptions) {
    this.#config = config;
    this.#options = options;
  }

  get config(): DatasetConfig {
    return this.#config;
  }

  /** Undefined while it is not open. */
  get dataset(): Dataset | undefined {
    return this.#dataset;
  }

  /** Undefined while it is open. */
  get waiting(): Omit<WaitingDataset, 'isFirst'> | undefined {
    if (this.#dataset !== undefined) return undefined;
    const left = Math.ceil((this.#retryAt - performance.now()) / 1000);
    return {
      info: this.#config.info,
      reason: this.#reason,
      since: this.#since,
      retryAfter: Math.max(1, left),
      relayPath: this.#relayPath,
    };
  }

  /** Tries to open it now, unless it is open. Resolves when the attempt is over. Does not reject. */
  open(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#dataset !== undefined || this.#isEnding) return Promise.resolve();
    this.#attempt ??= this.#tryToOpen().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  /** Takes over other words for the same rows. */
  describe(config: DatasetConfig): void {
    const isOther = !isDeepStrictEqual(this.#config.info, config.info);
    this.#config = config;
    if (isOther) this.#dataset?.describe(config.info);
  }

  /** Opens it no more; if it is open, it goes on. Resolves when an attempt under way is over. */
  async stop(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#timer);
    await this.#attempt;
    // One that was to be opened again may still write its last rows.
    await this.#closed;
  }

  /** Ends its streams, and opens it no more. Resolves when its sensors and files are released, also those of an attempt under way. */
  async close(): Promise<void> {
    const stopped = this.stop();
    await this.#dataset?.close();
    await stopped;
  }

  get #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  async #tryToOpen(): Promise<void> {
    await this.#closed;
    const { open, onEvent } = this.#options;
    const config = this.#config;
    let opened: Dataset | undefined;
    let changed: Error | undefined;
    try {
      const onReopen = (error: Error) => {
        changed = error;
        if (opened !== undefined && opened === this.#dataset) this.#reopen(opened, error);
      };
      const hasChanged = this.#hasChanged;
      opened = await open(config, { onReopen, signal: this.#ending.signal, hasChanged });
      this.#hasChanged = false;
    } catch (error) {
      if (!this.#isEnding) this.#failed(error);
      return;
    }
    if (this.#isEnding) {
      await opened.close();
      return;
    }
    if (this.#config !== config) opened.describe(this.#config.info);
    this.#dataset = opened;
    this.#openedAt = performance.now();
    this.#options.onChange();
    if (this.#told !== undefined) onEvent({ kind: 'opened' });
    this.#told = undefined;
    if (changed !== undefined) this.#reopen(opened, changed);
  }

  #failed(error: unknown): void {
    this.#relayPath = error instanceof SourceAway ? error.relayPath : [];
    const reason = messageOf(error);
    this.#reason = reason;
    if (this.#told !== reason) this.#options.onEvent({ kind: 'waiting', reason });
    this.#told = reason;
    this.#later();
  }

  #reopen(dataset: Dataset, error: Error): void {
    if (this.#isEnding) return;
    this.#dataset = undefined;
    this.#hasChanged = true;
    this.#reason = `${error.message}: it is opened again`;
    this.#since = Date.now() / 1000;
    this.#options.onEvent({ kind: 'reopening', reason: error.message });
    this.#options.onChange();
    this.#closed = dataset.close();
    if (performance.now() - this.#openedAt < SETTLED) this.#later();
    else {
      this.#pause = PAUSE.first;
      void this.open();
    }
  }

  #later(): void {
    this.#retryAt = performance.now() + this.#pause;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.open(), this.#pause).unref();
    this.#pause = Math.min(2 * this.#pause, PAUSE.longest);
  }
}
