// Reads the newest rows of a server with their recent past, from `latest.json?spark=MINUTES`, and checks every field.

import type { Attribute, AttributeTable } from '../../dap/model/attributes.ts';
import { isNumberType } from '../../dap/model/layout.ts';
import type { AtomicType } from '../../dap/model/variable.ts';
import { describeColumns, type ShownColumn } from '../stream/describe.ts';
import { listOf, numberOf, textOf } from '../text/fields.ts';
import { type Fields, fieldsOf } from '../text/json.ts';

/** The extremes of each minute of the last ones; undefined for a minute without a value. Numbers as they stand in the column. */
export interface Series {
  readonly low: readonly (number | undefined)[];
  readonly high: readonly (number | undefined)[];
}

export interface FailingSensor {
  readonly columns: readonly string[];
  /** Milliseconds since 1970; undefined if the server does not state it. */
  readonly since: number | undefined;
  /** Empty if the server states none. */
  readonly reason: string;
}

/** Values of one column. Numbers as they stand in the column. */
export interface RecentColumn {
  /** Undefined for no value. */
  readonly value: number | undefined;
  /** The extremes of today; undefined without a value of today, and if the server does not say. */
  readonly least: number | undefined;
  readonly greatest: number | undefined;
}

/** What the server said of one dataset. Times in milliseconds since 1970. */
export interface RecentDataset {
  readonly name: string;
  readonly title: string;
  /** The time of the newest row, and its age by the server's clock in milliseconds; undefined before the first row. */
  readonly time: number | undefined;
  readonly age: number | undefined;
  /** Milliseconds between rows; undefined if they come irregularly, 0 if each client has rows of its own. */
  readonly interval: number | undefined;
  readonly isClocked: boolean;
  readonly dayStart: number | undefined;
  /** From when on rows count for the extremes; undefined while they are not known. */
  readonly since: number | undefined;
  readonly columns: ReadonlyMap<string, RecentColumn>;
  readonly failing: readonly FailingSensor[];
  /** Why no more rows come; undefined while they come. */
  readonly failure: string | undefined;
  /** Undefined in an answer without them (`spark=0`). */
  readonly described: Described | undefined;
}

export interface Described {
  readonly columns: readonly ShownColumn[];
  readonly series: ReadonlyMap<string, Series>;
}

/** The datasets of an answer; undefined for JSON that is none. An answer for one dataset is a list of one. */
export function parseRecent(json: unknown): readonly RecentDataset[] | undefined {
  const { datasets, dataset } = fieldsOf(json);
  if (Array.isArray(datasets)) return datasets.map(parseDataset);
  return typeof dataset === 'string' ? [parseDataset(json)] : undefined;
}

function parseDataset(json: unknown): RecentDataset {
  const { dataset, title, epoch, age, values, columns, sensors, failure, recent: past } = fieldsOf(json);
  const { columns: recent, interval, isClocked, dayStart, since } = fieldsOf(past);
  const extremes = fieldsOf(recent);
  const known = fieldsOf(values);
  const name = textOf(dataset);
  return {
    name,
    title: textOf(title) || name,
    time: millis(epoch),
    age: millis(age),
    interval: millis(interval),
    isClocked: isClocked !== false,
    dayStart: millis(dayStart),
    since: millis(since),
    columns: new Map(
      Object.keys(known).map(column => {
        const { least, greatest } = fieldsOf(extremes[column]);
        return [
          column,
          { value: numberOf(known[column]), least: numberOf(least), greatest: numberOf(greatest) },
        ];
      }),
    ),
    failing: listOf(sensors)
      .map(fieldsOf)
      .filter(({ state }) => state === 'failing')
      .map(parseSensor),
    failure: typeof failure === 'string' ? textOf(failure) : undefined,
    described: describe(Object.keys(known), fieldsOf(columns), extremes),
  };
}

/** A server that does not know `spark` gives units and names alone. */
function describe(names: readonly string[], words: Fields, extremes: Fields): Described | undefined {
  const isBrief = names.some(name => {
    const entry = fieldsOf(extremes[name]);
    return 'least' in entry && !('type' in entry);
  });
  if (isBrief) return undefined;
  const said = names.map(name => {
    const { type, attributes } = fieldsOf(extremes[name]);
    return { name, type: typeOf(type), table: attributesOf(attributes, fieldsOf(words[name])) };
  });
  const tables = new Map(said.map(({ name, table }) => [name, table]));
  const series = names.flatMap(name => {
    const { low, high } = fieldsOf(extremes[name]);
    const lows = listOf(low).map(numberOf);
    if (lows.length === 0) return [];
    const highs = Array.isArray(high) ? lows.map((_, index) => numberOf(high[index])) : lows;
    return [[name, { low: lows, high: highs }] as const];
  });
  return { columns: describeColumns(said, name => tables.get(name)), series: new Map(series) };
}

function typeOf(type: unknown): AtomicType {
  return typeof type === 'string' && isNumberType(type as AtomicType) ? (type as AtomicType) : 'Float64';
}

function attributesOf(json: unknown, { units, longName }: Fields): AttributeTable {
  const table: AttributeTable = new Map();
  const add = (name: string, value: string) => table.set(name, { type: 'String', values: [value] });
  if (typeof units === 'string') add('units', units);
  if (typeof longName === 'string') add('long_name', longName);
  for (const [name, found] of Object.entries(fieldsOf(json))) {
    const { type, values } = fieldsOf(found);
    const known = listOf(values).filter(value => typeof value === 'number' || typeof value === 'string');
    if (typeof type === 'string' && known.length > 0) {
      table.set(name, { type: type as Attribute['type'], values: known });
    }
  }
  return table;
}

function parseSensor({ channels, since, lastError }: Fields): FailingSensor {
  const { message } = fieldsOf(lastError);
  return {
    columns: listOf(channels).map(textOf),
    since: millis(since),
    reason: textOf(message),
  };
}

function millis(seconds: unknown): number | undefined {
  const number = numberOf(seconds);
  return number === undefined ? undefined : number * 1000;
}
