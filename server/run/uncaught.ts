// Handles uncaught errors: logs those of drivers and continues, and ends the program on any other.

import { inspect } from 'node:util';
import { type StrayError, takeStray } from '../../device/index.ts';
import { visibleText } from '../text/visible-text.ts';

let report: (stray: StrayError) => void = ({ file, error }) => {
  process.stderr.write(`dapberry: ${visibleText(strayText(file, error))}\n`);
};

/** The message for a driver's uncaught error. */
export function strayText(file: string, error: Error): string {
  return `an error that the driver ${file} did not catch: ${error.message}`;
}

/** Reports uncaught errors of drivers to `listener` from now on. */
export function reportStrayErrors(listener: (stray: StrayError) => void): void {
  report = listener;
}

/**
 * Captures all uncaught errors of this process. Errors that are not a driver's go to the listeners of `uncaughtException`; without
 * listeners, the process prints them to standard error and ends.
 */
export function takeUncaughtErrors(): void {
  process.setUncaughtExceptionCaptureCallback(error => {
    if (takeStray(error, stray => report(stray)) || process.emit('uncaughtException', error)) return;
    process.stderr.write(`${visibleText(inspect(error))}\n`);
    process.exit(1);
  });
}
