// Reads the kernel's error number from an error, where libraries keep it negative or positive, and makes such errors.

/** The kernel's error number, positive; 0 if the error has none. i2c-bus leaves `code` empty for most of its errors. */
export function errnoOf(error: unknown): number {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return 0;
  return Math.abs(error.errno);
}

/** The error of a failed system call; `errno` is negative, as in Node's own errors. */
export function kernelError(call: string, errno: number): Error {
  return Object.assign(new Error(`${call}: errno ${errno}`), { errno: -errno });
}
