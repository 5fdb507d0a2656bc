import { describe, expect, it } from 'vitest';
import { ConstraintError, parseConstraint, planConstraint } from '../../../../dap/constraint/index.ts';
import type { DapDataset, Variable } from '../../../../dap/model/variable.ts';
import { NOW, planOf, stations } from '../stations.ts';

const OPEN = { low: -Infinity, lowInclusive: false, high: Infinity, highInclusive: false };
const columnsOf = (query: string) => planOf(query).sequence.fields.map(field => field.name);

describe('the requested columns and rows', () => {
  it.each([
    ['', ['time', 'temperature', 'voltage', 'count', 'state']],
    ['sensor', ['time', 'temperature', 'voltage', 'count', 'state']],
    ['&time>5', ['time', 'temperature', 'voltage', 'count', 'state']],
    ['sensor.temperature', ['temperature']],
    ['temperature', ['temperature']],
    ['sensor.temperature,sensor.time', ['temperature', 'time']],
    ['time,sensor.time,time,temperature', ['time', 'temperature']],
    ['state,sensor', ['state', 'time', 'temperature', 'voltage', 'count']],
    ['sensor.temperature&sensor.count>5', ['temperature']],
  ])('%j gives the columns %j', (query, names) => {
    expect(columnsOf(query)).toEqual(names);
  });

  it('is described as a dataset with its numbers in the source', () => {
    const plan = planOf('sensor.voltage,sensor.time');
    expect(plan.columns).toEqual([2, 0]);
    expect(plan.timeColumn).toBe(0);
    expect(plan.dataset).toEqual({
      name: 'roberrypi',
      variables: [
        {
          type: 'Sequence',
          name: 'sensor',
          fields: [
            { type: 'Float32', name: 'voltage' },
            { type: 'Float64', name: 'time' },
          ],
        },
      ],
    });
  });

  it('is the dataset as it is where nothing is named', () => {
    expect(planOf('&time>5').dataset).toEqual(stations);
  });

  it('is the whole Sequence where a column has the same name', () => {
    const fields: Variable[] = [
      { type: 'Int32', name: 's' },
      { type: 'Int32', name: 'x' },
    ];
    const dataset: DapDataset = { name: 'd', variables: [{ type: 'Sequence', name: 's', fields }] };
    const plan = (query: string) => planConstraint(parseConstraint(query), dataset, { now: NOW });
    expect(plan('s').columns).toEqual([0, 1]);
    expect(plan('s.s').columns).toEqual([0]);
    expect(plan('s.s').timeColumn).toBeUndefined();
  });
});

describe('the columns that are read', () => {
  it.each([
    ['', [0, 1, 2, 3, 4]],
    ['sensor.temperature', [0, 1]],
    ['sensor.state,sensor.temperature', [0, 1, 4]],
    ['sensor.temperature&sensor.count>5', [0, 1, 3]],
    ['sensor.temperature&sensor.count>=sensor.voltage', [0, 1, 2, 3]],
    ['sensor.temperature&5<sensor.voltage', [0, 1, 2]],
    ['temperature&time>=5&orderByMax("time/1hour,voltage")', [0, 1, 2]],
    ['temperature_mean&time>=5&bucket("time/1hour")', [0, 1]],
  ])('of %j are %j', (query, columns) => {
    expect(planOf(query).reads).toEqual(columns);
  });
});

describe('which rows are asked for', () => {
  it.each([
    ['sensor[0:1:9]', { start: 0, stride: 1, stop: 9 }],
    ['sensor[0:9].time', { start: 0, stride: 1, stop: 9 }],
    ['sensor.time[0:1:9]', { start: 0, stride: 1, stop: 9 }],
    ['time[5]', { start: 5, stride: 1, stop: 5 }],
    ['sensor.time,sensor.temperature[0:1:2]', { start: 0, stride: 1, stop: 2 }],
    ['sensor.time[0:1:2],sensor.temperature[0:1:2]', { start: 0, stride: 1, stop: 2 }],
    ['sensor[0:2].time[0:2],count', { start: 0, stride: 1, stop: 2 }],
    ['sensor[2:3:9]', { start: 2, stride: 3, stop: 8 }],
    ['time[2:3:9],count[2:3:8]', { start: 2, stride: 3, stop: 8 }],
    ['time[4:3:5],count[4]', { start: 4, stride: 3, stop: 4 }],
    ['sensor[5:1:9223372036854775806]', { start: 5, stride: 1, stop: Infinity }],
    ['sensor[5:*],sensor[5:1:9223372036854775806]', { start: 5, stride: 1, stop: Infinity }],
    ['sensor[0:2:*]', { start: 0, stride: 2, stop: Infinity }],
    ['sensor[*]', undefined],
    ['sensor[0:1:9223372036854775806]', undefined],
    ['sensor', undefined],
  ])('%j asks for %j', (query, rows) => {
    expect(planOf(query).rows).toEqual(rows);
  });
});

describe('the time that is asked for', () => {
  const hour = NOW - 3600;

  it.each([
    ['', OPEN],
    ['&temperature>5', OPEN],
    ['&time!=5', OPEN],
    ['&time!={5,6}', OPEN],
    ['&time>temperature', OPEN],
    ['&time={5,temperature}', OPEN],
    ['&5<{time,6}', OPEN],
  ])('%j leaves it open', (query, time) => {
    expect(planOf(query)).toMatchObject({ time, timeBounded: false });
  });

  it.each([
    ['&time>5', { ...OPEN, low: 5 }],
    ['&sensor.time>=5', { ...OPEN, low: 5, lowInclusive: true }],
    ['&time<5', { ...OPEN, high: 5 }],
    ['&time<=5', { ...OPEN, high: 5, highInclusive: true }],
    ['&time=5', { low: 5, lowInclusive: true, high: 5, highInclusive: true }],
    ['&5<time', { ...OPEN, low: 5 }],
    ['&5>=sensor.time', { ...OPEN, high: 5, highInclusive: true }],
    ['&time>now-1hour', { ...OPEN, low: hour }],
    ['&now-1hour<=time&time<now', { low: hour, lowInclusive: true, high: NOW, highInclusive: false }],
    ['&time>now%2B1day', { ...OPEN, low: NOW + 86_400 }],
    ['&time>now+1day', { ...OPEN, low: NOW + 86_400 }],
    ['&time>"now-1hour"', { ...OPEN, low: hour }],
    ['&time<2026-11-21T11:00:00%2B01:00', { ...OPEN, high: NOW }],
    ['&time<"2026-11-21T10:00:00Z"', { ...OPEN, high: NOW }],
    ['&"2026-11-21 10:00:00"<time', { ...OPEN, low: NOW }],
    ['&time={7,5,"1970-01-01T00:00:06Z"}', { low: 5, lowInclusive: true, high: 7, highInclusive: true }],
    ['&time>{7,5}', { ...OPEN, low: 5 }],
    ['&time<={7,5}', { ...OPEN, high: 7, highInclusive: true }],
    ['&time={5,NaN}', { low: 5, lowInclusive: true, high: 5, highInclusive: true }],
    ['&time>5&time>=6&time<9&time<8', { low: 6, lowInclusive: true, high: 8, highInclusive: false }],
    ['&time>=6&time>6&time<=9&time<9', { low: 6, lowInclusive: false, high: 9, highInclusive: false }],
    ['&time>-inf', OPEN],
  ])('%j bounds it', (query, time) => {
    expect(planOf(query)).toMatchObject({ time, timeBounded: true });
  });

  it.each(['&1>2', '&time>NaN', '&temperature=NaN', '&"a"="b"', '&temperature<{NaN}', '&state="a"&5=6'])(
    '%j leaves none',
    query => {
      const { time, timeBounded, select } = planOf(query);
      expect(time.low).toBeGreaterThan(time.high);
      expect(timeBounded).toBe(true);
      expect(select({ length: 1, columns: [] })).toEqual(new Int32Array(0));
    },
  );

  it.each([
    '&1<2',
    '&temperature!={1,2}',
    '&temperature!=NaN',
    '&"a"="a"',
    '&now>5',
    '&5={4,5}',
    '&5={4,5,time}',
  ])('%j asks nothing of a row', query => {
    const { timeBounded, select } = planOf(query);
    expect(timeBounded).toBe(false);
    expect(select({ length: 1, columns: [] })).toBeUndefined();
  });
});

describe('a dataset of another shape', () => {
  const column: Variable = { type: 'Float64', name: 'x' };
  const inner: Variable = { type: 'Sequence', name: 'inner', fields: [column] };

  it.each<[string, readonly Variable[]]>([
    ['found d with nothing', []],
    ['found d with Float64 x', [column]],
    ['found d with Sequence inner, Float64 x', [inner, column]],
    ['found d with Sequence outer', [{ type: 'Sequence', name: 'outer', fields: [inner] }]],
  ])("is refused, not as the client's mistake: %s", (message, variables) => {
    const plan = () => planConstraint(parseConstraint(''), { name: 'd', variables }, { now: NOW });
    expect(plan).toThrow(`Expected a dataset with one Sequence of atomic columns, ${message}`);
    expect(plan).not.toThrow(ConstraintError);
  });
});
