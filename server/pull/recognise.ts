// Recognises from its first line whether a file belongs to this pull, before anything is written into it.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { textOfField } from '../formats/csv-rows.ts';
import { bytesOf, recordEnds } from './csv-records.ts';
import { type FileEnd, fieldsOf, findEnd } from './file-end.ts';
import { fileError } from './file-error.ts';
import { isTextColumn, type RowShape, timeOfFields } from './row-shape.ts';

/** Bytes of the longest header line. */
const LONGEST_HEAD = 1024 ** 2;

/** NUL bytes before the first row that are skipped at most. */
const MOST_NULS = 1024 ** 3;

/** Rows without a header line are only recognised with times between these. */
const PLAUSIBLE = [Date.UTC(1980), Date.UTC(2100)] as const;

/** The result of examining a file, which writes nothing. */
export type ExaminedFile =
  | { readonly kind: 'absent' }
  /** Empty, or with the first `named` bytes of the header line. */
  | { readonly kind: 'unbegun'; readonly size: number; readonly named: number; readonly file: string }
  /** With the expected header line. */
  | {
      readonly kind: 'ours';
      readonly size: number;
      readonly file: string;
      readonly lineEnd: string;
      readonly end: FileEnd;
    }
  /** With rows of the same Sequence in other columns or without a header line: read, but never extended. */
  | { readonly kind: 'earlier'; readonly why: string; readonly end: FileEnd }
  /** With other content. */
  | { readonly kind: 'foreign'; readonly found: string };

/** Distinguishes a file from one that replaces it. */
export function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/**
 * Examines the file at `path` for rows of the given shape.
 * @throws one sentence if the file cannot be read
 */
export async function recognise(path: string, shape: RowShape): Promise<ExaminedFile> {
  let handle: FileHandle;
  try {
    // A FIFO in the file's place must not block.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    throw fileError(path, error);
  }
  try {
    const status = await handle.stat();
    if (!status.isFile()) return { kind: 'foreign', found: 'something other than a file' };
    return await look(handle, status.size, identityOf(status), shape);
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await handle.close();
  }
}

async function look(handle: FileHandle, size: number, file: string, shape: RowShape): Promise<ExaminedFile> {
  const beginning = await bytesOf(handle, 0, Math.min(size, LONGEST_HEAD));
  const [end] = recordEnds(beginning, false);
  if (end === undefined) {
    const text = beginning.toString().replace(/^\ufeff/, '');
    if (size <= LONGEST_HEAD && shape.head.startsWith(text)) {
      return { kind: 'unbegun', size, named: Buffer.byteLength(text), file };
    }
    return (await withoutNames(handle, size, shape)) ?? { kind: 'foreign', found: shown(beginning) };
  }
  const line = beginning.toString('utf8', 0, end);
  const lineEnd = line.endsWith('\r') ? '\r\n' : '\n';
  const names = fieldsOf(line)?.map(textOfField) ?? [];
  const isOurs = names.length === shape.names.length && names.every((name, i) => name === shape.names[i]);
  if (isOurs) {
    const found = await findEnd(handle, end + 1, size, shape);
    const odd = found.lastFields?.findIndex((field, i) => !isTextColumn(shape, i) && !isNumber(field)) ?? -1;
    if (odd < 0 && !found.isDamaged) return { kind: 'ours', size, file, lineEnd, end: found };
    const why = found.isDamaged ? 'it is damaged at its end' : `its column ${names[odd]} holds text`;
    return { kind: 'earlier', why, end: found };
  }
  const earlier = shapeOfNames(names, shape);
  if (earlier !== undefined) {
    return {
      kind: 'earlier',
      why: `its columns are ${line.trim()}`,
      end: await findEnd(handle, end + 1, size, earlier),
    };
  }
  return (await withoutNames(handle, size, shape)) ?? { kind: 'foreign', found: shown(beginning) };
}

/** The shape of a file of the same Sequence with other columns; undefined for any other header line. */
function shapeOfNames(names: readonly string[], shape: RowShape): RowShape | undefined {
  const isOfSequence = names.every(name => name.startsWith(`${shape.sequence}.`));
  const index = names.indexOf(shape.time?.name ?? '');
  if (!isOfSequence || new Set(names).size < names.length || (shape.time !== undefined && index < 0))
    return undefined;
  const typeOf = (name: string) => shape.types[shape.names.indexOf(name)] ?? 'String';
  return {
    ...shape,
    names,
    types: names.map(typeOf),
    missing: names.map(name => shape.missing[shape.names.indexOf(name)]),
    time: shape.time === undefined ? undefined : { ...shape.time, index },
  };
}

/**
 * Rows of this shape without a header line, perhaps after NULs: a log rotation emptied the file of a running program.
 * Undefined for any other content.
 */
async function withoutNames(
  handle: FileHandle,
  size: number,
  shape: RowShape,
): Promise<ExaminedFile | undefined> {
  const { time } = shape;
  if (time?.units === undefined) return undefined;
  const start = await startWithoutNuls(handle, size);
  const beginning = await bytesOf(handle, start, Math.min(size, start + LONGEST_HEAD));
  const [first] = recordEnds(beginning, false);
  const fields = first === undefined ? undefined : fieldsOf(beginning.toString('utf8', 0, first));
  if (fields === undefined || fields.length !== shape.names.length) return undefined;
  const millis = time.units.epoch + timeOfFields(shape, fields) * time.units.millis;
  const isRow = fields.every((field, column) => isTextColumn(shape, column) || isNumber(field));
  if (!isRow || !(millis > PLAUSIBLE[0] && millis < PLAUSIBLE[1])) return undefined;
  const end = await findEnd(handle, start, size, shape);
  return { kind: 'earlier', why: 'it begins with a row and has no header line', end };
}

/** The end of the NULs at the start of a file; bounded, as a disk image may have very many. */
async function startWithoutNuls(handle: FileHandle, size: number): Promise<number> {
  for (let start = 0; start < Math.min(size, MOST_NULS); start += LONGEST_HEAD) {
    const bytes = await bytesOf(handle, start, Math.min(size, start + LONGEST_HEAD));
    const at = bytes.findIndex(byte => byte !== 0);
    if (at >= 0) return start + at;
  }
  return size;
}

function isNumber(field: string): boolean {
  return !Number.isNaN(Number(field)) || field.trim() === 'NaN';
}

/** Describes the start of a file. */
function shown(bytes: Buffer): string {
  if (bytes.every(byte => byte === 0)) return 'only NUL bytes';
  const line = bytes.toString('utf8', 0, 400).split('\n', 1)[0]!.replace(/\r$/, '');
  if (/[\p{Cc}\ufffd]/u.test(line.replaceAll('\t', ''))) return 'binary data';
  return line.length > 80 ? `${JSON.stringify(line.slice(0, 80))} and more` : JSON.stringify(line);
}
