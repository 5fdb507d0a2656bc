// Makes the system calls that Node lacks, through koffi, which calls the C library.

import { kernelError } from './errno.ts';

/** System calls that throw an error with the kernel's `errno`, negative as in Node's own errors. */
export interface SystemCalls {
  /** @param argument the structure that the request reads or fills */
  ioctl(descriptor: number, request: number, argument: Buffer): void;
  /** Makes `readWaiting` not wait. */
  setNonBlocking(descriptor: number): void;
  /**
   * Reads the bytes that are available; does not wait, and does not throw.
   * @returns how many bytes it has read, 0 for none
   */
  readWaiting(descriptor: number, buffer: Buffer): number;
}

/** Constants of fcntl(2) on Linux for ARM and x86. */
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/** Loads koffi. Rejects if it is not installed or has no build for this machine. */
export async function loadSystemCalls(): Promise<SystemCalls> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(null);
  const ioctl = library.func('int ioctl(int descriptor, unsigned long request, ...)');
  const fcntl = library.func('int fcntl(int descriptor, int command, ...)');
  const read = library.func('long read(int descriptor, void *buffer, size_t length)');
  const check = (call: string, result: unknown) => {
    if (typeof result !== 'number' || result < 0) throw kernelError(call, koffi.errno());
  };
  return {
    ioctl: (descriptor, request, argument) => check('ioctl', ioctl(descriptor, request, 'void *', argument)),
    // The descriptor of a GPIO line has no other flags that this would clear.
    setNonBlocking: descriptor => check('fcntl', fcntl(descriptor, F_SETFL, 'int', O_NONBLOCK)),
    readWaiting: (descriptor, buffer) => Math.max(0, Number(read(descriptor, buffer, buffer.length))),
  };
}
