// Where do log lines go? To standard error: readable on a terminal, JSON otherwise.

import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { DeviceEvent } from '../device/index.ts';

export type { Logger };

export function createLogger(): Logger {
  if (!process.stderr.isTTY) return pino({ base: null }, pino.destination({ dest: 2, sync: true }));
  return pino(pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }));
}

/** One line for one event of a dataset's device. */
export function logDeviceEvent(logger: Logger, dataset: string, event: DeviceEvent): void {
  logger.info({ dataset, ...event }, event.kind);
}

/** Readers that a log overtook come in crowds: they are told of once a minute for each dataset, with their sum. */
const OVERRUN_PAUSE = 60_000;

/** Logs rows that readers missed. */
export function overrunLog(logger: Logger): (dataset: string, missed: number) => void {
  const since = new Map<string, { at: number; missed: number }>();
  return (dataset, missed) => {
    const now = performance.now();
    const last = since.get(dataset);
    if (last !== undefined && now - last.at < OVERRUN_PAUSE) {
      last.missed += missed;
      return;
    }
    logger.warn({ dataset, missed: missed + (last?.missed ?? 0) }, 'readers were too slow and missed rows');
    since.set(dataset, { at: now, missed: 0 });
  };
}
