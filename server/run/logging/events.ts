// Logs what happens: one line an event, in words, with its numbers as fields.

import { type DeviceEvent, messageOf, type StrayError } from '../../../device/index.ts';
import type { UnwantedEnd } from '../../http/app.ts';
import { CATCHES_UP_IN, FAR_AHEAD, RESTART_ADVICE } from '../../machine/far-ahead.ts';
import type { FleetEvent } from '../../nats/fleet.ts';
import type { FeedEvent } from '../../publish/sink.ts';
import type { SourceEvent } from '../../source/row-source.ts';
import { spoken } from '../../text/terminal-text.ts';
import type { OpeningEvent } from '../configured-dataset.ts';
import type { HistoryEvent } from '../opening.ts';
import { strayText } from '../uncaught.ts';
import { HISTORY, UNWANTED } from './event-words.ts';
import { fleetLine } from './fleet-lines.ts';
import type { Logger } from './logger.ts';
import { publishLine } from './publish-lines.ts';
import { RateLimiter } from './rate-limiter.ts';

const MINUTE = 60_000;

/**
 * A sensor with a loose wire fails and comes back all day: the first changes are logged one by one, then one line sums up ten
 * minutes, the next one twenty and so on, up to an hour.
 */
const CHANGES = { most: 6, window: 10 * MINUTE, longest: 60 * MINUTE };

/** Many readers can have trouble at once: one line sums up a minute, the next one two minutes and so on. */
const READERS = { most: 1, window: MINUTE, longest: 60 * MINUTE };

/** Clock steps that differ by less than this, in seconds, are one step seen by several datasets; the number remembered. */
const SAME_STEP = 0.1;
const STEPS_KEPT = 8;

interface LoggedStep {
  readonly seconds: number;
  /** The datasets that have seen the step. */
  readonly datasets: Set<string>;
}

/** A driver may throw with each reading. */
const DRIVERS = { most: 1, window: MINUTE, longest: 60 * MINUTE };

export class EventLog {
  readonly #logger: Logger;
  readonly #changes = new RateLimiter(CHANGES);
  readonly #readers = new RateLimiter(READERS);
  /** A note about several sensors, such as all on a bus, is logged once. */
  readonly #notes = new Set<string>();
  readonly #drivers = new RateLimiter(DRIVERS);
  readonly #steps: LoggedStep[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** An event of a dataset's device. */
  device(dataset: string, event: DeviceEvent): void {
    const logger = this.#logger;
    switch (event.kind) {
      case 'sensor-failing': {
        const { sensor, error } = event;
        this.#changes.report(`${dataset} ${sensor}`, 1, (_changes, held) => {
          const fields = { dataset, sensor, error };
          if (held === 0) logger.warn(fields, `sensor ${sensor} fails: ${error}`);
          else logger.warn({ ...fields, changes: held }, changesText(sensor, held, `it fails now: ${error}`));
        });
        break;
      }
      case 'sensor-back': {
        const { sensor, seconds } = event;
        this.#changes.report(`${dataset} ${sensor}`, 1, (_changes, held) => {
          const fields = { dataset, sensor };
          if (held === 0)
            logger.info({ ...fields, seconds }, `sensor ${sensor} is back after ${spoken(seconds)}`);
          else logger.warn({ ...fields, changes: held }, changesText(sensor, held, 'it answers now'));
        });
        break;
      }
      case 'sensor-note': {
        const { sensor, note } = event;
        const key = `${dataset} ${note}`;
        if (this.#notes.has(key)) break;
        this.#notes.add(key);
        logger.warn({ dataset, sensor }, note);
        break;
      }
      case 'sensor-slow': {
        const { sensor, every, takes, waits, between } = event;
        const waiting = waits > 0 ? `, ${spoken(waits)} of them waiting for others on its bus` : '';
        const rows = between === 'hold' ? 'repeat the earlier one' : 'have no value';
        logger.warn(
          { dataset, sensor, every, takes, waits },
          `sensor ${sensor} is too slow to be read every ${spoken(every)}: a reading takes ${spoken(takes)}${waiting}; rows between two readings ${rows}`,
        );
        break;
      }
      case 'clock-stepped':
        if (!this.#isLogged(dataset, event.seconds)) this.#clockStepped(event);
        break;
      case 'slots-missed':
        this.#changes.report(`${dataset} slots`, event.missed, missed =>
          logger.warn(
            { dataset, missed },
            `${missed === 1 ? 'a row was' : `${missed} rows were`} not made: the machine, or a sensor, was too slow`,
          ),
        );
        break;
      case 'rows-dropped':
        this.#changes.report(`${dataset} dropped`, event.dropped, dropped =>
          logger.warn(
            { dataset, dropped },
            `${dropped === 1 ? 'a row was' : `${dropped} rows were`} dropped: messages come faster than rows can be stored`,
          ),
        );
    }
  }

  /** Memory forgot rows of a dataset before a reader came to them. */
  overrun(dataset: string, missed: number): void {
    this.#missed(dataset, missed, 'they were too slow');
  }

  /** Rows of a dataset were gone from its history when a reader came to them. */
  gone(dataset: string, missed: number): void {
    this.#missed(dataset, missed, 'a file of the history is gone, or the disk could not take the rows');
  }

  #missed(dataset: string, missed: number, why: string): void {
    this.#readers.report(`missed ${dataset} ${why}`, missed, sum =>
      this.#logger.warn(
        { dataset, missed: sum },
        `readers of ${dataset} missed ${sum === 1 ? 'a row' : `${sum} rows`}: ${why}`,
      ),
    );
  }

  /** News of a dataset's rows on the disk. */
  history(dataset: string, event: HistoryEvent): void {
    const logger = this.#logger;
    if (event.kind === 'remark') {
      logger.warn({ dataset }, event.text);
      return;
    }
    const { work, kind } = event;
    this.#changes.report(`${dataset} history ${work}`, 1, (_changes, held) => {
      const { fails, succeeds } = HISTORY[work](dataset);
      const again = held > 0 ? `, after ${held} more changes` : '';
      if (kind === 'back') logger.info({ dataset }, `${succeeds}${again}`);
      else logger.error({ dataset }, `${fails}${again}: ${messageOf(event.error)}`);
    });
  }

  /** News of a feed of a dataset's rows to another machine. */
  publishing(dataset: string, event: FeedEvent): void {
    const { kind, to } = event;
    const isDrop = kind === 'dropped';
    const subject = kind === 'back' ? 'away' : isDrop ? event.reason : kind;
    const limiter = isDrop ? this.#readers : this.#changes;
    limiter.report(`publish ${dataset} ${to} ${subject}`, isDrop ? (event.rows ?? 1) : 1, (sum, held) => {
      const { level, text } = publishLine(dataset, event, held, sum);
      this.#logger[level]({ dataset, to }, text);
    });
  }

  /** News of a source that is another server. */
  source(dataset: string, event: SourceEvent): void {
    const logger = this.#logger;
    if (event.kind === 'notice') {
      logger.warn({ dataset }, event.text);
      return;
    }
    this.#changes.report(`${dataset} source`, 1, (_changes, held) => {
      const again = held > 0 ? `, after ${held} more changes` : '';
      if (event.kind === 'away')
        logger.warn({ dataset }, `no rows come for ${dataset}: ${event.reason}${again}`);
      else logger.info({ dataset }, `rows come for ${dataset} again after ${spoken(event.seconds)}${again}`);
    });
  }

  /** News of the fleet whose datasets are served. */
  fleet(event: FleetEvent): void {
    const subject = 'dataset' in event ? event.dataset : 'servers';
    this.#changes.report(`fleet ${subject}`, 1, (_changes, held) => {
      const again = held > 0 ? `, after ${held} more changes` : '';
      const { level, text } = fleetLine(event);
      this.#logger[level](`${text}${again}`);
    });
  }

  /** A dataset waits to be opened, or is opened again. */
  opening(dataset: string, event: OpeningEvent): void {
    this.#changes.report(`${dataset} opening`, 1, (_changes, held) => {
      const again = held > 0 ? `, after ${held} more changes` : '';
      switch (event.kind) {
        case 'waiting':
          this.#logger.error({ dataset }, `dataset ${dataset}: ${event.reason}; it is tried again${again}`);
          break;
        case 'opened':
          this.#logger.info({ dataset }, `dataset ${dataset} could be opened${again}`);
          break;
        case 'reopening':
          this.#logger.warn(
            { dataset },
            `dataset ${dataset}: ${event.reason}; its streams have ended, and it is opened again${again}`,
          );
      }
    });
  }

  /** A dataset stopped making rows because of an error; at interval 0, the rows of one reader. */
  failure(dataset: string, err: unknown): void {
    const reason = err instanceof Error ? err.message : String(err);
    this.#changes.report(`${dataset} failure`, 1, (times, held) =>
      this.#logger.error(
        { dataset, err, ...(held > 0 ? { times } : {}) },
        `${dataset} gives no more rows: ${reason}`,
      ),
    );
  }

  /** An error of the server. `what` names what failed, in the same words each time. */
  error(what: string, err: unknown): void {
    this.#changes.report(what, 1, (times, held) =>
      this.#logger.error(
        { err, ...(held > 0 ? { times } : {}) },
        held > 0 ? `${what}, ${times} more times` : what,
      ),
    );
  }

  /** An uncaught error of a driver. */
  stray({ file, error: err }: StrayError): void {
    this.#drivers.report(file, 1, (errors, held) =>
      this.#logger.error(
        { driver: file, err, errors },
        held === 0 ? strayText(file, err) : `${errors} more errors; the last: ${strayText(file, err)}`,
      ),
    );
  }

  /** The system clock is synchronised or not: logged at the start and after each change. */
  synchronized(state: 'yes' | 'no'): void {
    if (state === 'yes') this.#logger.info('the system clock is synchronised');
    else
      this.#logger.warn(
        'the system clock is not synchronised: the times of rows may be wrong, and are marked',
      );
  }

  /** A client whose stream or connection the server ended or refused. */
  unwanted(end: UnwantedEnd, address: string): void {
    this.#readers.report(end, 1, (clients, held) => {
      const [one, many] = UNWANTED[end];
      this.#logger.warn(
        { address, clients },
        held === 0 ? `${address} ${one}` : `${clients} clients ${many}, ${address} the last of them`,
      );
    });
  }

  /** Whether a step is logged already, because another dataset has seen it: each dataset detects a step by itself. */
  #isLogged(dataset: string, seconds: number): boolean {
    const logged = this.#steps.find(
      step => !step.datasets.has(dataset) && Math.abs(step.seconds - seconds) < SAME_STEP,
    );
    if (logged === undefined) {
      this.#steps.push({ seconds, datasets: new Set([dataset]) });
      if (this.#steps.length > STEPS_KEPT) this.#steps.shift();
    } else logged.datasets.add(dataset);
    return logged !== undefined;
  }

  #clockStepped({ seconds, ahead, time }: Extract<DeviceEvent, { kind: 'clock-stepped' }>): void {
    const way = `${seconds < 0 ? 'back' : 'forward'} by ${spoken(Math.abs(seconds))}`;
    const isFar = ahead >= FAR_AHEAD;
    const rows = rowsAfterStep(ahead, isFar);
    this.#changes.report('clock', 1, (_steps, held) => {
      const again = `the system clock was set ${held} more times, the last time ${way}`;
      const sentence = held > 0 ? again : `the system clock was set ${way}`;
      this.#logger.warn(
        { seconds, ahead, rowTime: time, ...(held > 0 ? { steps: held } : {}) },
        held > 0 && !isFar ? sentence : `${sentence}; ${rows}`,
      );
    });
  }
}

function rowsAfterStep(ahead: number, isFar: boolean): string {
  if (ahead === 0) return 'earlier rows keep the times of the clock before it was set';
  const early = `the times of rows are ${spoken(ahead)} ahead of it`;
  if (isFar) return `${early}, and stay ahead for ${spoken(CATCHES_UP_IN * ahead)}: ${RESTART_ADVICE}`;
  return `${early} until the clock catches up`;
}

function changesText(sensor: string, changes: number, now: string): string {
  return `sensor ${sensor} failed or came back ${changes} more times; ${now}`;
}
