// What went wrong in a transfer on an I2C bus? The kernel's error numbers, in sentences that say what to do.

import { constants } from 'node:os';
import { notAllowed } from '../device-policy.ts';
import { errnoOf } from '../errno.ts';

const { errno: ERRNO } = constants;

/** Not among Node's constants; Linux, include/uapi/asm-generic/errno.h. */
const EREMOTEIO = 121;

/** Nobody acknowledged: what drivers of buses say (Linux, Documentation/i2c/fault-codes), the Pi's own first. */
const NO_ANSWER: readonly number[] = [EREMOTEIO, ERRNO.ENXIO, ERRNO.ENODEV];

/** Arbitration lost, or a transfer that went wrong half way. */
const DISTURBED: readonly number[] = [ERRNO.EIO, ERRNO.EAGAIN, ERRNO.EPROTO, ERRNO.EOVERFLOW];

/** Whether the same transfer may well succeed when it is tried again at once. */
export function isPassing(error: unknown): boolean {
  const errno = errnoOf(error);
  return NO_ANSWER.includes(errno) || DISTURBED.includes(errno);
}

/** Whether the error is of the chip or the wires, so that the opened bus is as good as before. */
export function isOfTheChip(error: unknown): boolean {
  return [EREMOTEIO, ERRNO.ENXIO, ERRNO.ETIMEDOUT, ...DISTURBED].includes(errnoOf(error));
}

/** One sentence for an error of a transfer to `place`, such as `0x48 on i2c-1`. */
export function transferError(error: unknown, place: string, bus: string): Error {
  const errno = errnoOf(error);
  const say = (sentence: string) => new Error(sentence, { cause: error });
  if (NO_ANSWER.includes(errno)) {
    return say(`no chip answers at ${place}: check its wires, its supply and its address pins`);
  }
  if (errno === ERRNO.ETIMEDOUT) {
    return say(
      `${bus} timed out at ${place}: a line may be held low, by a short, a chip that hangs or a missing pull-up`,
    );
  }
  if (errno === ERRNO.EBUSY) {
    return say(
      `${place} is held by a driver of the kernel: read it with the kind iio or hwmon, or take its dtoverlay out`,
    );
  }
  if (DISTURBED.includes(errno)) {
    return say(`a transfer to ${place} was disturbed (errno ${errno}): check the wires and the pull-ups`);
  }
  if (errno === ERRNO.EOPNOTSUPP) {
    return say(`${bus} cannot do the kind of transfer that the chip at ${place} needs`);
  }
  return accessError(error, bus) ?? say(`a transfer to ${place} failed: ${messageOf(error)}`);
}

/** One sentence for a bus that cannot be opened; undefined for an error of another sort. */
export function accessError(error: unknown, bus: string): Error | undefined {
  const errno = errnoOf(error);
  if (errno === ERRNO.ENOENT) {
    return new Error(
      `/dev/${bus} is not there: switch I2C on (raspi-config, Interface Options, or dtparam=i2c_arm=on in config.txt) and load i2c-dev`,
      { cause: error },
    );
  }
  if (errno === ERRNO.EPERM) return new Error(notAllowed(`/dev/${bus}`), { cause: error });
  if (errno === ERRNO.EACCES) {
    return new Error(
      `/dev/${bus} may not be opened by this user: add it to the group i2c (sudo usermod -aG i2c USER), then log in again`,
      { cause: error },
    );
  }
  return undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? `errno ${errnoOf(error)}` : error.message;
}
