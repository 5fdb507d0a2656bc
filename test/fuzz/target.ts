// Defines a target of the fuzzer: something that reads the bytes of others, and what it promises for any of them.

export interface Target {
  readonly name: string;
  /** Bytes that are right, from which wrong ones are made. Not empty. */
  seeds(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Reads any bytes. Throws, or rejects, where a promise is broken; an error that the promise allows is none. */
  run(bytes: Uint8Array): void | Promise<void>;
  /** Lets go of what the first seeds or cases have opened. */
  close?(): Promise<void>;
  /** How many times fewer cases than others it gets, because one takes as many times longer. */
  readonly slowness?: number;
}

export const textOfBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const bytesOfText = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** Runs `read`, whose errors must be of these classes, and say something. Others are thrown on. */
export function allows<T>(
  errors: readonly (abstract new (...args: never[]) => Error)[],
  read: () => T,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!errors.some(each => error instanceof each)) throw error;
    if ((error as Error).message === '') throw new Error('expected a message, found none', { cause: error });
    return undefined;
  }
}
