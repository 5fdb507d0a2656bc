// Describes a dataset by a DDS and a DAS: one Sequence, with the attributes of its columns and CF and ACDD attributes of the whole.

import { isoDuration } from '../../dap/model/duration.ts';
import { limitAttributes } from '../../dap/model/limits.ts';
import {
  type Attribute,
  type AttributeTable,
  columnMeanings,
  type DapDataset,
  type NumberMeaning,
  type Sequence,
} from '../../dap/protocol.ts';
import type { RowDelivery, SequenceColumn, SequenceLayout, SourceWords } from '../source/row-source.ts';
import type { DatasetInfo } from './dataset.ts';
import { CLOCK_ATTRIBUTES } from './state-attributes.ts';

export function describeModel(info: DatasetInfo, { name, columns }: SequenceLayout): DapDataset {
  const fields = columns.map(({ type, name }) => ({ type, name }));
  return { name: info.name, variables: [{ type: 'Sequence', name, fields }] };
}

export function describeAttributes(
  info: DatasetInfo,
  layout: SequenceLayout,
  delivery: RowDelivery,
): AttributeTable {
  return new Map([
    ['NC_GLOBAL', globalAttributes(info, delivery)],
    [layout.name, new Map(layout.columns.map(column => [column.name, columnTable(info, column)]))],
  ]);
}

/** The attributes of a column: those of its source, and its limits. */
function columnTable({ limits }: DatasetInfo, { name, type, attributes }: SequenceColumn): AttributeTable {
  const own = limits?.get(name);
  return own === undefined ? attributes : new Map([...attributes, ...limitAttributes(type, own)]);
}

/** The meaning of the numbers in each column, missing values included, by the names of the columns. */
export function missingValues(
  { variables }: DapDataset,
  attributes: AttributeTable,
): Map<string, NumberMeaning> {
  const [sequence] = variables as readonly [Sequence];
  const meanings = columnMeanings(sequence, attributes);
  return new Map(
    sequence.fields.flatMap(({ name }, column): [string, NumberMeaning][] => {
      const meaning = meanings[column];
      return meaning === undefined ? [] : [[name, meaning]];
    }),
  );
}

/** Global attributes that the server makes, which a configuration may not set. */
export const OWN_ATTRIBUTES: readonly string[] = [
  'Conventions',
  'title',
  'summary',
  'source',
  'featureType',
  'cdm_data_type',
  'time_coverage_resolution',
  ...CLOCK_ATTRIBUTES,
];

/** The words about a dataset, with those of its source in place of those that nobody has written. */
export function withWords(info: DatasetInfo, words: SourceWords | undefined): DatasetInfo {
  if (words === undefined) return info;
  const { unwritten = [], attributes } = info;
  const own = unwritten.flatMap(key => (words[key] === undefined ? [] : [[key, words[key]] as const]));
  const taken = [...words.attributes].filter(
    ([name]) => !OWN_ATTRIBUTES.includes(name) && !isOfTheTime(name),
  );
  return {
    ...info,
    ...Object.fromEntries(own),
    attributes: new Map([...taken, ...(attributes ?? [])]),
  };
}

/** Attributes of ACDD about the time of the rows, which is that of the rows here. */
function isOfTheTime(name: string): boolean {
  return name.startsWith('time_coverage_');
}

function globalAttributes(info: DatasetInfo, delivery: RowDelivery): AttributeTable {
  const table: AttributeTable = new Map([
    ['Conventions', text('CF-1.11, ACDD-1.3')],
    ['title', text(info.title)],
    ['summary', text(info.summary)],
    ['source', text(info.source)],
    ['featureType', text('timeSeries')],
    ['cdm_data_type', text('TimeSeries')],
  ]);
  if (delivery.kind === 'scheduled') {
    table.set('time_coverage_resolution', text(isoDuration(delivery.interval)));
  }
  for (const [name, attribute] of info.attributes ?? []) table.set(name, attribute);
  return table;
}

function text(value: string): Attribute {
  return { type: 'String', values: [value] };
}
