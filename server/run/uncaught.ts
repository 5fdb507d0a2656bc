// What becomes of an error that nobody caught? One that a driver threw is its own failure, and the program goes on; any other ends it.

import { inspect } from 'node:util';
import { type StrayError, takeStray } from '../../device/index.ts';
import { visibleText } from '../text/visible-text.ts';

let tell: (stray: StrayError) => void = ({ file, error }) => {
  process.stderr.write(`dapberry: ${visibleText(strayText(file, error))}\n`);
};

/** What is told of a driver's error. */
export function strayText(file: string, error: Error): string {
  return `an error that the driver ${file} did not catch: ${error.message}`;
}

/** Has the errors of drivers told to `listener` from now on. */
export function tellStrayErrors(listener: (stray: StrayError) => void): void {
  tell = listener;
}

/**
 * Takes all errors of this process that nobody catches. What is no driver's goes where it would have gone: to those that listen
 * to `uncaughtException`, else to standard error, and the process ends.
 */
export function takeUncaughtErrors(): void {
  process.setUncaughtExceptionCaptureCallback(error => {
    if (takeStray(error, stray => tell(stray)) || process.emit('uncaughtException', error)) return;
    process.stderr.write(`${visibleText(inspect(error))}\n`);
    process.exit(1);
  });
}
