// Checksums of the bytes of a file, so that a bit that has changed on a worn card is found and not served as a value.

import { crc32 } from 'node:zlib';

/** Bytes right before the footer that hold the checksum of all bytes behind them. */
export const FOOTER_CHECKSUM_BYTES = 4;

/** Checksums as text: eight hexadecimal digits each. */
export function checksumText(checksums: readonly number[]): string {
  return checksums.map(checksum => checksum.toString(16).padStart(8, '0')).join('');
}

/** The inverse of `checksumText`. */
export function checksumsIn(text: string): Uint32Array {
  if (!/^(?:[\da-f]{8})*$/.test(text)) throw new Error(`expected checksums, found ${JSON.stringify(text)}`);
  return Uint32Array.from({ length: text.length / 8 }, (_, index) =>
    Number.parseInt(text.slice(8 * index, 8 * index + 8), 16),
  );
}

/** Puts the checksum of a footer before it. */
export function withFooterChecksum(end: Uint8Array): Uint8Array {
  const length = new DataView(end.buffer, end.byteOffset, end.byteLength).getUint32(end.length - 8, true);
  const at = end.length - 8 - length;
  const checksum = Buffer.alloc(FOOTER_CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(end.subarray(at)));
  return Buffer.concat([end.subarray(0, at), checksum, end.subarray(at)]);
}

/** @param end the checksum of a footer, and the footer up to the end of the file */
export function hasFooterChecksum(end: Uint8Array): boolean {
  if (end.length < FOOTER_CHECKSUM_BYTES) return false;
  const checksum = new DataView(end.buffer, end.byteOffset, end.byteLength).getUint32(0, true);
  return crc32(end.subarray(FOOTER_CHECKSUM_BYTES)) === checksum;
}
