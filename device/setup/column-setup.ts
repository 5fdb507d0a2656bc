// Which columns does a configured sensor give? Its kind's channels, renamed, relabelled and corrected as a person asked for.

import type { SensorKind } from '../kind.ts';
import type { Channel, Sampling } from '../sensor.ts';
import { type Calibration, calibratedRange, calibratedStep } from './calibration.ts';
import { type DerivedColumn, type DerivedOverride, derivedColumn } from './derived/derived-column.ts';

/** One channel of a sensor, as the column that it becomes. */
export interface ColumnSetup {
  /** The channel's name in its kind, before it got a name of its own. */
  readonly channel: string;
  readonly column: Channel;
  readonly calibration?: Calibration;
}

/** What may be said otherwise of a channel; what is left out stays as its kind has it. */
export interface ChannelOverride extends Partial<Channel> {
  /** Comes before everything else: units and range are those of the corrected value. */
  readonly calibration?: Calibration;
}

/** One sensor as it was configured; all of it is known before anything is opened. */
export interface SensorSetup {
  readonly kind: SensorKind;
  /** The file that the kind is in, where that is no file of the project. */
  readonly driver?: string;
  /** What health, log and page call it; no two sensors of a dataset alike. */
  readonly name: string;
  /** As the kind's schema gave them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** One a channel of the kind, in the same order. */
  readonly columns: readonly ColumnSetup[];
  /** Columns besides, which come after those. */
  readonly derived: readonly DerivedColumn[];
  /** When it is read and what rows hold between two readings, where somebody said so. */
  readonly sampling: SamplingOverride;
}

export type SamplingOverride = Pick<Sampling, 'every' | 'between'>;

export interface SetupOptions {
  /** The sensor's own name, which its columns then begin with: `air` gives `air_temperature`. The kind's where it is left out. */
  readonly name?: string;
  /** By the names of the kind's channels. */
  readonly channels?: Readonly<Record<string, ChannelOverride>>;
  /** By the names of the new columns, before which the sensor's own name comes. Those from channels that are not there are left out. */
  readonly derived?: Readonly<Record<string, DerivedOverride>>;
  readonly sampling?: SamplingOverride;
}

/** Sets a sensor up. `options` are as the kind's schema gave them. */
export function setUpSensor(
  kind: SensorKind,
  options: Readonly<Record<string, unknown>> = {},
  { name, channels = {}, derived = {}, sampling = {} }: SetupOptions = {},
): SensorSetup {
  const columns = kind
    .channels(options)
    .map(channel =>
      columnOf(channel, name, Object.hasOwn(channels, channel.name) ? channels[channel.name] : {}),
    );
  const derivedColumns = Object.entries(derived).flatMap(([key, override]) => {
    const place = columns.findIndex(({ channel }) => channel === override.from);
    const source = columns[place];
    if (source === undefined) return [];
    const derivedFrom = derivedColumn(key, named(name, key), override, source.column, place);
    return [{ ...derivedFrom, column: { ...derivedFrom.column, ...ownName(name) } }];
  });
  return { kind, name: name ?? kind.name, options, columns, derived: derivedColumns, sampling };
}

/** All columns of a sensor, in the order of a reading; of those whose rows repeat or lack a reading, that is said. */
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

function ownName(sensor: string | undefined): Pick<Channel, 'sensorName'> {
  return sensor === undefined ? {} : { sensorName: sensor };
}

function columnOf(
  channel: Channel,
  sensor: string | undefined,
  { calibration, ...override }: ChannelOverride = {},
): ColumnSetup {
  const ofKind = calibration === undefined ? channel : correctedChannel(channel, calibration);
  return {
    channel: channel.name,
    column: { ...ofKind, name: named(sensor, channel.name), ...ownName(sensor), ...override },
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
