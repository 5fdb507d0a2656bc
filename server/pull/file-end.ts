// Finds the last row with a time in a CSV file, and the remains of an interrupted write after it.

import type { FileHandle } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { endWithoutNuls, recordsFromEnd } from './csv-records.ts';
import { isTextColumn, type RowShape, timeOfFields } from './row-shape.ts';

/** Bytes of the longest incomplete row. */
const LONGEST_REST = 1024 ** 2;

/** The last time in a file. */
export interface LastTime {
  /** In the column's units. */
  readonly time: number;
  /** How many rows at the end have this time. */
  readonly count: number;
}

export interface FileEnd {
  /** Bytes to keep: an incomplete row or NULs follow them. */
  readonly keep: number;
  /** The text of an incomplete row; empty without one. */
  readonly torn: string;
  /** The kept bytes do not end with a line end, and their last line is not a row. */
  readonly isUnended: boolean;
  /** The fields of the last complete row with a time; undefined without one. */
  readonly lastFields: readonly string[] | undefined;
  /** The time of the last row in the file with one, which need not be the latest; undefined without one. */
  readonly last: LastTime | undefined;
  /** An open quoted text at the end contains whole rows: the file must not be shortened or extended. */
  readonly isDamaged: boolean;
}

/** Examines the rows between `start`, the end of the header line, and `size`, the end of the file. */
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
    // Without a time column, nothing further is needed.
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

/** The fields of one record; undefined for invalid CSV. */
export function fieldsOf(record: string): readonly string[] | undefined {
  try {
    const [fields] = parse(record, { bom: true, relax_column_count: true, relax_quotes: true }) as string[][];
    return fields;
  } catch {
    return undefined;
  }
}

/** Whether lines inside of an open quoted text are rows by themselves. */
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

/** The start of a number that `pull` writes. */
const BEGINNING_OF_NUMBER = /^(?:-?\d*(?:\.\d*)?(?:e[+-]?\d*)?|N(?:aN?)?|-?I[a-z]{0,7})\r?$/;

/** Whether `text`, without a line end, can be the start of a row. */
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
