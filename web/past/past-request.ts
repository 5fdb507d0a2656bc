// Writes the request for a stretch of the past, and takes its rows for the charts.

import { fromMillis, toMillis } from '../../dap/model/time-units.ts';
import type { Batch, NumberColumn } from '../../dap/model/value.ts';
import type { DapDataset } from '../../dap/model/variable.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { Description, ShownColumn } from '../stream/describe.ts';
import type { PastColumn, PastRows, Stretch } from './past-rows.ts';

/** Rows further apart than this many intervals, and this many usual distances, have a gap between them. */
const GAP_INTERVALS = 1.5;
const GAP_ROWS = 4;

/** Nine of ten rows are no further apart than usual, as those of a stream. */
const USUAL = 0.9;

/** The distances on either side of one that say how far apart rows were at that time. */
const BESIDE = 4;

export interface PastRequest extends Stretch {
  /** Seconds of an interval; 0 for all rows. */
  readonly interval: number;
}

/** The measures of an interval that a chart draws, by the suffixes of their columns. */
const MEASURES = ['min', 'mean', 'max'] as const;

/** The constraint that asks for the rows, decoded. */
export function pastConstraint(
  { constraint }: DatasetAddress,
  { sequence, time, columns, amongOthers }: Description,
  { from, to, interval }: PastRequest,
): string {
  if (time === undefined) throw new Error('expected a column of times');
  const column = `${sequence}.${time.name}`;
  const [low, high] = [from, to].map(at => fromMillis(time.units, at));
  const window = `&${column}>=${low}&${column}<${high}`;
  if (interval === 0) return `${constraint || (amongOthers ? sequence : '')}${window}`;
  const numbers = columns.filter(({ kind }) => kind !== 'text');
  const names = numbers.flatMap(({ name }) => MEASURES.map(measure => `${name}_${measure}`));
  const projection = constraint || [time.name, ...names].join();
  return `${projection}${window}&bucket("${time.name}/${interval}")`;
}

/** The rows of an answer. `usual`: milliseconds between rows, if it is known. */
export function pastRows(
  { time, columns }: Description,
  request: PastRequest,
  { dataset, values }: { readonly dataset: DapDataset; readonly values: readonly unknown[] },
  usual = 0,
): PastRows {
  const at = dataset.variables.findIndex(({ type }) => type === 'Sequence');
  const sequence = dataset.variables[at];
  const batch = values[at] as Batch | undefined;
  if (sequence?.type !== 'Sequence' || batch === undefined || time === undefined)
    throw new TypeError('Expected the rows of a Sequence, found none');
  const numbersOf = (name: string): NumberColumn => {
    const index = sequence.fields.findIndex(field => field.name === name);
    if (index < 0) throw new TypeError(`Expected a column "${name}" in the answer, found none`);
    return batch.columns[index] as NumberColumn;
  };
  const interval = request.interval * 1000;
  const middle = interval / 2;
  const stored = numbersOf(time.name);
  const found: number[] = [];
  const rowOf: number[] = [];
  for (let row = 0; row < batch.length; row += 1) {
    const number = Number(stored[row]);
    // The beginning of an interval is computed: it is never a missing time.
    if (interval === 0 && time.meaning?.isMissing(number) === true) continue;
    const at = toMillis(time.units, number) + middle;
    // A row that repeats the last time, or goes back, is not drawn.
    if (!Number.isFinite(at) || at <= (found.at(-1) ?? Number.NEGATIVE_INFINITY)) continue;
    found.push(at);
    rowOf.push(row);
  }
  const times: number[] = [];
  /** The row of each time; -1 for a gap. */
  const rows: number[] = [];
  const isGap = gapsIn(found, interval, usual);
  for (const [index, at] of found.entries()) {
    if (isGap(index)) {
      times.push((found[index - 1]! + at) / 2);
      rows.push(-1);
    }
    times.push(at);
    rows.push(rowOf[index]!);
  }
  const columnOf = (column: ShownColumn): PastColumn | undefined => {
    if (column.kind === 'text') return undefined;
    const read = (name: string, unpack: (stored: number) => number) => {
      const numbers = numbersOf(name);
      return rows.map(row => {
        const value = row < 0 ? Number.NaN : unpack(Number(numbers[row]));
        return Number.isFinite(value) ? value : null;
      });
    };
    if (interval === 0) {
      const values = read(column.name, stored => column.meaning!.valueOf(stored));
      return { least: values, mean: values, greatest: values };
    }
    const { scale, offset } = column.meaning!;
    const unpacked = (stored: number) => stored * scale + offset;
    const [first, mean, last] = MEASURES.map(measure => read(`${column.name}_${measure}`, unpacked));
    // A negative scale turns the packed numbers around.
    const [least, greatest] = scale < 0 ? [last!, first!] : [first!, last!];
    return { least, mean: mean!, greatest };
  };
  return { from: request.from, to: request.to, interval, times, columns: columns.map(columnOf) };
}

/**
 * Whether there is a gap before each of `times`. Rows of the past may have come less often than those of now: how far apart they were is
 * what the distances beside this one are.
 */
function gapsIn(times: readonly number[], interval: number, usual: number): (index: number) => boolean {
  const spacing = interval === 0 && usual === 0 ? usualIn(times) : usual;
  const widest = Math.max(GAP_INTERVALS * interval, GAP_ROWS * spacing);
  return index => {
    const distance = index === 0 ? 0 : times[index]! - times[index - 1]!;
    if (distance <= widest) return false;
    const beside: number[] = [];
    for (let at = Math.max(1, index - BESIDE); at <= Math.min(times.length - 1, index + BESIDE); at += 1) {
      beside.push(times[at]! - times[at - 1]!);
    }
    const median = beside.sort((a, b) => a - b)[(beside.length - 1) >> 1]!;
    return median <= widest || distance > GAP_ROWS * median;
  };
}

/** The usual distance between rows; 0 for fewer than two. */
function usualIn(times: readonly number[]): number {
  const distances = times.slice(1).map((time, index) => time - times[index]!);
  return distances.sort((a, b) => a - b)[Math.ceil(distances.length * USUAL) - 1] ?? 0;
}
