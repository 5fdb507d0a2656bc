// Describes the columns of sensors: the Sequence `sensor`, `time` first, with CF attributes for each channel.

import { UNIX_SECONDS_TEXT } from '../../dap/model/time-units.ts';
import type { Attribute, AttributeTable } from '../../dap/protocol.ts';
import { type Channel, columnRange, columnStep, fillValue } from '../../device/index.ts';
import type { SequenceColumn, SequenceLayout } from './row-source.ts';

/** The layout of rows that sensors with these channels give. */
export function sensorLayout(channels: readonly Channel[]): SequenceLayout {
  // The original post calls its Sequence so.
  return { name: 'sensor', columns: [TIME_COLUMN, ...channels.map(columnOf)] };
}

/** The column of row times. */
export const TIME_COLUMN: SequenceColumn = {
  type: 'Float64',
  name: 'time',
  attributes: new Map([
    ['units', text(UNIX_SECONDS_TEXT)],
    ['long_name', text('Time of the reading')],
    ['standard_name', text('time')],
    ['calendar', text('standard')],
    ['axis', text('T')],
  ]),
};

function columnOf(channel: Channel): SequenceColumn {
  const { name, type = 'Float64' } = channel;
  return { type, name, attributes: channelAttributes(channel) };
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
