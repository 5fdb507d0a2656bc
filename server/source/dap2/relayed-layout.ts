// Takes over the layout of a dataset on another server: its Sequence with the columns that hold numbers, and the words about it.

import type { ResumeTime } from '../../../dap/client/follow/resume-time.ts';
import { isNumberType } from '../../../dap/model/layout.ts';
import { findResumeTime, namedTime } from '../../../dap/model/time-column.ts';
import type { NumberType } from '../../../dap/model/variable.ts';
import {
  type Attribute,
  type AttributeTable,
  attributeText,
  columnAttributes,
  type DapDataset,
  isAtomic,
  type NumberMeaning,
  type Sequence,
  type TimeUnits,
} from '../../../dap/protocol.ts';
import type { SequenceColumn, SequenceLayout, SourceWords } from '../row-source.ts';
import { TIME_COLUMN } from '../sensor-layout.ts';
import { widenedColumn } from './widened-column.ts';

/** The column of times on the other server. */
export interface RelayedTime {
  readonly name: string;
  readonly units: TimeUnits;
  /** Tells times from missing values. */
  readonly meaning: NumberMeaning | undefined;
}

export interface RelayedLayout {
  readonly layout: SequenceLayout;
  readonly time: RelayedTime;
  /** The names of the columns on the other server, in the order of the layout. */
  readonly columns: readonly string[];
  /** For each of them, what gives its numbers the sign that they are served with; undefined for numbers that are served as they come. */
  readonly signs: readonly (NumberMeaning | undefined)[];
  /** Whether these are all columns of the Sequence. */
  readonly isWhole: boolean;
  /** The columns that are left out because they hold no numbers, such as `String station`. */
  readonly leftOut: readonly string[];
  readonly words: SourceWords;
  /** Whether all attributes could be read. */
  readonly hasAttributes: boolean;
}

/** Attributes that change with the rows, or that describe how the other server stores a column. */
const OF_THE_MOMENT = ['actual_range', 'data_min', 'data_max', '_ChunkSizes', '_CoordinateAxisType'];

/** Attributes of a time column that its conversion into seconds makes wrong. */
const OF_OTHER_UNITS = [
  'units',
  'calendar',
  '_FillValue',
  'missing_value',
  'valid_range',
  'valid_min',
  'valid_max',
  '_Unsigned',
  'scale_factor',
  'add_offset',
  'time_origin',
  'time_precision',
  'resolution',
];

/** @throws an Error with a clause if the dataset has no Sequence with a time and a column of numbers */
export function relayedLayout(
  { variables }: DapDataset,
  attributes: AttributeTable,
  problem?: string,
): RelayedLayout {
  const sequence = onlySequence(variables);
  const time = findResumeTime(sequence, attributes);
  if (time === undefined && namedTime(sequence) === undefined)
    throw new Error(`expected a column of times in the Sequence ${sequence.name}, found none`);
  if (time === undefined || !time.absolute) {
    const name = time?.name ?? 'time';
    const units = attributeText(columnAttributes(attributes, sequence.name, name), 'units') ?? '';
    throw new Error(
      `expected a column of times whose units count from a date, found ${name} in ${JSON.stringify(units)}`,
    );
  }
  const fields = new Map(sequence.fields.toReversed().map(field => [field.name, field]));
  const taken = sequence.fields.flatMap(field => {
    const { name } = field;
    if (!isAtomic(field) || !isNumberType(field.type) || fields.get(name) !== field) return [];
    return name === time.name ? [] : [{ type: field.type, name }];
  });
  const timeName = time.name;
  const untaken = sequence.fields.filter(
    ({ name }) => name !== timeName && !taken.some(column => column.name === name),
  );
  const leftOut = untaken.map(({ type, name }) => `${type} ${name}`);
  if (taken.length === 0) {
    const found = leftOut.length === 0 ? 'none' : leftOut.join(', ');
    throw new Error(`expected a column of numbers beside ${timeName}, found ${found}`);
  }
  const tableOf = (name: string) => columnAttributes(attributes, sequence.name, name) ?? new Map();
  const others = taken.map(({ type, name }) => takenColumn(type, name, tableOf(name)));
  const timeColumn = { ...TIME_COLUMN, attributes: timeAttributes(tableOf(timeName)) };
  return {
    layout: { name: sequence.name, columns: [timeColumn, ...others.map(({ column }) => column)] },
    time: { name: timeName, units: time.units, meaning: time.meaning },
    columns: [timeName, ...taken.map(({ name }) => name)],
    signs: [undefined, ...others.map(({ sign }) => sign)],
    isWhole: taken.length + 1 === sequence.fields.length,
    leftOut,
    words: wordsOf(attributes),
    hasAttributes: problem === undefined,
  };
}

/** The time column as the client that follows the Sequence names it. */
export function resumeTimeOf({ layout, time }: RelayedLayout): ResumeTime {
  return { sequence: layout.name, column: time.name, isOmitted: false, units: time.units };
}

function onlySequence(variables: DapDataset['variables']): Sequence {
  const [sequence, another] = variables.filter(variable => variable.type === 'Sequence');
  if (sequence !== undefined && another === undefined) return sequence;
  const found = variables.map(({ type, name }) => `${type} ${name}`).join(', ');
  throw new Error(`expected a dataset with one Sequence, found ${found === '' ? 'nothing' : found}`);
}

function takenColumn(
  type: NumberType,
  name: string,
  table: AttributeTable,
): { readonly column: SequenceColumn; readonly sign: NumberMeaning | undefined } {
  const attributes = lasting(table);
  const widened = widenedColumn(type, attributes);
  if (widened === undefined) return { column: { type, name, attributes }, sign: undefined };
  return { column: { type: 'Int32', name, attributes: widened.attributes }, sign: widened.meaning };
}

function timeAttributes(table: AttributeTable): AttributeTable {
  const own = [...lasting(table)].filter(([key]) => !OF_OTHER_UNITS.includes(key));
  return new Map([...TIME_COLUMN.attributes, ...own]);
}

/** The attributes, without tables inside and without those that change with the rows. */
function lasting(table: AttributeTable): AttributeTable {
  return new Map(
    [...table].filter(([key, attribute]) => !(attribute instanceof Map) && !OF_THE_MOMENT.includes(key)),
  );
}

/** The words about a dataset in the global attributes of a DAS. */
export function wordsOf(attributes: AttributeTable): SourceWords {
  const [, table] = [...attributes].find(([name]) => /(?:^|_)GLOBAL$/i.test(name)) ?? [];
  const global = table instanceof Map ? lasting(table) : new Map<string, Attribute>();
  const text = (name: string) => {
    const found = attributeText(global, name)?.trim();
    return found === undefined || found === '' ? {} : { [name]: found };
  };
  return { ...text('title'), ...text('summary'), ...text('source'), attributes: global };
}
