// Reads the log of the device mapper's target log-writes (Linux, Documentation/admin-guide/device-mapper/log-writes.rst).

import { readFileSync } from 'node:fs';

const MAGIC = 0x6a736677736872n;
const FLUSH = 1;
const FUA = 2;
const DISCARD = 4;
const MARK = 8;

/** The writes, flushes and marks in their order: `{ at, data, isFlush, isForced, mark }`, `at` in bytes. */
export function* readLog(file) {
  const log = readFileSync(file);
  if (log.readBigUInt64LE(0) !== MAGIC)
    throw new Error(`${file}: expected a log of writes, found another file`);
  const count = Number(log.readBigUInt64LE(16));
  const sector = log.readUInt32LE(24);
  let offset = sector;
  for (let entry = 0; entry < count; entry += 1) {
    const number = field => Number(log.readBigUInt64LE(offset + 8 * field));
    const [at, sectors, flags, length] = [number(0) * sector, number(1), number(2), number(3)];
    const text = flags & MARK ? log.toString('utf8', offset + 32, offset + 32 + length) : undefined;
    offset += sector;
    // A discard, and a mark, have no data behind them.
    const bytes = flags & (DISCARD | MARK) ? 0 : sectors * sector;
    const data = log.subarray(offset, offset + bytes);
    offset += bytes;
    yield {
      at,
      data,
      isFlush: (flags & FLUSH) !== 0,
      isForced: (flags & FUA) !== 0,
      mark: text?.replace(/\0.*$/, ''),
    };
  }
}
