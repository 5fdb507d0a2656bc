// Describes the rows of a pulled Sequence: the header line, the types of the columns, and the time column.

import {
  type AttributeTable,
  type Column,
  type DapDataset,
  type Sequence,
  type TimeUnits,
  toMillis,
} from '../../dap/index.ts';
import { findResumeTime } from '../../dap/model/time-column.ts';
import { columnNames, csvHead, type MissingNumbers, missingNumbers } from '../formats/csv-rows.ts';

/** The column of times. */
export interface RowTime {
  /** Its index among the columns. */
  readonly index: number;
  /** As in the header line: `sensor.time`. */
  readonly name: string;
  /** Its units; undefined if they name no start, so that the times cannot be converted. */
  readonly units: TimeUnits | undefined;
}

export interface RowShape {
  readonly sequence: string;
  readonly names: readonly string[];
  /** The header line, without its line end. */
  readonly head: string;
  /** The types of the columns, as in the DDS. */
  readonly types: readonly string[];
  /** For each column, which numbers are missing values. */
  readonly missing: MissingNumbers;
  /** Undefined without a time column. */
  readonly time: RowTime | undefined;
}

/**
 * The shape of the rows of `dataset`, the constrained DDS of a dataset with these attributes.
 * @throws for no Sequence, more than one, or columns that a CSV file cannot hold
 */
export function shapeOf(dataset: DapDataset, attributes: AttributeTable): RowShape {
  const sequences = dataset.variables.filter(
    (variable): variable is Sequence => variable.type === 'Sequence',
  );
  const [sequence, another] = sequences;
  if (sequence === undefined || another !== undefined) {
    const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ');
    throw new Error(`expected one Sequence, found ${found === '' ? 'nothing' : found}`);
  }
  const names = columnNames(sequence);
  const time = findResumeTime(sequence, attributes);
  const index = sequence.fields.findIndex(({ name }) => name === time?.name);
  return {
    sequence: sequence.name,
    names,
    head: csvHead(sequence),
    types: sequence.fields.map(({ type }) => type),
    missing: missingNumbers(sequence, attributes),
    time:
      time === undefined
        ? undefined
        : { index, name: names[index]!, units: time.absolute ? time.units : undefined },
  };
}

/** True where rows of both can stand in one file, whichever numbers stand for no value. */
export function isSameShape(a: RowShape, b: RowShape): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** True where the column holds text. */
export function isTextColumn({ types }: RowShape, column: number): boolean {
  return types[column] === 'String' || types[column] === 'Url';
}

/** The time in a row's fields, in the column's units; NaN where it has none. */
export function timeOfFields({ time, types, names, missing }: RowShape, fields: readonly string[]): number {
  if (time === undefined || fields.length !== names.length) return Number.NaN;
  const text = fields[time.index]!.trim();
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return Number.NaN;
  // The shortest decimal of a Float32 is that number again only as a Float32.
  const stored = types[time.index] === 'Float32' ? Math.fround(value) : value;
  return missing[time.index]?.(stored) === true ? Number.NaN : stored;
}

/** The time of a row in milliseconds since 1970; NaN where it has none, or none that a calendar has. */
export function millisOf({ time, missing }: RowShape, columns: readonly Column[], row: number): number {
  const value = time === undefined ? undefined : columns[time.index]?.[row];
  return typeof value !== 'number' || time?.units === undefined || missing[time.index]?.(value) === true
    ? Number.NaN
    : new Date(toMillis(time.units, value)).getTime();
}
