// Reloads the configuration on a signal or when a file has changed, and logs the changes; a wrong configuration changes nothing.

import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ConfigurationState } from '../config/configuration-state.ts';
import type { ConfigResult } from '../config/read.ts';
import { problemLine } from '../config/text/problem.ts';
import type { Logger } from './logging/logger.ts';
import type { RunningDatasets } from './running.ts';
import { type FileWatch, watchConfig, watchFiles } from './watch.ts';

export interface ReloaderOptions {
  /** Reads the configuration from its files as they are now. The files of `known` have to exist. Does not reject. */
  readonly read: (known: readonly string[]) => Promise<ConfigResult>;
  readonly running: RunningDatasets;
  /** The files that the first configuration was read from. */
  readonly files: readonly string[];
  readonly logger: Logger;
}

/** Milliseconds after which files that could not be read are read again without a signal or a change. */
const RETRY = 10_000;

/** The shortest time between two reloads, in milliseconds: signals and changes may come by the thousand. */
const SPACING = 1000;

export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #ending = new AbortController();
  #current: Omit<ConfigurationState, 'afterRestart'>;
  #underWay: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isUnseen = false;
  #isAskedAgain = false;
  /** When the last reload ended, by `performance.now()`. */
  #readAt = Number.NEGATIVE_INFINITY;
  #watches: { readonly config: FileWatch; drivers: FileWatch } | undefined;
  #drivers: readonly string[] = [];

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#current = { files: options.files, since: Date.now() / 1000, problems: [], failed: [] };
  }

  get state(): ConfigurationState {
    return { ...this.#current, afterRestart: this.#options.running.afterRestart };
  }

  /**
   * Reads the files, a second after the last reload at the earliest, or once more after the reload that is under way; at most one reload
   * waits, however many calls there are. They share one promise, which resolves when the reload is done. Does not reject.
   */
  reload(): Promise<void> {
    if (this.#underWay === undefined) this.#underWay = this.#run();
    else this.#isAskedAgain = true;
    return this.#underWay;
  }

  /**
   * Reloads whenever `file`, a file of the folder beside it, or a file of a driver has changed, appeared or disappeared: of `drivers`, and
   * of drivers that a later configuration names. Resolves when it is watching. Does not reject.
   */
  async watch(file: string, drivers: readonly string[]): Promise<void> {
    this.#drivers = drivers;
    this.#watches = {
      config: await watchConfig(file, this.#onChange, this.#onUnseen),
      drivers: await watchFiles(drivers, this.#onChange, this.#onUnseen),
    };
    if (this.#ending.signal.aborted) await this.close();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#retry);
    await Promise.all([this.#watches?.config.close(), this.#watches?.drivers.close()]);
    await this.#underWay;
  }

  readonly #onChange = () => void this.reload();

  readonly #onUnseen = (err: unknown) => {
    if (this.#isUnseen) return;
    this.#isUnseen = true;
    const what = 'changes of the configuration may go unseen; send SIGHUP to reload it';
    this.#options.logger.warn({ err }, what);
  };

  /** Watches the drivers that the configuration names now; true where they have changed. */
  async #follow(drivers: readonly string[]): Promise<boolean> {
    const watches = this.#watches;
    if (watches === undefined || isDeepStrictEqual(drivers, this.#drivers)) return false;
    this.#drivers = drivers;
    const before = watches.drivers;
    watches.drivers = await watchFiles(drivers, this.#onChange, this.#onUnseen);
    await before.close();
    return true;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    do {
      const wait = this.#readAt + SPACING - performance.now();
      if (wait > 0) await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
      this.#isAskedAgain = false;
      if (signal.aborted) break;
      await this.#once().catch(err =>
        this.#options.logger.error(
          { err },
          'the configuration could not be reloaded; the previous one stays in use',
        ),
      );
      this.#readAt = performance.now();
    } while (this.#isAskedAgain);
    this.#underWay = undefined;
  }

  async #once(): Promise<void> {
    const { read, running, logger } = this.#options;
    const { files } = this.#current;
    let found = await read(files);
    // A driver may have changed before its watch began.
    if (await this.#follow(found.drivers)) found = await read(files);
    clearTimeout(this.#retry);
    if ('problems' in found) {
      if (found.isUnread) this.#retry = setTimeout(this.#onChange, RETRY).unref();
      const problems = found.problems.map(problemLine);
      if (problems.join('\n') === this.#current.problems.join('\n')) return;
      this.#current = { ...this.#current, problems };
      const others = problems.length === 1 ? {} : { problems };
      logger.error(others, `the configuration is wrong, and the previous one stays in use: ${problems[0]}`);
      return;
    }
    const wasWrong = this.#current.problems.length > 0;
    const { failed, ...changes } = await running.take(found.config);
    for (const sentence of found.skipped) logger.warn(sentence);
    const { afterRestart } = running;
    const news = Object.entries(changes).filter(([, names]) => names.length > 0);
    this.#current = {
      files: found.files,
      since: news.length > 0 || wasWrong ? Date.now() / 1000 : this.#current.since,
      problems: [],
      failed,
    };
    for (const sentence of failed) logger.error(sentence);
    const told = { ...Object.fromEntries(news), ...(afterRestart.length > 0 ? { afterRestart } : {}) };
    logger.info(
      told,
      news.length > 0 ? 'configuration reloaded' : 'configuration reloaded: the datasets are the same',
    );
  }
}
