import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Constraint,
  ConstraintError,
  encodeConstraint,
  parseConstraint,
  planConstraint,
  printConstraint,
  RowReader,
  resumeAfter,
  rowCount,
  rowRangeOf,
  upperTimeBound,
} from '../../../../dap/constraint/index.ts';
import { naive } from '../naive.ts';
import { request, rows } from '../requests.ts';
import { batchOf, NOW, type Row, stations } from '../stations.ts';

const TIME = 'sensor.time';

function resumed(query: string, last: number, rowsSeen: number, now?: number): string {
  const options = { time: TIME, last, rowsSeen, ...(now === undefined ? {} : { now }) };
  return printConstraint(resumeAfter(parseConstraint(query), options));
}

/** The constraint with the time among its columns, so that it can be resumed by it. */
const withTime = (constraint: Constraint): Constraint => ({
  ...constraint,
  projections:
    constraint.projections.length === 0
      ? []
      : [...constraint.projections, ...parseConstraint(TIME).projections],
});

function timeIn(constraint: Constraint, values: readonly unknown[]): number {
  return values[planConstraint(constraint, stations, { now: NOW }).columns.indexOf(0)] as number;
}

describe('resumeAfter', () => {
  it.each([
    ['', 5, 1, '&sensor.time>5'],
    ['sensor.time', 1795255200.123456, 1, 'sensor.time&sensor.time>1795255200.123456'],
    ['&sensor.time>3', 5, 1, '&sensor.time>5'],
    ['&time>=3', 5, 1, '&sensor.time>5'],
    ['&3<time', 5, 1, '&sensor.time>5'],
    ['&time>{3,4}', 5, 1, '&sensor.time>5'],
    ['&time>now-10minutes', 5, 1, '&sensor.time>5'],
    ['&time>"2026-11-21"&temperature>2', 5, 1, '&temperature>2&sensor.time>5'],
    ['&time>temperature', 5, 1, '&time>temperature&sensor.time>5'],
    ['&time<9&time!=6&time={5,7}', 5, 1, '&time<9&time!=6&time={5,7}&sensor.time>5'],
    ['&count>3&state="time>5"', 5, 1, '&count>3&state="time>5"&sensor.time>5'],
    ['&time>3&time>now-1day', 5, 0, '&time>now-1day&sensor.time>5'],
    ['&time>7', 5, 0, '&time>7&sensor.time>5'],
    ['sensor[0:1:9]', 5, 0, 'sensor[0:1:9]&sensor.time>5'],
    ['sensor[0:1:9]', 5, 4, 'sensor[0:1:5]&sensor.time>5'],
    ['sensor[0:1:9]', 5, 9, 'sensor[0]&sensor.time>5'],
    ['sensor[0:1:9]', 5, 10, 'sensor&sensor.time>5&sensor.time<=5'],
    ['sensor[0:1:9]', 5, 11, 'sensor&sensor.time>5&sensor.time<=5'],
    ['sensor[3:1:9].time', 5, 1, 'sensor[0:1:5].time&sensor.time>5'],
    ['sensor[3:2:9].time', 5, 1, 'sensor[1:2:5].time&sensor.time>5'],
    ['sensor[3:2:10].time', 5, 3, 'sensor[1:2:1].time&sensor.time>5'],
    ['time[0:1:2],sensor.count[0:1:2],state', 5, 1, 'time[0:1:1],sensor.count[0:1:1],state&sensor.time>5'],
    ['sensor[5:*]', 5, 1, 'sensor&sensor.time>5'],
    ['sensor[5:3:*]', 5, 1, 'sensor[2:3:*]&sensor.time>5'],
    ['sensor[5:3:9223372036854775806]', 5, 1, 'sensor[2:3:9223372036854775806]&sensor.time>5'],
  ])('of %j after %d, with %i rows, is %j', (query, last, rowsSeen, expected) => {
    expect(resumed(query, last, rowsSeen)).toBe(expected);
  });

  it('does not pile up bounds', () => {
    let constraint = parseConstraint('sensor&sensor.time>now-1hour&sensor.time<now%2B1hour');
    for (let last = 1; last <= 50; last++)
      constraint = resumeAfter(constraint, { time: TIME, last, rowsSeen: 1 });
    expect(encodeConstraint(constraint)).toBe('sensor&sensor.time%3Cnow%2B1hour&sensor.time%3E50');
  });

  it('keeps the first meaning of now, if it is given', () => {
    expect(resumed('&time<now+1hour', 5, 1, 100)).toBe('&time<3700&sensor.time>5');
    expect(resumed('&time<"now+1hour"', 5, 1, 100)).toBe('&time<3700&sensor.time>5');
    expect(resumed('&time={now,"1970-01-02",6}', 5, 1, 100)).toBe('&time={100,86400,6}&sensor.time>5');
    expect(resumed('&state="now"&near(now)', 5, 1, 100)).toBe('&state="now"&near(now)&sensor.time>5');
  });

  it('refuses a last time and a number of rows that cannot exist', () => {
    const constraint = parseConstraint('sensor');
    for (const last of [Number.NaN, Infinity]) {
      expect(() => resumeAfter(constraint, { time: TIME, last, rowsSeen: 1 })).toThrow(RangeError);
    }
    for (const rowsSeen of [-1, 1.5, Number.NaN]) {
      expect(() => resumeAfter(constraint, { time: TIME, last: 5, rowsSeen })).toThrow(RangeError);
    }
  });

  it('gives exactly the rows that were still to come, wherever the stream was cut', () => {
    fc.assert(
      fc.property(request, rows, fc.nat(), fc.nat(), (asked, list, first, second) => {
        const constraint = withTime(asked);
        const all = naive(constraint, list);
        fc.pre(all.length > 0);
        const seen = 1 + (first % all.length);
        const once = resumeAfter(constraint, {
          time: TIME,
          last: timeIn(constraint, all[seen - 1]!),
          rowsSeen: seen,
        });
        const rest = naive(once, list);
        expect(rest, printConstraint(once)).toEqual(all.slice(seen));
        expect(served(once, list)).toEqual(rest);
        if (rest.length === 0) return;
        // Once more, from the resumed request or, with all the rows that have come, from the first one: the same.
        const more = 1 + (second % rest.length);
        const last = timeIn(once, rest[more - 1]!);
        const again = resumeAfter(once, { time: TIME, last, rowsSeen: more });
        expect(again).toEqual(resumeAfter(constraint, { time: TIME, last, rowsSeen: seen + more }));
        expect(naive(again, list)).toEqual(rest.slice(more));
      }),
      { numRuns: 3000 },
    );
  });
});

/** The rows of a server with the whole past. */
function served(constraint: Constraint, list: readonly Row[]): unknown[][] {
  const plan = planConstraint(parseConstraint(encodeConstraint(constraint)), stations, { now: NOW });
  const { batch } = new RowReader(plan).next(batchOf(list));
  return Array.from({ length: batch.length }, (_, row) => batch.columns.map(column => column[row]));
}

describe('rowRangeOf', () => {
  it.each([
    ['sensor[0:1:9]', { start: 0, stride: 1, stop: 9 }, 10],
    ['sensor.time[2:3:9],sensor.count', { start: 2, stride: 3, stop: 8 }, 3],
    ['sensor[4]', { start: 4, stride: 1, stop: 4 }, 1],
    ['sensor[4:2:*]', { start: 4, stride: 2, stop: Infinity }, Infinity],
  ])('of %s is %j, %d rows', (query, range, count) => {
    const found = rowRangeOf(parseConstraint(query));
    expect(found).toEqual(range);
    expect(rowCount(found!)).toBe(count);
  });

  it.each(['', 'sensor', 'sensor[*]', 'sensor[0:1:9223372036854775806]', 'mean(x[0:9])'])(
    'of %j is none: all rows',
    query => {
      expect(rowRangeOf(parseConstraint(query))).toBeUndefined();
    },
  );

  it('refuses indices that contradict each other', () => {
    expect(() => rowRangeOf(parseConstraint('a[0:9],b[0:8]'))).toThrow(ConstraintError);
  });
});

describe('upperTimeBound', () => {
  it.each([
    '&sensor.time<5',
    '&time<=5',
    '&5>time',
    '&time=5',
    '&time={5,6}',
    '&time<now',
    '&time<"now%2B1day"',
    '&time<2026-11-21',
    '&temperature>5&time<5',
    '&time<NaN',
  ])('is true for %s', query => {
    expect(upperTimeBound(parseConstraint(query), TIME, 0)).toBeLessThan(Number.POSITIVE_INFINITY);
  });

  it.each([
    '',
    '&time>5',
    '&5<time',
    '&time!=5',
    '&time<inf',
    '&time<{5,inf}',
    '&time<temperature',
    '&time<{5,temperature}',
    '&temperature<5',
    '&state="time"',
    '&near(time)',
    '&time<"soon"',
  ])('is false for %s', query => {
    expect(upperTimeBound(parseConstraint(query), TIME, 0)).toBe(Number.POSITIVE_INFINITY);
  });
});
