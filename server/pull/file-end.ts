// Finds the end of a file of rows as CSV: the last row with a time, and what a write that broke off has left behind it.

import type { FileHandle } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { endWithoutNuls, recordsFromEnd } from './csv-records.ts';
import { isTextColumn, type RowShape, timeOfFields } from './row-shape.ts';

/** Bytes of a row that broke off. More than that is more than a row. */
const LONGEST_REST = 1024 ** 2;

/** Where the rows of a file end in time. */
export interface LastTime {
  /** In the column's units. */
  readonly time: number;
  /** How many rows at the end have it. */
  readonly count: number;
}

export interface FileEnd {
  /** Bytes that stay: what is behind them is a row that broke off, or NULs. */
  readonly keep: number;
  /** The text of the row that broke off; empty where there is none. */
  readonly torn: string;
  /** What stays does not end with the end of a line, and is no row. */
  readonly isUnended: boolean;
  /** The last whole row that has all its fields, and a time; undefined where there is none. */
  readonly lastFields: readonly string[] | undefined;
  /** The last row with a time, in the order of the file, which need not be the latest; undefined where there is none. */
  readonly last: LastTime | undefined;
  /** A quoted text is open at the end over what looks like whole rows: nothing may be cut off, and nothing added. */
  readonly isDamaged: boolean;
}

/** Looks at the rows between `start`, the end of the line of names, and `size`, the end of the file. */
export async function findEnd(
  file: FileHandle,
  start: number,
  size: number,
  shape: RowShape,
): Promise<FileEnd> {
  const mayHoldLines = shape.names.some((_, column) => isTextColumn(shape, column));
  const end = await endWithoutNuls(file, start, size);
  const records = recordsFromEnd(file, start, end, mayHoldLines);
  const { value: rest } = await records.next();
  const restText = rest === undefined ? '' : rest.bytes.toString();
  const isDamaged = restText.length > LONGEST_REST || holdsRows(restText, shape);
  const isTorn = restText.trim() === '' || isBeginningOfRow(restText.replaceAll('\0', ''), shape);
  let lastFields: readonly string[] | undefined;
  let last: LastTime | undefined;
  for await (const { bytes } of records) {
    const fields = fieldsOf(bytes.toString().replaceAll('\0', ''));
    if (fields?.length !== shape.names.length) continue;
    const time = timeOfFields(shape, fields);
    if (shape.time === undefined || !Number.isNaN(time)) lastFields ??= fields;
    // Without a time there is nothing to go on by, and no reason to read on.
    if (shape.time === undefined || (last !== undefined && !Number.isNaN(time) && time !== last.time)) break;
    if (!Number.isNaN(time)) last = { time, count: (last?.count ?? 0) + 1 };
  }
  return {
    keep: rest !== undefined && isTorn ? rest.start : end,
    torn: isTorn ? restText : '',
    isUnended: !isTorn,
    lastFields,
    last,
    isDamaged,
  };
}

/** The fields of one record; undefined for what is no CSV. */
export function fieldsOf(record: string): readonly string[] | undefined {
  try {
    const [fields] = parse(record, { bom: true, relax_column_count: true, relax_quotes: true }) as string[][];
    return fields;
  } catch {
    return undefined;
  }
}

/** True where lines of a text whose quotes are not closed are rows by themselves. */
function holdsRows(rest: string, shape: RowShape): boolean {
  if (!rest.includes('\n') || shape.time === undefined) return false;
  return rest
    .split('\n')
    .slice(1, -1)
    .some(line => {
      const fields = fieldsOf(line);
      return fields !== undefined && !Number.isNaN(timeOfFields(shape, fields));
    });
}

/** The beginning of a number that `pull` writes. */
const BEGINNING_OF_NUMBER = /^(?:-?\d*(?:\.\d*)?(?:e[+-]?\d*)?|N(?:aN?)?|-?I[a-z]{0,7})\r?$/;

/** True where `text`, which has no end of a line behind it, can be the beginning of a row. */
function isBeginningOfRow(text: string, shape: RowShape): boolean {
  const fields = looseFields(text);
  if (fields.length > shape.names.length) return false;
  return fields.every((field, column) => isTextColumn(shape, column) || BEGINNING_OF_NUMBER.test(field));
}

/** The fields of a record that may end anywhere, without their quotes. */
function looseFields(text: string): string[] {
  const fields = [''];
  let isOpen = false;
  for (const character of text) {
    if (character === '"') isOpen = !isOpen;
    else if (character === ',' && !isOpen) fields.push('');
    else fields[fields.length - 1] += character;
  }
  return fields;
}
