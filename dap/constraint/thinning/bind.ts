// What a function comes to over the columns of one Sequence: which it reads and gives, and what does the work.

import type { MissingTest } from '../../model/meaning.ts';
import type { Atomic, Sequence } from '../../model/variable.ts';
import { closest } from './closest.ts';
import { extremes } from './extremes.ts';
import type { SummaryName, ThinningFunction } from './function.ts';
import type { Interval } from './interval.ts';
import { limit } from './limit.ts';
import { type ResultColumn, resultColumns, summarise } from './summarise.ts';
import type { RowThinner, Thinning } from './thinning.ts';

/** Says which columns are asked for. */
export interface ColumnRequest {
  /** Numbers of columns of the source Sequence. */
  columns(): number[];
  /** Places in `results`, each a column that is made of one of the source Sequence or of none in particular. */
  results(results: readonly ResultColumn[]): number[];
}

export interface ThinningSource {
  readonly sequence: Sequence;
  /** The number of the column `time`. */
  readonly time: number;
  /** What tells the values of a column from what stands for none. */
  missing(field: Atomic): MissingTest;
  /** The number of a column of numbers that a function names. */
  column(path: string): number;
}

/** The source columns that the result is made of, and how. */
export interface BoundThinning {
  readonly columns: readonly number[];
  readonly thinning: Thinning;
}

/** Binds `thinner`; throws what `asked` and `source` throw for names that there are not. */
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
      return bindChoice([source.time, key], asked, source, fields =>
        extremes(name, interval, fields, missing),
      );
    }
    case 'orderByClosest':
      return bindChoice([source.time], asked, source, fields => closest(interval, fields));
    case 'orderByLimit':
      return bindChoice([source.time], asked, source, fields => limit(thinner.limit, interval, fields));
  }
}

/** A function that chooses whole rows; it reads the columns `first`, and then those that are asked for. */
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
  return {
    columns,
    thinning: {
      inputs,
      inputFields: fieldsOf(inputs, source),
      fields: results.map(({ field }) => field),
      begin: () => summarise(interval, results, summarised, all, field => source.missing(field)),
    },
  };
}

function fieldsOf(columns: readonly number[], { sequence }: ThinningSource): Atomic[] {
  return columns.map(column => sequence.fields[column] as Atomic);
}
