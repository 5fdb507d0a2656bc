// Turns the kernel's error numbers for GPIO lines into sentences that say what to do.

import { constants } from 'node:os';
import { messageOf } from '../../error-message.ts';
import { notAllowed } from '../device-policy.ts';
import { errnoOf } from '../errno.ts';
import { pinName } from './gpio.ts';

const { errno: ERRNO } = constants;

/** The end of a sentence about a file that this user may not use. */
export function forbidden(path: string): string {
  return `${path} may not be used by this user: add it to the group gpio (sudo usermod -aG gpio USER), then log in again`;
}

/** The end of a sentence about a chip's device file that cannot be opened. */
export function chipError(error: unknown, path: string): string {
  switch (errnoOf(error)) {
    case ERRNO.EACCES:
      return forbidden(path);
    case ERRNO.EPERM:
      return notAllowed(path);
    default:
      return `${path} could not be opened: ${messageOf(error)}`;
  }
}

/**
 * One sentence for an error in opening a line.
 * @param holder the holder of the line, such as `spi0 CS0`, if it is known
 */
export function openingError(error: unknown, pin: number, path: string, holder: string | undefined): Error {
  const errno = errnoOf(error);
  const say = (sentence: string) => new Error(`${pinName(pin)}${sentence}`, { cause: error });
  switch (errno) {
    case ERRNO.EBUSY:
      return say(
        ` is in use by ${holder ?? 'another program or a driver of the kernel'}: choose another pin, or end what uses it`,
      );
    case ERRNO.EACCES:
      return say(`: ${forbidden(path)}`);
    case ERRNO.EROFS:
      return say(`: ${path} is read-only here, in a container or a sandbox of systemd`);
    case ERRNO.EINVAL:
      return say(` cannot be opened as it is asked for: ${path} does not have that line, or not as such`);
    default:
      return say(` could not be opened: ${messageOf(error)}`);
  }
}

/**
 * One sentence for a line that another program has exported, or has left exported.
 * @param line the kernel's number of the line
 * @param why it cannot be read beside that program, a part of a sentence
 * @param unexport the file that frees it
 */
export function exportedError(pin: number, line: number, why: string, unexport: string): Error {
  return new Error(
    `${pinName(pin)} is in use: line ${line} was exported by another program, which uses it or has left it so, and ${why}: end that program, or free the line if none uses it: echo ${line} | sudo tee ${unexport}`,
  );
}

/** One sentence for an error in reading or writing an open line. */
export function goneError(error: unknown, pin: number): Error {
  return new Error(
    `${pinName(pin)} has gone since it was opened (${messageOf(error)}): was its driver unloaded?`,
    { cause: error },
  );
}
