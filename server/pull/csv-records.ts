// Finds the records of a CSV file from its end, so that a file of years is not read to its beginning.

import type { FileHandle } from 'node:fs/promises';

const PIECE = 262_144;

/** Bytes of the longest record: `pull` writes no longer one. */
const LONGEST_RECORD = 16 * 1024 ** 2;

const NEWLINE = 0x0a;
const QUOTE = 0x22;

export interface CsvRecord {
  /** The record's offset in the file. */
  readonly start: number;
  /** The bytes with the line end, except after the last line end. */
  readonly bytes: Buffer;
}

/** Bytes of the file from `start` on, up to `end` or the end of the file. */
export async function bytesOf(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/** The end of the bytes between `start` and `end` without NULs at their end, which a power cut can leave. */
export async function endWithoutNuls(file: FileHandle, start: number, end: number): Promise<number> {
  for (let to = end; to > start; to -= PIECE) {
    const from = Math.max(start, to - PIECE);
    const bytes = await bytesOf(file, from, to);
    for (let at = bytes.length - 1; at >= 0; at -= 1) if (bytes[at] !== 0) return from + at + 1;
  }
  return start;
}

/**
 * The records between `start`, the start of a record, and `end`, the last one first. The rest after the last line end comes
 * first, even if empty. With `mayHoldLines`, quoted fields may have line ends, and quotes are counted from `start` on.
 * @throws a `RangeError` for a record that is longer than `pull` writes
 */
export async function* recordsFromEnd(
  file: FileHandle,
  start: number,
  end: number,
  mayHoldLines: boolean,
): AsyncGenerator<CsvRecord, void, undefined> {
  const isOpen = mayHoldLines ? await quotesOpenAt(file, start, end) : [];
  let pending: Buffer[] = [];
  let length = 0;
  const take = (bytes: Buffer): void => {
    pending.unshift(bytes);
    length += bytes.length;
    if (length > LONGEST_RECORD) {
      throw new RangeError(`expected lines of at most ${LONGEST_RECORD} bytes, found a longer one`);
    }
  };
  for (let piece = Math.ceil((end - start) / PIECE) - 1; piece >= 0; piece -= 1) {
    const from = start + piece * PIECE;
    const bytes = await bytesOf(file, from, Math.min(end, from + PIECE));
    const ends = mayHoldLines ? recordEnds(bytes, isOpen[piece]!) : lineEnds(bytes);
    let to = bytes.length;
    for (const at of ends.reverse()) {
      take(bytes.subarray(at + 1, to));
      yield { start: from + at + 1, bytes: Buffer.concat(pending) };
      [pending, length, to] = [[], 0, at + 1];
    }
    take(bytes.subarray(0, to));
  }
  yield { start, bytes: Buffer.concat(pending) };
}

/** For each piece, whether a quoted field is open at its start. */
async function quotesOpenAt(file: FileHandle, start: number, end: number): Promise<boolean[]> {
  const open: boolean[] = [];
  let isOpen = false;
  for (let from = start; from < end; from += PIECE) {
    open.push(isOpen);
    const bytes = await bytesOf(file, from, Math.min(end, from + PIECE));
    for (let at = bytes.indexOf(QUOTE); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) isOpen = !isOpen;
  }
  return open;
}

function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) ends.push(at);
  return ends;
}

/** The line ends outside of quotes. */
export function recordEnds(bytes: Buffer, isOpenAtStart: boolean): number[] {
  const ends: number[] = [];
  let isOpen = isOpenAtStart;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === QUOTE) isOpen = !isOpen;
    else if (bytes[at] === NEWLINE && !isOpen) ends.push(at);
  }
  return ends;
}
