// Writes rows into a stream: a FIFO, a device such as /dev/null, or standard error.

import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Socket } from 'node:net';
import { pause } from '../../dap/client/http/reconnect.ts';
import { fileError } from './file-error.ts';
import type { Output } from './output.ts';

/** Seconds between two checks whether a program reads the FIFO. */
const LOOK_EVERY = 0.1;

/** The program that read the rows has ended. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

export interface StreamOutput {
  /** Resolves when there is room for more. Rejects with `ReaderGone` if the reader has ended. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a stream, a FIFO as soon as a program reads it. Throws the signal's reason. */
export async function openStream(
  { kind, path }: Exclude<Output, { kind: 'standard' | 'files' }>,
  signal: AbortSignal,
): Promise<StreamOutput> {
  if (kind === 'error') return new StandardErrorOutput();
  return kind === 'fifo'
    ? new FifoOutput(await openFifo(path, signal), signal)
    : new DeviceOutput(await openDevice(path), path);
}

async function openDevice(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOCTTY);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Opens without blocking, because a blocked thread would delay the end of the process until a reader comes. */
async function openFifo(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw fileError(path, error);
    }
    await pause(LOOK_EVERY, signal);
  }
}

class DeviceOutput implements StreamOutput {
  readonly #handle: FileHandle;
  readonly #path: string;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  async write(text: string): Promise<void> {
    try {
      await this.#handle.appendFile(text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw new ReaderGone();
      throw fileError(this.#path, error);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Writes to the open descriptor, because a service's socket cannot be opened by name. */
class StandardErrorOutput implements StreamOutput {
  async write(text: string): Promise<void> {
    await new Promise<void>(resolve => process.stderr.write(text, () => resolve()));
  }

  async close(): Promise<void> {}
}

class FifoOutput implements StreamOutput {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  #failure: Error | undefined;
  /** Ends the wait for a reader that reads nothing. */
  #settle = (): void => {};

  constructor(descriptor: number, signal: AbortSignal) {
    this.#signal = signal;
    this.#socket = new Socket({ fd: descriptor, readable: false, writable: true });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code === 'EPIPE' || error.code === 'ECONNRESET' ? new ReaderGone() : error;
      this.#settle();
    });
    signal.addEventListener('abort', this.#aborted);
  }

  async write(text: string): Promise<void> {
    await new Promise<void>(resolve => {
      this.#settle = resolve;
      if (this.#failure !== undefined || this.#signal.aborted) resolve();
      else this.#socket.write(text, () => resolve());
    });
    this.#signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#aborted);
    if (this.#socket.closed) return;
    const closed = once(this.#socket, 'close');
    if (this.#signal.aborted) this.#socket.destroy();
    else this.#socket.destroySoon();
    await closed;
  }

  readonly #aborted = (): void => this.#settle();
}
