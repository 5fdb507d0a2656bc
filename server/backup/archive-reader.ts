// Reads a compressed tar archive file by file, and refuses whatever is no plain file with a harmless name.

import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { messageOf } from '../../device/index.ts';
import { nameFault } from './manifest.ts';

export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  readonly pieces: AsyncIterable<Buffer>;
}

/** What an archive is that cannot be restored; the message is a sentence without the archive's name. */
export class UnfitArchive extends Error {}

/**
 * Calls `take` for one file of the archive after the other, and waits for it. `take` need not read the pieces to the end.
 * @throws UnfitArchive if the archive is damaged or holds anything that no backup has
 */
export async function readArchive(
  path: string,
  take: (entry: ArchiveEntry) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const parser = new Parser({ strict: true });
  let isOver = false;
  parser.on('eof', () => {
    isOver = true;
  });
  let refused: unknown;
  let taking: Promise<void> = Promise.resolve();
  const refuse = (error: unknown) => {
    refused ??= error;
    parser.abort(refused as Error);
  };
  const failed = new Promise<never>((_resolve, reject) => {
    parser.on('error', error => reject(refused ?? new UnfitArchive(damageText(error))));
  });
  failed.catch(() => undefined);
  parser.on('ignoredEntry', (entry: ReadEntry) => refuse(new UnfitArchive(typeText(entry))));
  parser.on('entry', (entry: ReadEntry) => {
    const fault = entryFault(entry);
    if (fault !== undefined) {
      refuse(new UnfitArchive(fault));
      return;
    }
    // The parser goes on as soon as the pieces of the entry before are read.
    taking = taking.then(() => Promise.race([takeEntry(entry, take), failed])).catch(refuse);
  });
  const ended = new Promise<void>(resolve => parser.once('end', resolve));
  try {
    await Promise.race([
      failed,
      pipeline(
        createReadStream(path, { highWaterMark: 256 * 1024 }),
        createGunzip(),
        async pieces => {
          for await (const piece of pieces as AsyncIterable<Buffer>) {
            if (refused !== undefined) return;
            // The padding behind the end; all of it is read for the checksum of the compression.
            if (isOver) continue;
            if (!parser.write(piece)) await Promise.race([drained(parser), failed]);
          }
          parser.end();
        },
        { signal },
      ),
    ]);
    await Promise.race([ended, failed]);
    await taking;
  } catch (error) {
    throw refused ?? explained(error);
  }
  if (refused !== undefined) throw refused;
}

async function takeEntry(entry: ReadEntry, take: (entry: ArchiveEntry) => Promise<void>): Promise<void> {
  await take({ name: entry.path, bytes: entry.size, pieces: entry as AsyncIterable<Buffer> });
  entry.resume();
}

function drained(parser: Parser): Promise<void> {
  return new Promise(resolve => parser.once('drain', resolve));
}

function entryFault(entry: ReadEntry): string | undefined {
  if (entry.type !== 'File' && entry.type !== 'OldFile') return typeText(entry);
  const fault = nameFault(entry.path);
  return fault === undefined
    ? undefined
    : `expected names of files within a backup, found ${fault}: ${entry.path}`;
}

function typeText({ type, path }: ReadEntry): string {
  return `expected only files, found an entry of the type ${type}: ${path}`;
}

function damageText(error: unknown): string {
  return `expected a whole tar archive, found a damaged one: ${messageOf(error)}`;
}

function explained(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR')
    return new UnfitArchive('expected a whole archive, found one that ends too early');
  if (code.startsWith('Z_'))
    return new UnfitArchive(
      `expected a compressed archive (.tar.gz), found something else: ${messageOf(error)}`,
    );
  return error;
}
