// Runs the server: it opens the datasets, listens, prints its addresses, and ends cleanly on a signal.

import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { shellWord } from '../../dap/client/http/shell-word.ts';
import { DAP2 } from '../../dap/formats/index.ts';
import { thisHost } from '../../device/index.ts';
import type { Overrides } from '../config/config.ts';
import { Drivers } from '../config/drivers/drivers.ts';
import { LastGood } from '../config/last-good.ts';
import { ConfigError, readConfig } from '../config/read.ts';
import { findConfig } from '../config/text/find.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { endWaiting, hasWaitingRows } from '../history/waiting-rows.ts';
import { buildApp } from '../http/app.ts';
import { addressesOf, type ListenAddress, listen } from '../http/listening.ts';
import { ClockWatch } from '../machine/clock-watch.ts';
import { networkAddresses, thisMachine } from '../machine/machine.ts';
import { stateFolders } from '../machine/state-directory.ts';
import { Publisher } from '../publish/publisher.ts';
import { visibleText } from '../text/visible-text.ts';
import { LiveCertificate } from '../tls/live-certificate.ts';
import { announcementOf } from './announcing/announcement.ts';
import { Announcer } from './announcing/announcer.ts';
import { AttachedWatch } from './attached-watch.ts';
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
import { SINK_KINDS } from './sink-kinds.ts';
import { StandingWarnings } from './standing-warnings.ts';
import { type Start, startInstead } from './starting.ts';
import { reportStrayErrors } from './uncaught.ts';

/** Milliseconds that a clean end may take before the process ends anyway. */
const GRACE = 950;

/** The same if rows have to be written to the disk first; systemd waits 30 s. */
const HISTORY_GRACE = 25_000;

/** Milliseconds of these for the exit itself. */
const RESERVE = 50;

export interface ServeOptions {
  /** The configuration's file; by default that of the environment, or the usual one. */
  readonly file: string | undefined;
  /** Options that win over those of the file. */
  readonly overrides: Overrides;
}

/**
 * Serves until a signal comes. A wrong configuration is replaced by the last good one, or by the load of this machine; on a
 * terminal, where a person reads the mistakes, it rejects with a ConfigError. Rejects with one sentence when it cannot start.
 */
export async function serve({ file, overrides }: ServeOptions, webRoot: string): Promise<void> {
  const drivers = new Drivers();
  const read = await readConfig(file, overrides, { drivers, secrets: 'serve' });
  if ('problems' in read && process.stdout.isTTY) throw new ConfigError(read.problems);
  const style = logStyle();
  const logger = createLogger(style);
  const lastGood = new LastGood(read.file, stateFolders(process.env), sentence => logger.warn(sentence));
  const { valid, wrong }: Start =
    'problems' in read
      ? await startInstead(read, lastGood, overrides, { drivers, secrets: 'serve' })
      : { valid: read };
  const { config, files, skipped } = valid;
  const inherited = inheritedSocket(process.env);
  const log = new EventLog(logger);
  const clock = new ClockWatch(thisMachine(), synchronized => log.synchronized(synchronized));
  const synchronized = () => (clock.hasLooked ? clock.state.synchronized : undefined);
  const publisher = new Publisher({
    kinds: SINK_KINDS,
    folders: stateFolders(process.env),
    owner: resolve(read.file),
    onEvent: (dataset, event) => log.publishing(dataset, event),
    synchronized,
  });
  const running = await RunningDatasets.start(config, {
    onEvent: (dataset, event) => {
      log.device(dataset, event);
      if (event.kind === 'clock-stepped') clock.stepped();
    },
    onOverrun: (dataset, missed) => log.overrun(dataset, missed),
    onGone: (dataset, missed) => log.gone(dataset, missed),
    onFailure: (dataset, error) => log.failure(dataset, error),
    onLoadFailure: (dataset, error) => log.error(`stored rows of ${dataset} could not be loaded`, error),
    onHistory: (dataset, event) => log.history(dataset, event),
    onServed: datasets => publisher.update(datasets),
    onSource: (dataset, event) => log.source(dataset, event),
    onFleet: event => log.fleet(event),
    onOpening: (dataset, event) => log.opening(dataset, event),
    synchronized,
  });
  reportStrayErrors(stray => log.stray(stray));
  const certificate = new LiveCertificate({
    files: () => running.config.server.tls,
    environment: process.env,
    logger,
  });
  const reloader = new Reloader({
    read: known => readConfig(file, overrides, { drivers, known, secrets: 'serve' }),
    running,
    files,
    wrong,
    onTaken: taken => {
      void certificate.look();
      void lastGood.save(taken);
      announcer.update();
      warnings.tell();
    },
    logger,
  });
  let host: string | undefined;
  let port: number | undefined;
  const announcer = new Announcer({
    wanted: () =>
      port === undefined
        ? { reason: 'the server does not listen yet' }
        : announcementOf({ ...running.config, server: { ...running.config.server, host } }, port),
    logger,
    environment: process.env,
  });
  const maxOpenFiles = knownOpenFileLimit();
  const state = new LiveState(running, reloader, clock, certificate, announcer, publisher);
  const warnings = new StandingWarnings({ state, maxOpenFiles, logger });
  const app = await buildApp({
    state,
    webRoot,
    logger,
    maxOpenFiles,
    certificate,
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
  const attached = new AttachedWatch({
    builtin: () => (running.config.simulate ? undefined : running.config.builtin),
    host: thisHost(config.seed),
    reload: () => reloader.reload(),
  });
  endThoughBlocked();
  // An unhandled rejection arrives as an uncaught error.
  closeWithGrace(
    { delay: HISTORY_GRACE, logger: false, skip: ['SIGHUP', 'unhandledRejection'] },
    async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'an error that nothing caught; ending');
      else if (style !== 'terminal') logger.info(`ending on ${signal}`);
      // A blocked sensor does not hold up the end; the app waits for the rows of histories itself.
      const until = performance.now() + GRACE - RESERVE;
      // A reload may have added histories, or removed them.
      const mayStore =
        hasWaitingRows() || running.config.datasets.some(({ history }) => history !== undefined);
      if (!mayStore) setTimeout(() => process.exit(1), GRACE).unref();
      ending.abort();
      supervision.stopping();
      clock.close();
      certificate.close();
      attached.close();
      announcer.close();
      await app.stopAccepting();
      await Promise.all([
        running.stop(),
        reloader.close().then(() => running.stop()),
        publisher.close(),
        app.close(),
      ]);
      await endWaiting();
      await threadsBack(until);
    },
  );
  // A SIGHUP before this line ends the process, which is the kernel's default.
  process.on('SIGHUP', () => void supervision.reloading(reloader.reload()));
  // Rows are served whether the clock is synchronised or not.
  void clock.start();
  await certificate.look();
  const isKept = wrong === undefined ? lastGood.save(valid) : undefined;
  // The files are watched from here on: a mended address is taken while the server waits for a wrong one.
  await reloader.watch(valid.file, [...valid.drivers, ...valid.secrets]);
  // A file may have been saved before its watch began, while the datasets were opened.
  const { sources } = await findConfig(file, { known: files });
  if (!isDeepStrictEqual(sources, read.sources)) void reloader.reload();
  const placeNow = () => ({ ...state.limits, commandLine: overrides, inherited });
  let place: ListenAddress | undefined;
  try {
    const onWait = (sentence: string) => {
      logger.warn(sentence);
      state.waits.clear();
      state.waits.add(sentence);
      // Rows are made meanwhile, so the start of the machine need not wait for the address.
      supervision.ready();
    };
    const isImpatient = process.stdout.isTTY;
    place = await listen(app, placeNow, { onWait, isImpatient, signal: ending.signal });
  } catch (error) {
    await Promise.all([reloader.close(), publisher.close(), app.close()]);
    await endWaiting();
    throw error;
  }
  if (place === undefined) return;
  running.listensAt(place);
  host = place.host;
  port = portOf(app, place);
  announcer.update();
  if (state.waits.size > 0) logger.info('the wait for the address is over');
  state.waits.clear();
  supervision.ready();
  for (const sentence of skipped) logger.warn(sentence);
  await isKept;
  // A signal may have closed the server meanwhile.
  if (ending.signal.aborted) return;
  warnings.tell();
  const names = state.datasets.map(({ info }) => info.name);
  const addresses = addressesOf(app, { ...place, tls: running.config.server.tls }, networkAddresses());
  if (style !== 'terminal')
    logger.info({ files, datasets: names, addresses }, `serving ${namesText(names)} at ${addresses[0]}`);
  if (style !== 'journal') print(names, files, addresses, foldersOf(state.datasets));
}

/** The port that the kernel has given where any free one was asked for. */
function portOf(app: FastifyInstance, place: ListenAddress): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : place.port;
}

/** The folders in which the datasets keep their rows. */
function foldersOf(datasets: readonly Dataset[]): readonly string[] {
  const folders = datasets.flatMap(dataset => dataset.status().store?.history?.folder ?? []);
  return [...new Set(folders.map(folder => dirname(folder)))];
}

/** No dataset is open while none of the configuration can be opened. */
function namesText(names: readonly string[]): string {
  return names.length === 0 ? 'no dataset' : names.join(', ');
}

function print(
  names: readonly string[],
  files: readonly string[],
  addresses: readonly string[],
  folders: readonly string[],
): void {
  const [first] = names;
  const lines = [
    `dapberry serves ${namesText(names)}${files.length === 0 ? '' : `, as in ${files.join(', ')}`}`,
    `  live page   ${addresses.join('  ')}`,
    ...(first === undefined
      ? []
      : [`  as text     curl -N ${shellWord(`${addresses[0]}${first}${DAP2.ascii.suffix}`)}`]),
    ...(folders.length === 0 ? [] : [`  past rows   in ${folders.join(', ')}`]),
    `  stop with Ctrl-C`,
    '',
  ];
  process.stdout.write(visibleText(lines.join('\n')));
}
