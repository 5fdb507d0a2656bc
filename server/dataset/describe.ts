// Describes a dataset's sensors by a DDS and a DAS: one Sequence, `time` first, with CF and ACDD attributes.

import {
  type Attribute,
  type AttributeTable,
  attributeTable,
  type DapDataset,
  meaningOf,
  type NumberMeaning,
  type Sequence,
} from '../../dap/index.ts';
import { type Channel, columnRange, columnStep, fillValue } from '../../device/index.ts';
import { CLOCK_ATTRIBUTES } from './clock-attributes.ts';
import type { DatasetInfo } from './dataset.ts';

/** The name of every dataset's Sequence, as in the original post. */
export const SEQUENCE_NAME = 'sensor';

/** The UDUNITS reference that all times are counted from. */
export const TIME_UNITS = 'seconds since 1970-01-01T00:00:00Z';

export function describeModel(info: DatasetInfo, channels: readonly Channel[]): DapDataset {
  const sequence: Sequence = {
    type: 'Sequence',
    name: SEQUENCE_NAME,
    fields: [
      { type: 'Float64', name: 'time' },
      ...channels.map(channel => ({ type: channel.type ?? 'Float64', name: channel.name }) as const),
    ],
  };
  return { name: info.name, variables: [sequence] };
}

export function describeAttributes(
  info: DatasetInfo,
  channels: readonly Channel[],
  interval: number,
): AttributeTable {
  const columns: AttributeTable = new Map();
  columns.set('time', timeAttributes());
  for (const channel of channels) columns.set(channel.name, channelAttributes(channel));
  return new Map([
    ['NC_GLOBAL', globalAttributes(info, interval)],
    [SEQUENCE_NAME, columns],
  ]);
}

/** What tells values from what stands for none, by the names of the columns of numbers. */
export function missingValues(
  { variables }: DapDataset,
  attributes: AttributeTable,
): Map<string, NumberMeaning> {
  const columns = attributeTable(attributes, SEQUENCE_NAME);
  const [sequence] = variables as readonly [Sequence];
  return new Map(
    sequence.fields.flatMap(({ name, type }): [string, NumberMeaning][] => {
      const meaning = meaningOf(type, attributeTable(columns, name));
      return meaning === undefined ? [] : [[name, meaning]];
    }),
  );
}

/** Global attributes that are made here, and so nowhere else. */
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

function globalAttributes(info: DatasetInfo, interval: number): AttributeTable {
  const table: AttributeTable = new Map([
    ['Conventions', text('CF-1.11, ACDD-1.3')],
    ['title', text(info.title)],
    ['summary', text(info.summary)],
    ['source', text(info.source)],
    ['featureType', text('timeSeries')],
    ['cdm_data_type', text('TimeSeries')],
  ]);
  if (interval > 0) table.set('time_coverage_resolution', text(`PT${interval}S`));
  for (const [name, attribute] of info.attributes ?? []) table.set(name, attribute);
  return table;
}

function timeAttributes(): AttributeTable {
  return new Map([
    ['units', text(TIME_UNITS)],
    ['long_name', text('Time of the reading')],
    ['standard_name', text('time')],
    ['calendar', text('standard')],
    ['axis', text('T')],
  ]);
}

function channelAttributes(channel: Channel): AttributeTable {
  const type = channel.type ?? 'Float64';
  const table: AttributeTable = new Map([
    ['units', text(channel.units)],
    ['long_name', text(channel.longName)],
  ]);
  if (channel.standardName !== undefined) table.set('standard_name', text(channel.standardName));
  const { validRange, resolution } = channel;
  // CF wants the bounds in the type of the column.
  const range = validRange && columnRange(type, validRange);
  if (range !== undefined) table.set('valid_range', { type, values: range });
  if (resolution !== undefined) {
    table.set('resolution', { type: 'Float64', values: [columnStep(type, resolution)] });
  }
  if (channel.sensorName !== undefined) table.set('sensor_name', text(channel.sensorName));
  if (channel.serialNumber !== undefined) table.set('serial_number', text(channel.serialNumber));
  if (channel.comment !== undefined) table.set('comment', text(channel.comment));
  table.set('_FillValue', { type, values: [fillValue(type)] });
  return table;
}

function text(value: string): Attribute {
  return { type: 'String', values: [value] };
}
