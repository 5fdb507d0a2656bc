// Turns the kernel's error numbers for I2C transfers into sentences that say what to do.

import { constants } from 'node:os';
import { messageOf } from '../../error-message.ts';
import { notAllowed } from '../device-policy.ts';
import { errnoOf } from '../errno.ts';

const { errno: ERRNO } = constants;

/** Missing among Node's constants (Linux, include/uapi/asm-generic/errno.h). */
const EREMOTEIO = 121;

/** Errors for a missing acknowledgement, that of the Pi's own driver first (Linux, Documentation/i2c/fault-codes). */
const NO_ANSWER: readonly number[] = [EREMOTEIO, ERRNO.ENXIO, ERRNO.ENODEV];

/** Errors for lost arbitration and for a transfer that failed half way. */
const DISTURBED: readonly number[] = [ERRNO.EIO, ERRNO.EAGAIN, ERRNO.EPROTO, ERRNO.EOVERFLOW];

/** Whether the same transfer may succeed at once in a second try. */
export function isPassing(error: unknown): boolean {
  const errno = errnoOf(error);
  return NO_ANSWER.includes(errno) || DISTURBED.includes(errno);
}

/** Whether the chip or the wires have failed, so that the bus can stay open. */
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
  return (
    accessError(error, bus) ?? say(`a transfer to ${place} failed: ${messageOf(error) || `errno ${errno}`}`)
  );
}

/** One sentence for a bus that cannot be opened; undefined for any other error. */
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
