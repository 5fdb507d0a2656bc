// Writes the field `recent` of the newest row: the description of each column, its extremes of today, and a series of minutes.

import { type Attribute, type AttributeTable, columnAttributes } from '../../../dap/protocol.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { dayStart } from '../../recent/day.ts';
import type { Extremes } from '../../recent/extremes.ts';
import type { RecentRows } from '../../recent/recent-rows.ts';
import { publishedInterval } from '../../source/row-source.ts';
import { shortest } from './shortest.ts';

/** The attributes that a page shows a value by. */
const SHOWN_BY = [
  ...['units', 'long_name', 'sensor_name', 'resolution', 'flag_values', 'flag_masks', 'flag_meanings'],
  ...['_FillValue', 'missing_value', 'valid_range', 'valid_min', 'valid_max'],
  ...['_Unsigned', 'scale_factor', 'add_offset'],
  ...['warn_below', 'warn_above', 'alarm_below', 'alarm_above'],
];

/** Steps between the least and the greatest value of a series: it is a picture, and its numbers may be short. */
const SERIES_STEPS = 200;

/** Decimals of a series of equal values, or more if their first six digits need them. */
const EQUAL_DECIMALS = 6;

/** The most decimals of `toFixed`. */
const MOST_DECIMALS = 100;

export interface RecentQuestion {
  /** Minutes of the series; 0 for none, and no description of the columns. */
  readonly minutes: number;
  /** The time zone of the day; undefined for that of this machine. */
  readonly zone: string | undefined;
  /** Seconds since 1970. */
  readonly now: number;
}

/** `rows`: undefined while they have to be read first, and where each client has rows of its own. */
export function recentFields(
  dataset: Dataset,
  rows: RecentRows | undefined,
  { minutes, zone, now }: RecentQuestion,
): object {
  const { layout, attributes, isClocked, delivery } = dataset;
  // Rows of another clock than that of this machine have a day of their own.
  const end = isClocked ? Math.max(now, rows?.last ?? now) : (rows?.last ?? now);
  const dayBegins = dayStart(end, zone);
  const columns = layout.columns.slice(1).map((column, index) => {
    const today = rows?.extremes(index, dayBegins, end);
    const table = columnAttributes(attributes, layout.name, column.name);
    return [
      column.name,
      {
        least: today === undefined ? null : shortest(column.type, today.least),
        greatest: today === undefined ? null : shortest(column.type, today.greatest),
        ...(minutes === 0 ? {} : { type: column.type, attributes: shownBy(table) }),
        ...(minutes === 0 || rows === undefined ? {} : series(rows.minutes(index, end, minutes))),
      },
    ] as const;
  });
  return {
    interval: publishedInterval(delivery) ?? null,
    isClocked,
    dayStart: dayBegins,
    since: rows?.first === undefined ? null : Math.max(dayBegins, rows.first),
    ...(minutes === 0 ? {} : { minutes, end }),
    columns: Object.fromEntries(columns),
  };
}

/** The least and the greatest value of each minute, which are the same for rows a minute apart: then the greatest are left out. */
function series(minutes: readonly (Extremes | undefined)[]): object {
  const known = minutes.flatMap(each => each ?? []);
  const greatest = Math.max(...known.map(each => each.greatest));
  const span = greatest - Math.min(...known.map(({ least }) => least));
  const decimals =
    span > 0
      ? Math.ceil(Math.log10(SERIES_STEPS / span))
      : Math.max(EQUAL_DECIMALS, Math.ceil(EQUAL_DECIMALS - Math.log10(Math.abs(greatest || 1))));
  const written = (value: number | undefined) => (value === undefined ? null : rounded(value, decimals));
  const low = minutes.map(each => written(each?.least));
  const high = minutes.map(each => written(each?.greatest));
  return { low, ...(high.every((value, index) => value === low[index]) ? {} : { high }) };
}

function rounded(value: number, decimals: number): number {
  if (decimals < 0) return Math.round(value * 10 ** decimals) / 10 ** decimals;
  const scaled = value * 10 ** decimals;
  // Thousands of numbers are in an answer: `toFixed` takes ten times as long, and is exact for large ones.
  if (Math.abs(scaled) < 2 ** 52 && decimals <= 15) return Math.round(scaled) / 10 ** decimals;
  return decimals > MOST_DECIMALS ? value : Number(value.toFixed(decimals));
}

function shownBy(table: AttributeTable | undefined): object {
  return Object.fromEntries(
    SHOWN_BY.flatMap(name => {
      const found = table?.get(name);
      return found === undefined || found instanceof Map ? [] : [[name, written(found)]];
    }),
  );
}

/** JSON has no NaN and no infinity: as texts they read back as numbers. */
function written({ type, values }: Attribute): object {
  return {
    type,
    values: values.map(value =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  };
}
