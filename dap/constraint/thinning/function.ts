// Parses a function after `&`: its name, its division of time, and its column or number of rows.

import { nearest } from '../../model/nearest.ts';
import { quoted, THE_END } from '../text/error.ts';
import type { Call } from '../text/expression.ts';
import { EXPECTED_UNIT, unitOf } from '../text/time.ts';
import { ALL, type Interval } from './interval.ts';

/** The functions that summarise the rows of an interval in one row. */
export type SummaryName = 'bucket' | 'orderByMean' | 'orderByCount';
/** The functions that choose the rows of an interval with the least or the greatest value of a column. */
export type ExtremeName = 'orderByMin' | 'orderByMax' | 'orderByMinMax';

/** A function that thins rows out, parsed but not yet checked against the columns of the dataset. */
export type ThinningFunction = { readonly interval: Interval; readonly time: string } & (
  | { readonly name: SummaryName | 'orderByClosest' }
  /** `key`: the column whose least or greatest value counts. */
  | { readonly name: ExtremeName; readonly key: string }
  /** `limit`: the number of rows of an interval that are given. */
  | { readonly name: 'orderByLimit'; readonly limit: number }
);

/** Sorts by time, which rows are in order of already, and rows of equal times by `columns`; no two times are equal. */
export interface Sorter {
  readonly name: 'orderBy';
  readonly time: string;
  readonly columns: readonly string[];
}

type FunctionName = (ThinningFunction | Sorter)['name'];

/** An example of the argument of each function, for an error. */
const USAGE: Readonly<Record<FunctionName, string>> = {
  bucket: '"time/1minute"',
  orderBy: '"time"',
  orderByClosest: '"time/10minutes"',
  orderByCount: '"time/1hour"',
  orderByLimit: '"time/1hour,10"',
  orderByMax: '"time/1hour,COLUMN" or "COLUMN"',
  orderByMean: '"time/1minute"',
  orderByMin: '"time/1hour,COLUMN" or "COLUMN"',
  orderByMinMax: '"time/1hour,COLUMN" or "COLUMN"',
};

/** Throws an error with the expected and the found text. */
export type FunctionFailure = (expected: string, found: string) => never;

/** The bounds on an interval in seconds; the longest is about 30,000 years. */
const SHORTEST_INTERVAL = 0.001;
const LONGEST_INTERVAL = 1e12;
const MOST_ROWS = 2 ** 31 - 1;
/** The numbers of months of an interval, as in ERDDAP: the divisors of a year. */
const MONTHS = [1, 2, 3, 4, 6];

const TIME_NAME = /^(?:.*\.)?time$/;
const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i;
const OFFSET = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Parses a call; calls `fail` for an unknown function and for a wrong argument. */
export function readFunction(call: Call, fail: FunctionFailure): ThinningFunction | Sorter {
  if (!isFunctionName(call.name)) return fail(functionsInstead(call.name), quoted(`${call.name}(`));
  const [arg, another] = call.args;
  const usage = `${USAGE[call.name]} as the argument of ${call.name}`;
  if (arg?.kind !== 'text' || another !== undefined) {
    const found = another === undefined ? 'none' : 'more than one';
    return fail(usage, arg === undefined || another !== undefined ? found : 'no text in quotes');
  }
  return new ArgumentParser(usage, arg.value, fail).read(call.name);
}

function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(USAGE, name);
}

/** The text of `expected` in place of `name`: the functions, and the nearest of them. */
function functionsInstead(name: string): string {
  const names = Object.keys(USAGE);
  const near = nearest(name, names);
  return `a comparison, or one of the functions ${names.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

/** Parses the argument of one function: items between commas, with any blanks around them. */
class ArgumentParser {
  readonly #usage: string;
  readonly #text: string;
  readonly #items: readonly string[];
  readonly #failed: FunctionFailure;

  constructor(usage: string, text: string, failed: FunctionFailure) {
    this.#usage = usage;
    this.#text = text;
    this.#items = text.split(',').map(item => item.trim());
    this.#failed = failed;
  }

  read(name: FunctionName): ThinningFunction | Sorter {
    switch (name) {
      case 'bucket':
      case 'orderByMean':
      case 'orderByCount':
        this.#expectItems(1, 1);
        return { name, ...this.#divided(this.#items[0]!) };
      case 'orderByClosest':
        // In ERDDAP's old spelling the interval is an item of its own.
        this.#expectItems(1, 2);
        return { name, ...this.#divided(this.#items.join('/'), false) };
      case 'orderByMin':
      case 'orderByMax':
      case 'orderByMinMax':
        this.#expectItems(1, 2);
        if (this.#items.length === 1) return { name, interval: ALL, time: 'time', key: this.#items[0]! };
        return { name, ...this.#divided(this.#items[0]!), key: this.#items[1]! };
      case 'orderByLimit':
        this.#expectItems(2, 2);
        return { name, ...this.#divided(this.#items[0]!), limit: this.#rowCount(this.#items[1]!) };
      case 'orderBy': {
        this.#expectItems(1, Number.POSITIVE_INFINITY);
        const [time, ...columns] = this.#items;
        if (!TIME_NAME.test(time!)) this.#fail('"time" first, since rows come in the order of time', time!);
        return { name, time: time!, columns };
      }
    }
  }

  #expectItems(least: number, most: number): void {
    const { length } = this.#items;
    if (length >= least && length <= most && !this.#items.includes('')) return;
    this.#failed(this.#usage, this.#text === '' ? 'an empty text' : quoted(this.#text));
  }

  /** `time/INTERVAL`. */
  #divided(item: string, mayBegin = true): { time: string; interval: Interval } {
    const slash = item.indexOf('/');
    const time = item.slice(0, slash < 0 ? item.length : slash).trimEnd();
    if (!TIME_NAME.test(time)) {
      return this.#fail('"time/" and an interval, since rows come in the order of time', item);
    }
    if (slash < 0) return this.#fail('an interval after the time, such as time/60 or time/10minutes', item);
    return { time, interval: this.#interval(item.slice(slash + 1).replace(/\s/g, ''), mayBegin) };
  }

  /** `60`, `60:30` (seconds, with an offset), `10minutes`, `3months`. */
  #interval(text: string, mayBegin: boolean): Interval {
    const [length, offset, more] = text.split(':') as [string, string?, string?];
    const digits = NUMBER.exec(length)?.[0];
    if (digits === undefined) return this.#fail('a number, with or without a unit, after "time/"', text);
    const unitName = length.slice(digits.length);
    const unit = unitName === '' ? { size: 1, calendar: false } : unitOf.get(unitName);
    if (unit === undefined) return this.#fail(`${EXPECTED_UNIT} after "time/${digits}"`, unitName);
    if (offset !== undefined && (unitName !== '' || !mayBegin)) {
      return this.#fail('no offset: only a number of seconds can have one, as in time/60:30', `:${offset}`);
    }
    if (more !== undefined || (offset !== undefined && !OFFSET.test(offset))) {
      return this.#fail('one number of seconds after ":"', text.slice(length.length + 1));
    }
    if (unit.calendar) return this.#calendar(Number(digits), unit.size, text);
    const width = Number(digits) * unit.size;
    if (!(width >= SHORTEST_INTERVAL && width <= LONGEST_INTERVAL)) {
      return this.#fail(`an interval of ${SHORTEST_INTERVAL} to ${LONGEST_INTERVAL} seconds`, text);
    }
    const first = Number(offset ?? 0);
    if (Math.abs(first) > LONGEST_INTERVAL) {
      return this.#fail(`an offset of at most ${LONGEST_INTERVAL} seconds`, text);
    }
    return { kind: 'seconds', width, offset: first };
  }

  #calendar(count: number, size: number, text: string): Interval {
    if (size === 1 && !MONTHS.includes(count)) {
      return this.#fail(`${MONTHS.join(', ').replace(/, (\d)$/, ' or $1')} months`, text);
    }
    if (!Number.isInteger(count) || count < 1 || count > 1000) {
      return this.#fail('a whole number of years from 1 to 1000', text);
    }
    return { kind: 'months', months: count * size };
  }

  #rowCount(item: string): number {
    const count = Number(item);
    if (/^\d+$/.test(item) && count >= 1 && count <= MOST_ROWS) return count;
    return this.#fail(`a number of rows from 1 to ${MOST_ROWS} after the comma`, item);
  }

  #fail(expected: string, found: string): never {
    return this.#failed(`${expected}, in ${quoted(this.#text)}`, found === '' ? THE_END : quoted(found));
  }
}
