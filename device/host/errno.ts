// Which of the kernel's error numbers does an error have? Libraries keep it in `errno`, negative or positive.

/** The kernel's number, positive; 0 where it has none. i2c-bus leaves `code` empty for most. */
export function errnoOf(error: unknown): number {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return 0;
  return Math.abs(error.errno);
}

/** A failed call of the kernel, as Node's own: `errno` is negative. */
export function kernelError(call: string, errno: number): Error {
  return Object.assign(new Error(`${call}: errno ${errno}`), { errno: -errno });
}
