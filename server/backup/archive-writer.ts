// Writes a compressed tar archive piece by piece, and notes the checksum of each file in it.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Header, Pack, ReadEntry } from 'tar';
import { writeAll } from '../history/parquet/file-writer.ts';
import type { Checksum } from './manifest.ts';

/** Parquet files are compressed already: a higher level takes a small board minutes and saves nothing. */
const LEVEL = 1;

export interface ArchivedFile {
  readonly entry: string;
  readonly bytes: number;
  readonly mode: number;
  /** When it was changed. */
  readonly time: Date;
}

export class ArchiveWriter {
  readonly #pack = new Pack({ portable: true });
  readonly #checksums: Checksum[] = [];
  readonly #written: Promise<void>;
  /** Rejects as soon as the file cannot be written. */
  readonly #failed: Promise<never>;

  constructor(handle: FileHandle) {
    this.#written = pipeline(Readable.from(this.#pack), createGzip({ level: LEVEL }), async pieces => {
      for await (const piece of pieces as AsyncIterable<Buffer>) await writeAll(handle, piece);
    });
    this.#failed = this.#written.then(() => new Promise<never>(() => undefined));
    this.#failed.catch(() => undefined);
  }

  /** Of the files so far. */
  get checksums(): readonly Checksum[] {
    return this.#checksums;
  }

  /** Rejects if the pieces have fewer or more bytes than stated, or the archive cannot be written. */
  async add(file: ArchivedFile, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const { entry, bytes, mode, time } = file;
    const header = new Header({ path: entry, size: bytes, mode, mtime: time, type: 'File' });
    const written = new ReadEntry(header);
    const ended = once(written, 'end');
    this.#pack.add(written);
    const hash = createHash('sha256');
    let left = bytes;
    for await (const piece of pieces) {
      left -= piece.length;
      if (left < 0) break;
      hash.update(piece);
      if (!written.write(Buffer.from(piece))) await Promise.race([once(written, 'drain'), this.#failed]);
    }
    if (left !== 0)
      throw new Error(`${entry}: expected ${bytes} bytes, found others: it was changed meanwhile`);
    written.end();
    await Promise.race([ended, this.#failed]);
    this.#checksums.push({ entry, bytes, sha256: hash.digest('hex') });
  }

  async finish(): Promise<void> {
    this.#pack.end();
    await this.#written;
  }
}
