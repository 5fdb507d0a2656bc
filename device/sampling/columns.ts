// Makes the typed array of a channel's column, and fits values to its type, with a fill value for missing ones.

import { RANGES } from '../../dap/model/layout.ts';
import { type NumberColumn, newNumberColumn } from '../../dap/model/value.ts';
import type { Channel, ChannelType } from '../sensor.ts';

/** An empty column for `length` rows of the channel. */
export function newChannelColumn(channel: Channel, length: number): NumberColumn {
  return newNumberColumn(channel.type ?? 'Float64', length);
}

/**
 * The number in a column of this type where the channel has no value, and the attribute `_FillValue`: NaN, or netCDF's
 * default fill value (NC_FILL_INT, NC_FILL_UINT) in whole-number columns, which cannot hold NaN.
 */
export function fillValue(type: ChannelType = 'Float64'): number {
  if (type === 'Int32') return -2147483647;
  return type === 'UInt32' ? 4294967295 : Number.NaN;
}

/** The number to store for `value`: rounded to the column's type, or the fill value for NaN, infinity and numbers out of its range. */
export function channelValue(channel: Channel, value: number): number {
  const { type } = channel;
  if (type !== 'Int32' && type !== 'UInt32') {
    const held = type === 'Float32' ? Math.fround(value) : value;
    return Number.isFinite(held) ? held : Number.NaN;
  }
  const whole = Math.round(value);
  const [least, greatest] = RANGES[type];
  return whole >= least && whole <= greatest ? whole : fillValue(type);
}

/** A range of values as the column's type can hold it; undefined for a range without any whole number in a whole-number column. */
export function columnRange(
  type: ChannelType,
  [low, high]: readonly [number, number],
): readonly [low: number, high: number] | undefined {
  if (type !== 'Int32' && type !== 'UInt32') return [low, high];
  const [lowest, highest] = RANGES[type];
  const held = (bound: number) => Math.min(Math.max(bound, lowest), highest);
  const [least, greatest] = [held(Math.ceil(low)), held(Math.floor(high))];
  return least <= greatest ? [least, greatest] : undefined;
}

/** The smallest step between two values as the column's type can hold them. */
export function columnStep(type: ChannelType, step: number): number {
  return type === 'Int32' || type === 'UInt32' ? Math.max(1, step) : step;
}
