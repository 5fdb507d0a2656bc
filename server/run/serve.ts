// Runs the server: it opens the datasets, listens, prints its addresses, and ends cleanly on a signal.

import closeWithGrace from 'close-with-grace';
import { shellWord } from '../../dap/client/http/shell-word.ts';
import { DAP2 } from '../../dap/formats/index.ts';
import type { Overrides } from '../config/config.ts';
import { Drivers } from '../config/drivers/drivers.ts';
import { ConfigError, readConfig } from '../config/read.ts';
import { connectionShortage } from '../connections/connection-limits.ts';
import { buildApp } from '../http/app.ts';
import { addressesOf, listen } from '../http/listening.ts';
import { ClockWatch } from '../machine/clock-watch.ts';
import { networkAddresses, thisMachine } from '../machine/machine.ts';
import { visibleText } from '../text/visible-text.ts';
import { endThoughBlocked, threadsBack } from './blocked-threads.ts';
import { knownOpenFileLimit } from './descriptors.ts';
import { LiveState } from './live-state.ts';
import { EventLog } from './logging/events.ts';
import { createLogger, logStyle } from './logging/logger.ts';
import { Reloader } from './reload.ts';
import { RunningDatasets } from './running.ts';
import { inheritedSocket } from './service/inherited-socket.ts';
import { createNotifier, watchdogSeconds } from './service/notifier.ts';
import { Supervision } from './service/supervision.ts';
import { reportStrayErrors } from './uncaught.ts';

/** Seconds between rows from which on a warning is due: pydap, nginx and others give up after a minute or two without a row. */
const LONGEST_QUIET = 30;

/** Milliseconds that a clean end may take before the process ends anyway. */
const GRACE = 950;

/** The same if rows have to be written to the disk first; systemd waits 10 s. */
const HISTORY_GRACE = 8000;

/** Milliseconds of these for the exit itself. */
const RESERVE = 50;

export interface ServeOptions {
  /** The configuration's file; by default that of the environment, or the usual one. */
  readonly file: string | undefined;
  /** Options that win over those of the file. */
  readonly overrides: Overrides;
}

/** Serves until a signal comes. Rejects with one sentence when it cannot start, and with a ConfigError when the configuration is wrong. */
export async function serve({ file, overrides }: ServeOptions, webRoot: string): Promise<void> {
  const drivers = new Drivers();
  const read = await readConfig(file, overrides, { drivers });
  if ('problems' in read) throw new ConfigError(read.problems);
  const { config, files, skipped } = read;
  const place = { ...config.server, commandLine: overrides, inherited: inheritedSocket(process.env) };
  const style = logStyle();
  const logger = createLogger(style);
  const log = new EventLog(logger);
  const clock = new ClockWatch(thisMachine(), synchronized => log.synchronized(synchronized));
  const running = await RunningDatasets.start(config, {
    onEvent: (dataset, event) => {
      log.device(dataset, event);
      if (event.kind === 'clock-stepped') clock.stepped();
    },
    onOverrun: (dataset, missed) => log.overrun(dataset, missed),
    onFailure: (dataset, error) => log.failure(dataset, error),
    onLoadFailure: (dataset, error) => log.error(`stored rows of ${dataset} could not be loaded`, error),
    onHistory: (dataset, event) => log.history(dataset, event),
    synchronized: () => clock.state.synchronized,
  });
  reportStrayErrors(stray => log.stray(stray));
  const reloader = new Reloader({
    read: known => readConfig(file, overrides, { drivers, known }),
    running,
    files,
    logger,
  });
  const maxOpenFiles = knownOpenFileLimit();
  const state = new LiveState(running, reloader, clock);
  const app = await buildApp({
    state,
    webRoot,
    logger,
    maxOpenFiles,
    onError: (what, error) => log.error(what, error),
    onUnwanted: (end, address) => log.unwanted(end, address),
  });
  const supervision = new Supervision({
    notify: createNotifier(process.env, sentence => logger.warn(sentence)),
    watchdog: watchdogSeconds(process.env),
    state,
    streams: app.streams,
    logger,
  });
  const ending = new AbortController();
  endThoughBlocked();
  const grace = config.datasets.some(({ history }) => history !== undefined) ? HISTORY_GRACE : GRACE;
  // An unhandled rejection arrives as an uncaught error.
  closeWithGrace(
    { delay: grace, logger: false, skip: ['SIGHUP', 'unhandledRejection'] },
    async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'an error that nothing caught; ending');
      else if (style !== 'terminal') logger.info(`ending on ${signal}`);
      const until = performance.now() + grace - RESERVE;
      ending.abort();
      supervision.stopping();
      clock.close();
      await Promise.all([reloader.close(), app.close()]);
      await threadsBack(until);
    },
  );
  // A SIGHUP before this line ends the process, which is the kernel's default.
  process.on('SIGHUP', () => void supervision.reloading(reloader.reload()));
  // Rows are served whether the clock is synchronised or not.
  void clock.start();
  try {
    const onWait = (sentence: string) => {
      logger.warn(sentence);
      state.waits.add(sentence);
      // Rows are made meanwhile, so the start of the machine need not wait for the address.
      supervision.ready();
    };
    if (!(await listen(app, place, { onWait, signal: ending.signal }))) return;
  } catch (error) {
    await app.close();
    throw error;
  }
  state.waits.clear();
  supervision.ready();
  for (const sentence of skipped) logger.warn(sentence);
  const shortage = connectionShortage(state.limits, maxOpenFiles);
  if (shortage !== undefined) logger.warn(shortage);
  await reloader.watch(read.file, read.drivers);
  // A signal may have closed the server meanwhile.
  if (ending.signal.aborted) return;
  for (const { info, delivery } of state.datasets) {
    if (delivery.kind === 'scheduled' && delivery.interval > LONGEST_QUIET) {
      logger.warn(
        `dataset ${info.name}: an interval of ${delivery.interval} s: clients and proxies may give up between two rows`,
      );
    }
  }
  const names = state.datasets.map(({ info }) => info.name);
  const addresses = addressesOf(app, place, networkAddresses());
  if (style !== 'terminal')
    logger.info({ files, datasets: names, addresses }, `serving ${names.join(', ')} at ${addresses[0]}`);
  if (style !== 'journal') print(names, files, addresses);
}

function print(names: readonly string[], files: readonly string[], addresses: readonly string[]): void {
  const lines = [
    `dapberry serves ${names.join(', ')}${files.length === 0 ? '' : `, as in ${files.join(', ')}`}`,
    `  live page   ${addresses.join('  ')}`,
    `  as text     curl -N ${shellWord(`${addresses[0]}${names[0]}${DAP2.ascii.suffix}`)}`,
    `  stop with Ctrl-C`,
    '',
  ];
  process.stdout.write(visibleText(lines.join('\n')));
}
