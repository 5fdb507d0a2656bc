// Reloads the configuration on a signal or when a file has changed, and logs the changes; a wrong configuration changes nothing.

import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type ConfigurationState, inUseText } from '../config/configuration-state.ts';
import type { ConfigResult, ValidConfig } from '../config/read.ts';
import { problemLine } from '../config/text/problem.ts';
import type { Logger } from './logging/logger.ts';
import type { RunningDatasets } from './running.ts';
import type { WrongStart } from './starting.ts';
import { type FileWatch, watchConfig, watchFiles } from './watch.ts';

export interface ReloaderOptions {
  /** Reads the configuration from its files as they are now. The files of `known` have to exist. Does not reject. */
  readonly read: (known: readonly string[]) => Promise<ConfigResult>;
  readonly running: RunningDatasets;
  /** The files that the first configuration was read from. */
  readonly files: readonly string[];
  /** The files are wrong, and the server has started with another configuration. */
  readonly wrong?: WrongStart | undefined;
  /** Called after a configuration of the files has taken effect. */
  readonly onTaken?: (config: ValidConfig) => void;
  readonly logger: Logger;
}

/** Milliseconds after which files that could not be read are read again without a signal or a change. */
const RETRY = 10_000;

/** The shortest time between two reloads, in milliseconds: signals and changes may come by the thousand. */
const SPACING = 1000;

export class Reloader {
  readonly #options: ReloaderOptions;
  readonly #ending = new AbortController();
  #current: Omit<ConfigurationState, 'afterRestart' | 'failed'>;
  /** The files that have to exist: those of the configuration in use, unless the files were wrong at the start. */
  #known: readonly string[];
  #underWay: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isUnseen = false;
  #isAskedAgain = false;
  /** When the last reload ended, by `performance.now()`. */
  #readAt = Number.NEGATIVE_INFINITY;
  #watches: { readonly config: FileWatch; named: FileWatch } | undefined;
  #named: readonly string[] = [];

  constructor(options: ReloaderOptions) {
    this.#options = options;
    const { files, wrong } = options;
    const since = Date.now() / 1000;
    this.#known = wrong === undefined ? files : [];
    this.#current = { files, since, inUse: 'current', problems: [] };
    if (wrong === undefined) return;
    const { isUnread, ...facts } = wrong;
    this.#current = { ...this.#current, ...facts, problemsSince: since };
    this.#tellProblems();
    if (isUnread) this.#readLater();
  }

  get state(): ConfigurationState {
    const { afterRestart, failed } = this.#options.running;
    return { ...this.#current, failed, afterRestart };
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
   * Reloads whenever `file`, a file of the folder beside it, or a file that it names has changed, appeared or disappeared: one of
   * `named`, which are drivers and secrets, and of those that a later configuration names. Resolves when it is watching. Does not reject.
   */
  async watch(file: string, named: readonly string[]): Promise<void> {
    this.#named = named;
    this.#watches = {
      config: await watchConfig(file, this.#onChange, this.#onUnseen),
      named: await watchFiles(named, this.#onChange, this.#onUnseen),
    };
    if (this.#ending.signal.aborted) await this.close();
  }

  async close(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#retry);
    await Promise.all([this.#watches?.config.close(), this.#watches?.named.close()]);
    await this.#underWay;
  }

  readonly #onChange = () => void this.reload();

  readonly #onUnseen = (err: unknown) => {
    if (this.#isUnseen) return;
    this.#isUnseen = true;
    const what = 'changes of the configuration may go unseen; send SIGHUP to reload it';
    this.#options.logger.warn({ err }, what);
  };

  /** Watches the files that the configuration names now; true where they have changed. */
  async #follow(named: readonly string[]): Promise<boolean> {
    const watches = this.#watches;
    if (watches === undefined || isDeepStrictEqual(named, this.#named)) return false;
    this.#named = named;
    const before = watches.named;
    watches.named = await watchFiles(named, this.#onChange, this.#onUnseen);
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
    const { read, running, logger, onTaken } = this.#options;
    let found = await read(this.#known);
    // A driver may have changed before its watch began.
    if (await this.#follow([...found.drivers, ...found.secrets])) found = await read(this.#known);
    clearTimeout(this.#retry);
    if ('problems' in found) {
      if (found.isUnread) this.#readLater();
      const problems = found.problems.map(problemLine);
      if (problems.join('\n') === this.#current.problems.join('\n')) return;
      const { problemsSince = Date.now() / 1000, inUse } = this.#current;
      this.#current = {
        ...this.#current,
        problems,
        problemsSince,
        inUse: inUse === 'current' ? 'previous' : inUse,
      };
      this.#tellProblems();
      return;
    }
    const wasWrong = this.#current.problems.length > 0;
    const { failed: _failed, ...changes } = await running.take(found.config);
    for (const sentence of found.skipped) logger.warn(sentence);
    const { afterRestart } = running;
    const news = Object.entries(changes).filter(([, names]) => names.length > 0);
    this.#known = found.files;
    this.#current = {
      files: found.files,
      since: news.length > 0 || wasWrong ? Date.now() / 1000 : this.#current.since,
      inUse: 'current',
      problems: [],
    };
    const told = { ...Object.fromEntries(news), ...(afterRestart.length > 0 ? { afterRestart } : {}) };
    logger.info(
      told,
      news.length > 0 ? 'configuration reloaded' : 'configuration reloaded: the datasets are the same',
    );
    onTaken?.(found);
  }

  #readLater(): void {
    this.#retry = setTimeout(this.#onChange, RETRY).unref();
  }

  #tellProblems(): void {
    const { problems } = this.#current;
    const others = problems.length === 1 ? {} : { problems };
    const text = `the configuration is wrong, and ${inUseText(this.#current)}: ${problems[0]}`;
    this.#options.logger.error(others, text);
  }
}
