// Lists the columns that a summarising function makes of the columns of a Sequence.

import type { Atomic, AtomicType } from '../../model/variable.ts';
import type { SummaryName } from './function.ts';

/** The content of a result column: the beginning of the interval, its number of rows, or a measure of a source column. */
export type Measure = 'start' | 'rows' | 'count' | 'min' | 'mean' | 'max' | 'text';

export interface ResultColumn {
  readonly field: Atomic;
  readonly measure: Measure;
  /** The index of the source column; undefined for the number of rows. */
  readonly source?: number;
}

/** The name of the result column with the number of rows. */
const ROW_COUNT = 'row_count';

/** The result columns of the function `name` for source columns, of which the column with the index `time` is the time. */
export function resultColumns(name: SummaryName, fields: readonly Atomic[], time: number): ResultColumn[] {
  const results = fields.flatMap((field, source): ResultColumn[] => {
    if (source === time) {
      const start: ResultColumn = { field: { type: 'Float64', name: field.name }, measure: 'start', source };
      if (name !== 'bucket') return [start];
      return [start, { field: { type: 'Int32', name: ROW_COUNT }, measure: 'rows' }];
    }
    return measuresOf(name, field).map(([measure, type, suffix]) => ({
      field: { type, name: `${field.name}${suffix}` },
      measure,
      source,
    }));
  });
  // The count of a column called `row` would have the name of the number of rows.
  const isTwice = ({ field, measure }: ResultColumn) => field.name === ROW_COUNT && measure !== 'rows';
  return results.map(result =>
    name === 'bucket' && isTwice(result)
      ? { ...result, field: { ...result.field, name: `${ROW_COUNT}_2` } }
      : result,
  );
}

function measuresOf(name: SummaryName, { type }: Atomic): [Measure, AtomicType, suffix: string][] {
  const isText = type === 'String' || type === 'Url';
  switch (name) {
    case 'orderByCount':
      return [['count', 'Int32', '']];
    case 'orderByMean':
      return [isText ? ['text', type, ''] : ['mean', 'Float64', '']];
    case 'bucket': {
      const count: [Measure, AtomicType, string] = ['count', 'Int32', '_count'];
      if (isText) return [count];
      // Whole numbers have no NaN for an interval without values.
      const own = type === 'Float32' ? type : 'Float64';
      return [count, ['min', own, '_min'], ['mean', 'Float64', '_mean'], ['max', own, '_max']];
    }
  }
}
