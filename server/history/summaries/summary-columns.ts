// Defines the columns of a file of summaries: for each column of the dataset its count, least, mean and greatest value.

import { MEANING_ATTRIBUTES } from '../../../dap/model/meaning.ts';
import type { AttributeTable, Batch, NumberColumn, SummarisedRows } from '../../../dap/protocol.ts';
import type { FileColumn } from '../parquet/file-columns.ts';

/** A column of the dataset as it is served, which decides how its values are summarised. */
export interface ServedColumn extends FileColumn {
  readonly attributes: AttributeTable;
  /** The value of rows whose file lacks the column. */
  readonly fillValue: number;
}

/** The beginning of a stretch, and its number of rows. No column of a dataset gives a name without `_`. */
const STRETCH: readonly FileColumn[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Int32', name: 'count' },
];

const PER_COLUMN = 5;

/** The columns of a file of summaries. `_rest` is what count times mean lacks of the sum, so that sums of sums lose nothing. */
export function summaryColumns(columns: readonly FileColumn[]): readonly FileColumn[] {
  return [...STRETCH, ...columns.slice(1).flatMap(summaryColumnsOf)];
}

/** The columns of a file of summaries for one column of the dataset. */
function summaryColumnsOf({ type, name }: FileColumn): readonly FileColumn[] {
  // Whole numbers have no NaN for a stretch without values.
  const own = type === 'Float32' ? type : 'Float64';
  return [
    { type: 'Int32', name: `${name}_count` },
    { type: own, name: `${name}_min` },
    { type: 'Float64', name: `${name}_mean` },
    { type: own, name: `${name}_max` },
    { type: 'Float64', name: `${name}_rest` },
  ];
}

/** The columns that `summarisedRows` takes, for some columns of the dataset. */
export function columnsFor(columns: readonly FileColumn[]): readonly FileColumn[] {
  return [...STRETCH, ...columns.flatMap(summaryColumnsOf)];
}

/** Summaries from the columns of a file. */
export function summarisedRows({ length, columns }: Batch): SummarisedRows {
  const [times, rows, ...others] = columns as [Float64Array, Int32Array, ...NumberColumn[]];
  return {
    length,
    times,
    rows,
    columns: Array.from({ length: others.length / PER_COLUMN }, (_, index) => {
      const [counts, least, means, greatest, rests] = others.slice(PER_COLUMN * index) as [
        NumberColumn,
        NumberColumn,
        NumberColumn,
        NumberColumn,
        NumberColumn,
      ];
      return { counts, least, means, greatest, rests };
    }),
  };
}

/** All that decides how a column is summarised, as text: summaries that were made by another text are of no use. */
export function meaningText({ type, name, quantity, missing, attributes, fillValue }: ServedColumn): string {
  const marks = ['units', ...MEANING_ATTRIBUTES].flatMap(attribute => {
    const found = attributes.get(attribute);
    return found === undefined || found instanceof Map
      ? []
      : [`${attribute}=${found.type} ${found.values.map(String).join()}`];
  });
  const stored = `quantity=${quantity}; missing=${missing}; fill=${fillValue}`;
  return [type, name, stored, ...marks].join('; ');
}
