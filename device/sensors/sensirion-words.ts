// Takes words out of the answers of Sensirion chips, each checked by its CRC.

import { hexByte } from '../host/i2c/i2c.ts';
import { crc8 } from '../models/sensirion-crc.ts';

/** Bytes of a word with its CRC. */
export const WORD_LENGTH = 3;

/**
 * The word at `index` of an answer, 0 to 65535.
 * @throws if the answer is too short or the CRC is wrong
 */
export function wordAt(bytes: Uint8Array, index: number, place: string): number {
  const [high, low, crc] = bytes.subarray(index * WORD_LENGTH, (index + 1) * WORD_LENGTH);
  if (high === undefined || low === undefined || crc === undefined) {
    throw new Error(`${place}: expected ${(index + 1) * WORD_LENGTH} bytes, found ${bytes.length}`);
  }
  const expected = crc8(Uint8Array.of(high, low));
  if (crc === expected) return (high << 8) | low;
  throw new Error(
    `${place}: expected the CRC ${hexByte(expected)} of ${hexByte(high)} ${hexByte(low)}, found ${hexByte(crc)}: the transfer was disturbed`,
  );
}
