// Tells whose a file is before anything is written into it: the first line says so.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { textOfField } from '../formats/csv-rows.ts';
import { bytesOf, recordEnds } from './csv-records.ts';
import { type FileEnd, fieldsOf, findEnd } from './file-end.ts';
import { fileError } from './file-error.ts';
import { isTextColumn, type RowShape, timeOfFields } from './row-shape.ts';

/** Bytes of a line of names that are read at most. */
const LONGEST_HEAD = 1024 ** 2;

/** Bytes of NULs before the first row of a file that are passed over. */
const MOST_NULS = 1024 ** 3;

/** Times before and after these are not taken for those of rows that stand without a line of names. */
const PLAUSIBLE = [Date.UTC(1980), Date.UTC(2100)] as const;

/** A file that was looked at, and not written to. */
export type ExaminedFile =
  | { readonly kind: 'absent' }
  /** Nothing, or the beginning of the line of names: `named` bytes of it are there. */
  | { readonly kind: 'unbegun'; readonly size: number; readonly named: number; readonly file: string }
  /** The line of names is the one that is expected. */
  | {
      readonly kind: 'ours';
      readonly size: number;
      readonly file: string;
      readonly lineEnd: string;
      readonly end: FileEnd;
    }
  /** Rows of the same Sequence in other columns, or without a line of names: they are read, and never added to. */
  | { readonly kind: 'earlier'; readonly why: string; readonly end: FileEnd }
  /** Something else. */
  | { readonly kind: 'foreign'; readonly found: string };

/** What distinguishes a file from one that takes its place. */
export function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/**
 * Looks at the file at `path`, whose rows shall be of the given shape.
 * @throws one sentence where it is none of bytes, or cannot be read
 */
export async function recognise(path: string, shape: RowShape): Promise<ExaminedFile> {
  let handle: FileHandle;
  try {
    // A FIFO that took the file's place must not hold this up.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'absent' };
    throw fileError(path, error);
  }
  try {
    const status = await handle.stat();
    if (!status.isFile()) return { kind: 'foreign', found: 'something that is no file' };
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

/** The shape of a file of the same Sequence with other columns; undefined for any other line of names. */
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
 * Rows of this shape without a line of names, perhaps behind NULs: a file that a rotation emptied while a program wrote on.
 * Undefined for anything else.
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
  return { kind: 'earlier', why: 'it begins with a row and has no line of names', end };
}

/** Where the NULs that a file begins with end. A disk image can have more of them than anybody waits for. */
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

/** The beginning of a file, for a person. */
function shown(bytes: Buffer): string {
  if (bytes.every(byte => byte === 0)) return 'NUL bytes alone';
  const line = bytes.toString('utf8', 0, 400).split('\n', 1)[0]!.replace(/\r$/, '');
  if (/[\p{Cc}\ufffd]/u.test(line.replaceAll('\t', ''))) return 'bytes that are no text';
  return line.length > 80 ? `${JSON.stringify(line.slice(0, 80))} and more` : JSON.stringify(line);
}
