// When is the configuration read anew, and what is said of it? On a signal, or when a file has changed; a wrong one changes nothing.

import { isDeepStrictEqual } from 'node:util';
import { problemLine } from './config/problem.ts';
import type { ConfigRead } from './config/read.ts';
import type { ConfigurationState } from './configuration-state.ts';
import type { Logger } from './logging/logger.ts';
import type { Running } from './running.ts';
import { type FileWatch, watchConfig, watchFiles } from './watch.ts';

export interface ReloaderOptions {
  /** The configuration as its files say it now. */
  readonly read: () => Promise<ConfigRead>;
  readonly running: Running;
  /** The files that `running` began with. */
  readonly files: readonly string[];
  readonly logger: Logger;
}

export class Reloader {
  private readonly options: ReloaderOptions;
  private current: Omit<ConfigurationState, 'afterRestart'>;
  private underWay: Promise<void> | undefined;
  private isAskedAgain = false;
  private watches: { readonly config: FileWatch; drivers: FileWatch } | undefined;
  private drivers: readonly string[] = [];

  constructor(options: ReloaderOptions) {
    this.options = options;
    this.current = { files: options.files, since: Date.now() / 1000, problems: [], failed: [] };
  }

  get state(): ConfigurationState {
    return { ...this.current, afterRestart: this.options.running.afterRestart };
  }

  /** Reads the files now, or once more after the reading that is under way; resolves when that is done. Does not reject. */
  reload(): Promise<void> {
    if (this.underWay !== undefined) {
      this.isAskedAgain = true;
      return this.underWay;
    }
    this.underWay = this.run();
    return this.underWay;
  }

  /**
   * Reloads whenever `file`, or a file of the folder beside it, has changed, come or gone, or a file of `drivers` or of those that
   * it names later. Resolves when it is watching.
   */
  async watch(file: string, drivers: readonly string[]): Promise<void> {
    this.drivers = drivers;
    this.watches = {
      config: await watchConfig(file, this.onChange, this.onUnseen),
      drivers: await watchFiles(drivers, this.onChange, this.onUnseen),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.watches?.config.close(), this.watches?.drivers.close()]);
    await this.underWay;
  }

  private readonly onChange = () => void this.reload();

  private readonly onUnseen = (err: unknown) => {
    const what = 'changes of the configuration go unseen; a SIGHUP has it read anew';
    this.options.logger.warn({ err }, what);
  };

  /** Watches the drivers that the configuration names now; gives whether those are others than before. */
  private async follow(drivers: readonly string[]): Promise<boolean> {
    const { watches } = this;
    if (watches === undefined || isDeepStrictEqual(drivers, this.drivers)) return false;
    this.drivers = drivers;
    const before = watches.drivers;
    watches.drivers = await watchFiles(drivers, this.onChange, this.onUnseen);
    await before.close();
    return true;
  }

  private async run(): Promise<void> {
    do {
      this.isAskedAgain = false;
      await this.once();
    } while (this.isAskedAgain);
    this.underWay = undefined;
  }

  private async once(): Promise<void> {
    const { read, running, logger } = this.options;
    let found = await read();
    // A driver that changed before it was watched is read as it is now.
    if (await this.follow(found.drivers)) found = await read();
    if ('problems' in found) {
      const problems = found.problems.map(problemLine);
      if (problems.join('\n') === this.current.problems.join('\n')) return;
      this.current = { ...this.current, problems };
      const others = problems.length === 1 ? {} : { problems };
      logger.error(others, `the configuration is wrong, and the one before goes on: ${problems[0]}`);
      return;
    }
    const wasWrong = this.current.problems.length > 0;
    const { failed, ...changes } = await running.take(found.config);
    for (const sentence of found.left) logger.warn(sentence);
    const { afterRestart } = running;
    const news = Object.entries(changes).filter(([, names]) => names.length > 0);
    this.current = {
      files: found.files,
      since: news.length > 0 || wasWrong ? Date.now() / 1000 : this.current.since,
      problems: [],
      failed,
    };
    for (const sentence of failed) logger.error(sentence);
    const told = { ...Object.fromEntries(news), ...(afterRestart.length > 0 ? { afterRestart } : {}) };
    logger.info(
      told,
      news.length > 0 ? 'configuration read anew' : 'configuration read anew: the datasets are the same',
    );
  }
}
