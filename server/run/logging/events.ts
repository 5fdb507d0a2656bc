// Logs what happens: one line an event, in words, with its numbers as fields.

import type { DeviceEvent, StrayError } from '../../../device/index.ts';
import type { UnwantedEnd } from '../../http/app.ts';
import { BEGIN_ANEW, CATCHES_UP_IN, FAR_AHEAD } from '../../machine/far-ahead.ts';
import { spoken } from '../../text/terminal-text.ts';
import { strayText } from '../uncaught.ts';
import type { Logger } from './logger.ts';
import { RateLimiter } from './rate-limiter.ts';

const MINUTE = 60_000;

/**
 * A sensor with a loose wire fails and comes back all day: so many times are told one by one, then there is a line after ten minutes, after
 * twenty more and so on, and in the end one an hour.
 */
const CHANGES = { most: 6, window: 10 * MINUTE, longest: 60 * MINUTE };

/** Readers come in crowds, and so do their troubles: their sum is told after a minute, after two more and so on. */
const READERS = { most: 1, window: MINUTE, longest: 60 * MINUTE };

/** Steps of the clock that differ by less, in seconds, are one, seen by several datasets; so many are remembered. */
const SAME_STEP = 0.1;
const STEPS_KEPT = 8;

interface LoggedStep {
  readonly seconds: number;
  /** Those that have seen it. */
  readonly datasets: Set<string>;
}

/** A driver may throw with each reading. */
const DRIVERS = { most: 1, window: MINUTE, longest: 60 * MINUTE };

/** What is said of one client, and of several. */
const UNWANTED: Readonly<Record<UnwantedEnd, readonly [one: string, many: string]>> = {
  'stream-stuck': ['took nothing and was cut off', 'took nothing and were cut off'],
  'stream-displaced': [
    'had been without a row for longest and gave its place to another client (server.maxStreams, server.maxStreamsPerAddress)',
    'had been without a row for longest and gave their places to others (server.maxStreams, server.maxStreamsPerAddress)',
  ],
  'connection-refused': [
    'was refused a connection: too many are open (server.maxConnections, server.maxConnectionsPerAddress)',
    'were refused a connection: too many were open (server.maxConnections, server.maxConnectionsPerAddress)',
  ],
  'connection-displaced': [
    'had a connection without a request, which was closed for another one (server.maxConnections, server.maxConnectionsPerAddress)',
    'had connections without a request, which were closed for others (server.maxConnections, server.maxConnectionsPerAddress)',
  ],
  'connection-flooded': [
    'sent too many requests without waiting for the answers and was disconnected (server.maxUnansweredRequests)',
    'sent too many requests without waiting for the answers and were disconnected (server.maxUnansweredRequests)',
  ],
  'connection-stuck': [
    'took nothing of its answers and was cut off',
    'took nothing of their answers and were cut off',
  ],
};

export class EventLog {
  readonly #logger: Logger;
  readonly #changes = new RateLimiter(CHANGES);
  readonly #readers = new RateLimiter(READERS);
  /** What is true of several sensors, as of all on a bus, is told once. */
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
          else
            logger.warn({ ...fields, changes: held }, comesAndGoes(sensor, held, `it fails now: ${error}`));
        });
        break;
      }
      case 'sensor-back': {
        const { sensor, seconds } = event;
        this.#changes.report(`${dataset} ${sensor}`, 1, (_changes, held) => {
          const fields = { dataset, sensor };
          if (held === 0)
            logger.info({ ...fields, seconds }, `sensor ${sensor} is back after ${spoken(seconds)}`);
          else logger.warn({ ...fields, changes: held }, comesAndGoes(sensor, held, 'it answers now'));
        });
        break;
      }
      case 'sensor-note': {
        const { sensor, note } = event;
        const told = `${dataset} ${note}`;
        if (this.#notes.has(told)) break;
        this.#notes.add(told);
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
        if (!this.#isTold(dataset, event.seconds)) this.#clockStepped(event);
        break;
      case 'slots-missed':
        this.#changes.report(`${dataset} slots`, event.missed, missed =>
          logger.warn(
            { dataset, missed },
            `${missed === 1 ? 'a row was' : `${missed} rows were`} not made: the machine, or a sensor, was too slow`,
          ),
        );
    }
  }

  /** A dataset's log forgot rows before a reader came to them. */
  overrun(dataset: string, missed: number): void {
    this.#readers.report(`overrun ${dataset}`, missed, sum =>
      this.#logger.warn(
        { dataset, missed: sum },
        `readers of ${dataset} were too slow and missed ${sum === 1 ? 'a row' : `${sum} rows`}`,
      ),
    );
  }

  /** A dataset gives no more rows though nobody stopped it; at interval 0, those of one reader. */
  failure(dataset: string, err: unknown): void {
    const reason = err instanceof Error ? err.message : String(err);
    this.#changes.report(`${dataset} failure`, 1, (times, held) =>
      this.#logger.error(
        { dataset, err, ...(held > 0 ? { times } : {}) },
        `${dataset} gives no more rows: ${reason}`,
      ),
    );
  }

  /** An error of ours: what was broken off by it, in words that are the same each time. */
  error(what: string, err: unknown): void {
    this.#changes.report(what, 1, (times, held) =>
      this.#logger.error(
        { err, ...(held > 0 ? { times } : {}) },
        held > 0 ? `${what}, ${times} more times` : what,
      ),
    );
  }

  /** An error of a driver that nobody caught. */
  stray({ file, error: err }: StrayError): void {
    this.#drivers.report(file, 1, (errors, held) =>
      this.#logger.error(
        { driver: file, err, errors },
        held === 0 ? strayText(file, err) : `${errors} more errors; the last: ${strayText(file, err)}`,
      ),
    );
  }

  /** The system clock is synchronised, or is not: told at the start and when that changes. */
  synchronized(state: 'yes' | 'no'): void {
    if (state === 'yes') this.#logger.info('the system clock is synchronised');
    else
      this.#logger.warn(
        'the system clock is not synchronised: the times of rows may be wrong, and are marked',
      );
  }

  /** A client whose stream or connection the server ended, or did not take. */
  unwanted(end: UnwantedEnd, address: string): void {
    this.#readers.report(end, 1, (clients, held) => {
      const [one, many] = UNWANTED[end];
      this.#logger.warn(
        { address, clients },
        held === 0 ? `${address} ${one}` : `${clients} clients ${many}, ${address} the last of them`,
      );
    });
  }

  /** Each dataset finds a step by itself, when it makes its next row: whether this one was told of for another dataset. */
  #isTold(dataset: string, seconds: number): boolean {
    const told = this.#steps.find(
      step => !step.datasets.has(dataset) && Math.abs(step.seconds - seconds) < SAME_STEP,
    );
    if (told === undefined) {
      this.#steps.push({ seconds, datasets: new Set([dataset]) });
      if (this.#steps.length > STEPS_KEPT) this.#steps.shift();
    } else told.datasets.add(dataset);
    return told !== undefined;
  }

  #clockStepped({ seconds, ahead, time }: Extract<DeviceEvent, { kind: 'clock-stepped' }>): void {
    const way = `${seconds < 0 ? 'back' : 'forward'} by ${spoken(Math.abs(seconds))}`;
    const isFar = ahead >= FAR_AHEAD;
    const rows = rowsAfterStep(ahead, isFar);
    this.#changes.report('clock', 1, (_steps, held) => {
      const again = `the system clock was set ${held} more times, the last time ${way}`;
      const sentence = held > 0 ? again : `the system clock was set ${way}`;
      this.#logger.warn(
        { seconds, ahead, time, ...(held > 0 ? { steps: held } : {}) },
        held > 0 && !isFar ? sentence : `${sentence}; ${rows}`,
      );
    });
  }
}

function rowsAfterStep(ahead: number, isFar: boolean): string {
  if (ahead === 0) return 'the times of rows before are those of the clock as it was';
  const early = `the times of rows are ${spoken(ahead)} ahead of it`;
  if (isFar) return `${early}, and will be for ${spoken(CATCHES_UP_IN * ahead)}: ${BEGIN_ANEW}`;
  return `${early} until it has caught up, or the server is started again`;
}

function comesAndGoes(sensor: string, changes: number, now: string): string {
  return `sensor ${sensor} failed or came back ${changes} more times; ${now}`;
}
