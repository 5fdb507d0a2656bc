// Reads the files that a configuration names: regular files up to a size, nothing that could block or never end.

import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** The error for a file that exists and is refused. The message says what was expected and found. */
export class UnfitFile extends Error {
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.name = 'UnfitFile';
    this.expected = expected;
    this.found = found;
  }
}

/**
 * Opens a regular file, or a symbolic link to one, of at most `largest` bytes. Never waits: opening or reading a device, or a
 * FIFO without a writer, can block a thread, which then keeps the process from ending.
 * @throws UnfitFile, or the system's error
 */
async function openRegular(path: string, largest: number): Promise<FileHandle> {
  // A device is not opened at all, since opening some of them has an effect: it starts a watchdog.
  check(await stat(path), largest);
  // Another file may have taken its place meanwhile: opened without waiting, and checked again.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    check(await file.stat(), largest);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The bytes of a regular file. The file is opened for the first bytes, and closed when the generator ends.
 * @throws UnfitFile, or the system's error
 */
export async function* streamRegular(path: string, largest: number): AsyncGenerator<Uint8Array, void> {
  const file = await openRegular(path, largest);
  try {
    yield* file.createReadStream({ autoClose: false });
  } finally {
    await file.close();
  }
}

/**
 * Reads a whole regular file of at most `largest` bytes, also one whose size says 0, as in /proc.
 * @throws UnfitFile, or the system's error
 */
export async function readRegular(path: string, largest: number): Promise<Uint8Array> {
  const file = await openRegular(path, largest);
  try {
    const { size } = await file.stat();
    let bytes = Buffer.allocUnsafe(Math.min(size, largest) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (length > largest) throw tooLarge(largest, 'more');
      if (bytesRead === 0) return bytes.subarray(0, length);
      if (length === bytes.length) {
        const longer = Buffer.allocUnsafe(Math.min(2 * length + 4096, largest + 1));
        bytes.copy(longer);
        bytes = longer;
      }
    }
  } finally {
    await file.close();
  }
}

function check(stats: Stats, largest: number): void {
  if (!stats.isFile()) throw new UnfitFile('a regular file', kindText(stats));
  if (stats.size > largest) throw tooLarge(largest, String(stats.size));
}

function tooLarge(largest: number, found: string): UnfitFile {
  return new UnfitFile(`a file of at most ${largest} bytes`, found);
}

function kindText(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO (named pipe)';
  if (stats.isSocket()) return 'a socket';
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device';
  return 'something else';
}
