// What the rows of a pulled Sequence look like: the line of names, the types of its columns, and which of them is the time.

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
  /** Its place among the columns. */
  readonly index: number;
  /** As the line of names has it: `sensor.time`. */
  readonly name: string;
  /** What its numbers count; undefined where they count from a moment that the server does not name. */
  readonly units: TimeUnits | undefined;
}

export interface RowShape {
  readonly sequence: string;
  readonly names: readonly string[];
  /** The line of names, without its end. */
  readonly head: string;
  /** The type of each column, as the DDS has it. */
  readonly types: readonly string[];
  /** Which numbers of each column stand for no value. */
  readonly missing: MissingNumbers;
  /** Undefined where no column is a time. */
  readonly time: RowTime | undefined;
}

/**
 * The shape of the rows of `dataset`, the constrained DDS of a dataset with these attributes.
 * @throws where it has no Sequence, more than one, or columns that a CSV file cannot hold
 */
export function shapeOf(dataset: DapDataset, attributes: AttributeTable): RowShape {
  const sequences = dataset.variables.filter(
    (variable): variable is Sequence => variable.type === 'Sequence',
  );
  const [sequence, another] = sequences;
  if (sequence === undefined || another !== undefined) {
    const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ');
    throw new Error(`expected one Sequence to write down, found ${found === '' ? 'nothing' : found}`);
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
