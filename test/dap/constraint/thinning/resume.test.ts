import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Constraint,
  encodeConstraint,
  parseConstraint,
  planConstraint,
  printConstraint,
  resumeAfter,
  timesIncrease,
} from '../../../../dap/constraint/index.ts';
import { rows } from '../requests.ts';
import { batchOf, type Row, stations } from '../stations.ts';
import { type RowValues, read } from './reading.ts';
import { thinned } from './requests.ts';

const TIME = 'sensor.time';

function resumed(query: string, last: number, rowsSeen: number, now?: number): string {
  const options = { time: TIME, last, rowsSeen, ...(now === undefined ? {} : { now }) };
  return printConstraint(resumeAfter(parseConstraint(query), options));
}

describe('the rest of a request with a function', () => {
  it.each([
    ['&bucket("time/60")', 120, 3, '&bucket("time/60")&sensor.time>=180'],
    ['&bucket("time/60:30")', 90, 1, '&bucket("time/60:30")&sensor.time>=150'],
    ['&bucket("time/1month")', 0, 1, '&bucket("time/1month")&sensor.time>=2678400'],
    ['&time>=now-1day&bucket("time/60")', 120, 3, '&bucket("time/60")&sensor.time>=180'],
    [
      '&time<500&orderByMean("sensor.time/60")',
      120,
      3,
      '&time<500&orderByMean("sensor.time/60")&sensor.time>=180',
    ],
    [
      'time,state&orderByMax("time/60,count")',
      137.5,
      1,
      'time,state&orderByMax("time/60,count")&sensor.time>=180',
    ],
    ['sensor[0:1:9]&bucket("time/60")', 120, 3, 'sensor[0:1:6]&bucket("time/60")&sensor.time>=180'],
    ['sensor[2:3:9]&bucket("time/60")', 120, 1, 'sensor[2:3:5]&bucket("time/60")&sensor.time>=180'],
    ['sensor[0:1:2]&bucket("time/60")', 120, 3, 'sensor&bucket("time/60")&sensor.time>120&sensor.time<=120'],
    ['&orderByClosest("time/60")', 122, 1, '&orderByClosest("time/60")&sensor.time>150'],
    ['&orderByClosest("time/60")', 61, 1, '&orderByClosest("time/60")&sensor.time>=90'],
    ['&orderByLimit("time/60,1")', 130, 1, '&orderByLimit("time/60,1")&sensor.time>=180'],
    ['&orderBy("time")', 130, 1, '&orderBy("time")&sensor.time>130'],
    ['&near("time/60")', 130, 1, '&near("time/60")&sensor.time>130'],
    ['&bucket("date/60")', 130, 1, '&bucket("date/60")&sensor.time>130'],
    ['&time<9&orderByMax("count")', 5, 1, '&time<9&orderByMax("count")&sensor.time>5&sensor.time<=5'],
    ['&time>5&bucket("time/60")', 130, 0, '&time>5&bucket("time/60")'],
  ])('%s after the row at %d, with %i rows, is %s', (query, last, rowsSeen, expected) => {
    expect(resumed(query, last, rowsSeen)).toBe(expected);
  });

  it('goes on within the interval where more is to come of it', () => {
    const pair = '&orderByMinMax("time/60,count")';
    expect(resumed(`&time>3${pair}`, 130, 2)).toBe(`${pair}&sensor.time>=180`);
    expect(resumed(`&time>3${pair}`, 130, 3)).toBe(`sensor[1:*]&time>3${pair}&sensor.time>=120`);
    expect(resumed(`time,count&time>now-1hour${pair}`, 130, 1, 3600)).toBe(
      `time[1:*],count&time>0${pair}&sensor.time>=120`,
    );
    expect(resumed(`sensor[1:3:9]${pair}`, 130, 1)).toBe(`sensor[2:3:5]${pair}&sensor.time>=180`);
    expect(resumed(`sensor[0:3:9]${pair}`, 130, 1)).toBe(`sensor[3:3:9]${pair}&sensor.time>=120`);
    expect(resumed('&time<9&orderByMinMax("count")', 5, 1)).toBe('sensor[1:*]&time<9&orderByMinMax("count")');
    expect(resumed('&orderByLimit("time/60,2")', 130, 4)).toBe('&orderByLimit("time/60,2")&sensor.time>=120');
  });

  it('gives exactly the rows that were still to come, wherever the stream was cut', () => {
    fc.assert(
      fc.property(thinned, rows, fc.nat(90), fc.nat(), fc.nat(), (request, list, now, first, second) => {
        const constraint = withTime(request.constraint);
        const all = served(constraint, list, now);
        fc.pre(all.length > 0);
        const column = timeColumn(constraint);
        const cutAt = (seen: number) => {
          const last = Number(all[seen - 1]![column]);
          const rest = resumeAfter(constraint, { time: TIME, last, rowsSeen: seen, now });
          const given = served(rest, list, 1e6);
          // For orderByLimit the client drops the rows that it has.
          const isNew = (row: RowValues) =>
            request.asked.name !== 'orderByLimit' || Number(row[column]) > last;
          expect(given.filter(isNew), printConstraint(rest)).toEqual(all.slice(seen));
        };
        const seen = 1 + (first % all.length);
        cutAt(seen);
        cutAt(seen + (second % (all.length - seen + 1)));
      }),
      { numRuns: 500 },
    );
  });

  it('can be cut and resumed again and again', () => {
    fc.assert(
      fc.property(
        thinned,
        rows,
        fc.nat(90),
        fc.array(fc.nat(), { maxLength: 5 }),
        (request, list, now, cuts) => {
          fc.pre(request.asked.name !== 'orderByLimit');
          let constraint = withTime(request.constraint);
          let expected = served(constraint, list, now);
          const column = timeColumn(constraint);
          for (const cut of cuts) {
            if (expected.length === 0) break;
            const rowsSeen = 1 + (cut % expected.length);
            const last = Number(expected[rowsSeen - 1]![column]);
            constraint = resumeAfter(constraint, { time: TIME, last, rowsSeen, now });
            expected = expected.slice(rowsSeen);
            expect(served(constraint, list, 1e6), printConstraint(constraint)).toEqual(expected);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('timesIncrease', () => {
  it('is false where two rows of one interval come in the order of another column', () => {
    expect(timesIncrease(parseConstraint('&orderByMinMax("time/60,count")'))).toBe(false);
    for (const query of ['', '&time>5', '&bucket("time/60")', '&orderByMinMax(5)', '&near(time)']) {
      expect(timesIncrease(parseConstraint(query)), query).toBe(true);
    }
  });
});

/** The constraint with the time among its columns, so that it can be resumed by it. */
function withTime(constraint: Constraint): Constraint {
  const { projections } = constraint;
  if (projections.length === 0) return constraint;
  return { ...constraint, projections: [...projections, ...parseConstraint(TIME).projections] };
}

function planAt(constraint: Constraint, now: number) {
  return planConstraint(parseConstraint(encodeConstraint(constraint)), stations, { now });
}

/** The result rows of a server that holds all of `list`, at `now`. */
function served(constraint: Constraint, list: readonly Row[], now: number): RowValues[] {
  const plan = planAt(constraint, now);
  const { low, lowInclusive } = plan.time;
  const held = list.filter(({ time }) => time > low || (lowInclusive && time === low));
  return read(plan, [batchOf(held)]);
}

/** The index of the time in the result rows. */
function timeColumn(constraint: Constraint): number {
  return planAt(constraint, 0).sequence.fields.findIndex(({ name }) => name === 'time');
}
