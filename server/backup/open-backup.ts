// Reads a whole archive, and recognises it as a backup: its manifest, each file and each checksum.

import { createHash } from 'node:crypto';
import { DATASET_NAME } from '../config/schema/schema.ts';
import { DAY_FILE, PART_FILE } from '../history/disk/day.ts';
import { fileError } from '../pull/file-error.ts';
import { type ArchiveEntry, readArchive, UnfitArchive } from './archive-reader.ts';
import {
  CHECKSUMS,
  CHECKSUMS_SCHEMA,
  type Checksum,
  FORMAT,
  HISTORY,
  type KeptFile,
  LARGEST_CHECKSUMS,
  LARGEST_FILE,
  MANIFEST,
  MANIFEST_SCHEMA,
  type Manifest,
} from './manifest.ts';

export interface BackupFile extends KeptFile {
  readonly content: Buffer;
}

export interface OpenedBackup {
  readonly path: string;
  readonly manifest: Manifest;
  readonly files: readonly BackupFile[];
  /** The history's files, by their names in the backup. */
  readonly history: ReadonlyMap<string, Checksum>;
}

/** Bytes of all small files together. */
const MOST_BYTES = 128 * 1024 ** 2;

/** `history/roof/2026/11/2026-11-28.parquet`, or a part of a day. */
export function historyPlace(entry: string): { readonly dataset: string; readonly path: string } | undefined {
  const [top, dataset = '', year = '', month = '', ...rest] = entry.split('/');
  const [day = '', part] = rest;
  const isFile =
    rest.length === 1
      ? DAY_FILE.test(day)
      : rest.length === 2 && /^\d{4}-\d\d-\d\d$/.test(day) && PART_FILE.test(part!);
  const isPlace =
    top === HISTORY && DATASET_NAME.test(dataset) && /^\d{4}$/.test(year) && /^\d\d$/.test(month) && isFile;
  return isPlace ? { dataset, path: [year, month, ...rest].join('/') } : undefined;
}

/** Changes nothing. @throws a sentence if the archive is not a whole backup */
export async function openBackup(path: string, signal: AbortSignal): Promise<OpenedBackup> {
  const reading = new Reading();
  try {
    await readArchive(path, entry => reading.take(entry), signal);
    return { path, ...reading.end() };
  } catch (error) {
    if (signal.aborted) throw new Error('interrupted; nothing was changed');
    if (error instanceof UnfitArchive) throw new Error(`${path}: ${error.message}; nothing was changed`);
    throw fileError(path, error, '; nothing was changed');
  }
}

class Reading {
  #manifest: Manifest | undefined;
  readonly #names = new Set([MANIFEST]);
  readonly #files = new Map<string, BackupFile>();
  readonly #history = new Map<string, Checksum>();
  readonly #sums: Checksum[] = [];
  #stated: readonly Checksum[] | undefined;
  #bytes = 0;

  async take(entry: ArchiveEntry): Promise<void> {
    const { name } = entry;
    if (this.#manifest === undefined) {
      if (name !== MANIFEST)
        throw new UnfitArchive(
          `expected a backup of dapberry, found an archive of something else, with ${name}`,
        );
      this.#manifest = manifestIn(await this.#contentOf(entry, LARGEST_FILE));
      return;
    }
    if (this.#stated !== undefined || this.#names.has(name))
      throw new UnfitArchive(`expected each file once, found another one: ${name}`);
    this.#names.add(name);
    if (name === CHECKSUMS) {
      this.#stated = checksumsIn(await this.#contentOf(entry, LARGEST_CHECKSUMS));
      return;
    }
    const kept = this.#manifest.files.find(file => file.entry === name);
    if (kept !== undefined) {
      this.#files.set(name, { ...kept, content: await this.#contentOf(entry, LARGEST_FILE) });
      return;
    }
    if (!this.#manifest.hasHistory || historyPlace(name) === undefined)
      throw new UnfitArchive(`expected only files that the manifest names, found another one: ${name}`);
    const hash = createHash('sha256');
    for await (const piece of entry.pieces) hash.update(piece);
    const sum = { entry: name, bytes: entry.bytes, sha256: hash.digest('hex') };
    this.#history.set(name, sum);
    this.#sums.push(sum);
  }

  end(): Omit<OpenedBackup, 'path'> {
    if (this.#manifest === undefined)
      throw new UnfitArchive('expected a backup of dapberry, found an empty archive');
    if (this.#stated === undefined)
      throw new UnfitArchive('expected a whole backup, found one that ends too early');
    const stated = new Map(this.#stated.map(sum => [sum.entry, sum]));
    for (const { entry, sha256 } of this.#sums) {
      if (stated.get(entry)?.sha256 !== sha256)
        throw new UnfitArchive(`expected the checksum of ${entry}, found another one: the backup is damaged`);
      stated.delete(entry);
    }
    const [missing] = [
      ...stated.keys(),
      ...this.#manifest.files.map(({ entry }) => entry).filter(entry => !this.#files.has(entry)),
    ];
    if (missing !== undefined)
      throw new UnfitArchive(`expected the file ${missing} in the backup, found none`);
    return { manifest: this.#manifest, files: [...this.#files.values()], history: this.#history };
  }

  async #contentOf({ name, bytes, pieces }: ArchiveEntry, most: number): Promise<Buffer> {
    this.#bytes += bytes;
    if (bytes > most || this.#bytes > MOST_BYTES)
      throw new UnfitArchive(`expected files of at most ${most} bytes, found one of ${bytes}: ${name}`);
    const parts: Buffer[] = [];
    for await (const piece of pieces) parts.push(piece);
    const content = Buffer.concat(parts);
    const sha256 = createHash('sha256').update(content).digest('hex');
    if (name !== CHECKSUMS) this.#sums.push({ entry: name, bytes, sha256 });
    return content;
  }
}

function manifestIn(content: Buffer): Manifest {
  const value = jsonIn(content, MANIFEST);
  const { dapberry, format } = (value ?? {}) as { readonly dapberry?: unknown; readonly format?: unknown };
  if (dapberry === 'backup' && format !== FORMAT)
    throw new UnfitArchive(
      `expected a backup of the format ${FORMAT}, found the format ${String(format)}: restore it with the version of dapberry that wrote it, or a newer one`,
    );
  const read = MANIFEST_SCHEMA.safeParse(value);
  if (!read.success)
    throw new UnfitArchive(`expected a manifest of dapberry in ${MANIFEST}, found something else`);
  return read.data;
}

function checksumsIn(content: Buffer): readonly Checksum[] {
  const read = CHECKSUMS_SCHEMA.safeParse(jsonIn(content, CHECKSUMS));
  if (!read.success) throw new UnfitArchive(`expected checksums in ${CHECKSUMS}, found something else`);
  return read.data.entries;
}

function jsonIn(content: Buffer, name: string): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new UnfitArchive(`expected JSON in ${name}, found something else`);
  }
}
