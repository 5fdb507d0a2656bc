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
