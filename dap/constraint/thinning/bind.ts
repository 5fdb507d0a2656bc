// Binds a function to the columns of one Sequence: the columns that it reads and gives, and its algorithm.

import { isNumberType } from '../../model/layout.ts';
import type { MissingTest } from '../../model/meaning.ts';
import type { Atomic, Sequence } from '../../model/variable.ts';
import { closest } from './closest.ts';
import { extremes, stretchesOfExtremes } from './extremes.ts';
import type { SummaryName, ThinningFunction } from './function.ts';
import type { Interval } from './interval.ts';
import { limit } from './limit.ts';
import { type ResultColumn, resultColumns } from './result-column.ts';
import { summarise } from './summarise.ts';
import { beginsAtMultiples, type SummaryUse } from './summarised-rows.ts';
import type { RowThinner, Thinning } from './thinning.ts';

/** The columns that a constraint requests. */
export interface ColumnRequest {
  /** The indices of the requested columns of the source Sequence. */
  columns(): number[];
  /** The indices in `results`, the possible result columns, of the requested ones. */
  results(results: readonly ResultColumn[]): number[];
}

/** The Sequence that a function reads. */
export interface ThinningSource {
  readonly sequence: Sequence;
  /** The index of the column `time`. */
  readonly time: number;
  /** The test for missing values of a column. */
  missing(field: Atomic): MissingTest;
  /** The index of the numeric column that a function names. */
  column(path: string): number;
}

/** The source columns of a result, and the thinning that makes it. */
export interface BoundThinning {
  readonly columns: readonly number[];
  readonly thinning: Thinning;
}

/** Binds `thinner`; throws as `asked` and `source` do for unknown names. */
export function bind(thinner: ThinningFunction, asked: ColumnRequest, source: ThinningSource): BoundThinning {
  const { name, interval } = thinner;
  switch (name) {
    case 'bucket':
    case 'orderByMean':
    case 'orderByCount':
      return bindSummary(name, interval, asked, source);
    case 'orderByMin':
    case 'orderByMax':
    case 'orderByMinMax': {
      const key = source.column(thinner.key);
      const missing = source.missing(source.sequence.fields[key] as Atomic);
      const bound = bindChoice([source.time, key], asked, source, fields =>
        extremes(name, interval, fields, missing),
      );
      const summaries: SummaryUse = {
        columns: [key],
        fits: seconds => beginsAtMultiples(interval, seconds),
        needed: rows => stretchesOfExtremes(name, interval, rows),
      };
      return { ...bound, thinning: { ...bound.thinning, summaries } };
    }
    case 'orderByClosest':
      return bindChoice([source.time], asked, source, fields => closest(interval, fields));
    case 'orderByLimit':
      return bindChoice([source.time], asked, source, fields => limit(thinner.limit, interval, fields));
  }
}

/** Binds a function that chooses whole rows; it reads the columns `first`, and then the requested columns. */
function bindChoice(
  first: readonly number[],
  asked: ColumnRequest,
  source: ThinningSource,
  begin: (fields: readonly Atomic[]) => RowThinner,
): BoundThinning {
  const columns = asked.columns();
  const fields = fieldsOf(columns, source);
  const inputs = [...first, ...columns];
  return {
    columns,
    thinning: { inputs, inputFields: fieldsOf(inputs, source), fields, begin: () => begin(fields) },
  };
}

function bindSummary(
  name: SummaryName,
  interval: Interval,
  asked: ColumnRequest,
  source: ThinningSource,
): BoundThinning {
  const all = source.sequence.fields as readonly Atomic[];
  const possible = resultColumns(name, all, source.time);
  const results = asked.results(possible).map(index => possible[index]!);
  const columns = [...new Set(results.flatMap(result => result.source ?? []))];
  const summarised = columns.filter(column => column !== source.time);
  const inputs = [source.time, ...summarised];
  const inputFields = fieldsOf(inputs, source);
  const isNumeric = inputFields.every(({ type }) => isNumberType(type));
  const summaries: SummaryUse = {
    columns: summarised,
    fits: seconds => beginsAtMultiples(interval, seconds),
  };
  return {
    columns,
    thinning: {
      inputs,
      inputFields,
      fields: results.map(({ field }) => field),
      results,
      ...(isNumeric ? { summaries } : {}),
      begin: () => summarise(interval, results, summarised, all, field => source.missing(field)),
    },
  };
}

function fieldsOf(columns: readonly number[], { sequence }: ThinningSource): Atomic[] {
  return columns.map(column => sequence.fields[column] as Atomic);
}
