// Makes the columns of a configured sensor from its kind's channels, with the names, texts and corrections of the configuration.

import type { SensorKind } from '../kind.ts';
import type { Channel, Sampling } from '../sensor.ts';
import { type Calibration, calibratedRange, calibratedStep } from './calibration.ts';
import { type DerivedColumn, type DerivedOverride, derivedColumn } from './derived/derived-column.ts';

/** One channel of a sensor and its column. */
export interface ColumnSetup {
  /** The channel's name in its kind. */
  readonly channel: string;
  readonly column: Channel;
  readonly calibration?: Calibration;
}

/** The configuration of a channel; its kind gives the rest. */
export interface ChannelOverride extends Partial<Channel> {
  /** Applies first: units and range are those of the corrected value. */
  readonly calibration?: Calibration;
}

/** One sensor as configured, known before anything is opened. */
export interface SensorSetup {
  readonly kind: SensorKind;
  /** The file of a kind that is a driver. */
  readonly driver?: string;
  /** Its name in health, log and page, different from that of every other sensor of the dataset. */
  readonly name: string;
  /** The output of the kind's schema. */
  readonly options: Readonly<Record<string, unknown>>;
  /** One per channel of the kind, in the same order. */
  readonly columns: readonly ColumnSetup[];
  /** Further columns, which come after those. */
  readonly derived: readonly DerivedColumn[];
  /** The configured part of its sampling. */
  readonly sampling: SamplingOverride;
}

export type SamplingOverride = Pick<Sampling, 'every' | 'between'>;

export interface SetupOptions {
  /** A name of its own, with which its columns then begin: `air` gives `air_temperature`. The kind's name by default. */
  readonly name?: string;
  /** A readable name, for people who read its values; the name by default. */
  readonly title?: string;
  /** By the names of the kind's channels. */
  readonly channels?: Readonly<Record<string, ChannelOverride>>;
  /** By the names of the new columns, which get the sensor's name as a prefix. Columns from unknown channels are left out. */
  readonly derived?: Readonly<Record<string, DerivedOverride>>;
  readonly sampling?: SamplingOverride;
}

/** Sets a sensor up. `options` are the output of the kind's schema. */
export function setUpSensor(
  kind: SensorKind,
  options: Readonly<Record<string, unknown>> = {},
  { name, title = name, channels = {}, derived = {}, sampling = {} }: SetupOptions = {},
): SensorSetup {
  const columns = kind
    .channels(options)
    .map(channel =>
      columnOf(channel, { name, title }, Object.hasOwn(channels, channel.name) ? channels[channel.name] : {}),
    );
  const derivedColumns = Object.entries(derived).flatMap(([key, override]) => {
    const place = columns.findIndex(({ channel }) => channel === override.from);
    const source = columns[place];
    if (source === undefined) return [];
    const derivedFrom = derivedColumn(key, named(name, key), override, source.column, place);
    return [{ ...derivedFrom, column: { ...derivedFrom.column, ...shownName(title) } }];
  });
  return { kind, name: name ?? kind.name, options, columns, derived: derivedColumns, sampling };
}

/** All columns of a sensor, in the order of a reading, with a comment if rows repeat or lack readings. */
export function columnsOf({ columns, derived, sampling }: SensorSetup): readonly Channel[] {
  const comment = samplingComment(sampling);
  return [...columns, ...derived].map(({ column }) =>
    comment === undefined ? column : { ...column, comment },
  );
}

/** How the sensor is sampled. */
export function samplingOf({ kind, options, sampling }: SensorSetup): Sampling {
  return { ...sampling, conversionTime: kind.conversionTime(options) };
}

function samplingComment({ every, between = 'nan' }: SamplingOverride): string | undefined {
  if (every === undefined && between === 'nan') return undefined;
  const rows = between === 'hold' ? 'repeat the earlier one' : 'have no value';
  return `${every === undefined ? '' : `Read every ${every} s. `}Rows between two readings ${rows}.`;
}

function named(sensor: string | undefined, channel: string): string {
  return sensor === undefined ? channel : `${sensor}_${channel}`;
}

function shownName(title: string | undefined): Pick<Channel, 'sensorName'> {
  return title === undefined ? {} : { sensorName: title };
}

function columnOf(
  channel: Channel,
  { name, title }: { readonly name: string | undefined; readonly title: string | undefined },
  { calibration, ...override }: ChannelOverride = {},
): ColumnSetup {
  const ofKind = calibration === undefined ? channel : correctedChannel(channel, calibration);
  return {
    channel: channel.name,
    column: { ...ofKind, name: named(name, channel.name), ...shownName(title), ...override },
    ...(calibration === undefined ? {} : { calibration }),
  };
}

function correctedChannel(channel: Channel, calibration: Calibration): Channel {
  const { validRange, resolution } = channel;
  return {
    ...channel,
    ...(validRange === undefined ? {} : { validRange: calibratedRange(calibration, validRange) }),
    ...(resolution === undefined ? {} : { resolution: calibratedStep(calibration, resolution) }),
  };
}
