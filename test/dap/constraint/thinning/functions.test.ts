import { describe, expect, it } from 'vitest';
import { parseConstraint, planConstraint, RowReader } from '../../../../dap/constraint/index.ts';
import { cut } from '../requests.ts';
import { batchOf, NOW, type Row } from '../stations.ts';
import { NO_COUNT, planOf, read, readAll } from './reading.ts';

function row(time: number, temperature: number, others: Partial<Row> = {}): Row {
  return { time, temperature, voltage: 0.5, count: 1, state: 'ok', ...others };
}

/** Two minutes and a bit; nothing comes in the minute from 120 to 180. */
const ROWS: readonly Row[] = [
  row(0, 20, { count: 3 }),
  row(20, 23, { count: NO_COUNT, state: 'failing' }),
  row(40, 20, { count: 4 }),
  row(60, Number.NaN, { voltage: 1.5, count: NO_COUNT }),
  row(90, 18, { voltage: Number.NaN, count: 7 }),
  row(119.5, 24, { voltage: 2.5, count: 8 }),
  row(180, Number.NaN, { voltage: Number.NaN, count: NO_COUNT, state: '' }),
];

const rows = (query: string, list: readonly Row[] = ROWS) => read(planOf(query), [batchOf(list)]);

const fieldsOf = (query: string) => planOf(query).sequence.fields.map(({ type, name }) => `${type} ${name}`);

describe('bucket', () => {
  it('gives a row for each interval with rows: its beginning, their number, and a summary of each column', () => {
    expect(rows('time,row_count,temperature,count&bucket("time/60")')).toEqual([
      [0, 3, 3, 20, 21, 23, 2, 3, 3.5, 4],
      [60, 3, 2, 18, 21, 24, 2, 7, 7.5, 8],
      [180, 1, 0, Number.NaN, Number.NaN, Number.NaN, 0, Number.NaN, Number.NaN, Number.NaN],
    ]);
  });

  it('names and types its columns; Float32 stays Float32 where nothing is computed, texts are counted only', () => {
    expect(fieldsOf('&bucket("time/60")')).toEqual([
      'Float64 time',
      'Int32 row_count',
      'Int32 temperature_count',
      'Float64 temperature_min',
      'Float64 temperature_mean',
      'Float64 temperature_max',
      'Int32 voltage_count',
      'Float32 voltage_min',
      'Float64 voltage_mean',
      'Float32 voltage_max',
      'Int32 count_count',
      'Float64 count_min',
      'Float64 count_mean',
      'Float64 count_max',
      'Int32 state_count',
    ]);
    expect(rows('voltage,state_count&bucket("time/60")')).toEqual([
      [3, 0.5, 0.5, 0.5, 3],
      [2, 1.5, 2, 2.5, 3],
      [0, Number.NaN, Number.NaN, Number.NaN, 0],
    ]);
  });

  it.each([
    ['temperature', ['temperature_count', 'temperature_min', 'temperature_mean', 'temperature_max']],
    ['temperature_mean,sensor.time', ['temperature_mean', 'time']],
    ['sensor.temperature_max,temperature_min', ['temperature_max', 'temperature_min']],
    ['time', ['time']],
    ['count', ['count_count', 'count_min', 'count_mean', 'count_max']],
    ['sensor.row_count,state', ['row_count', 'state_count']],
  ])('asked for %s gives %j', (names, given) => {
    const { sequence } = planOf(`${names}&bucket("time/60")`);
    expect(sequence.fields.map(field => field.name)).toEqual(given);
  });

  it('gives the count of a column called row another name than the number of rows', () => {
    const fields = ['time', 'row'].map(name => ({ type: 'Float64', name }) as const);
    const dataset = { name: 'field', variables: [{ type: 'Sequence', name: 'sensor', fields } as const] };
    const { sequence } = planConstraint(parseConstraint('&bucket("time/60")'), dataset, { now: NOW });
    expect(sequence.fields.map(({ name }) => name)).toEqual([
      ...['time', 'row_count', 'row_count_2', 'row_min', 'row_mean', 'row_max'],
    ]);
  });

  it('computes a mean that neither many values nor large ones spoil, and that lies between least and greatest', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => row(i / 1e6, i % 2 ? 1e15 + 0.1 : -1e15));
    const [[mean]] = rows('temperature_mean&bucket("time/60")', many) as [[number]];
    expect(mean).toBeCloseTo(0.0625, 12);
    const equal = Array.from({ length: 1001 }, (_, i) => row(i / 1e6, 0.1));
    expect(rows('temperature&bucket("time/60")', equal)).toEqual([[1001, 0.1, 0.1, 0.1]]);
    const infinite = [row(0, 1), row(1, Number.POSITIVE_INFINITY)];
    expect(rows('temperature&bucket("time/60")', infinite)).toEqual([[2, 1, Infinity, Infinity]]);
  });

  it('counts rows by their time in intervals with an offset, and of the calendar', () => {
    expect(rows('time,row_count&bucket("time/60:30")')).toEqual([
      [-30, 2],
      [30, 2],
      [90, 2],
      [150, 1],
    ]);
    expect(rows('time,row_count&bucket("time/1month")')).toEqual([[0, 7]]);
  });
});

describe('orderByMean', () => {
  it('gives the means of each interval under the names of their columns, and its beginning as the time', () => {
    expect(fieldsOf('&orderByMean("time/60")')).toEqual([
      'Float64 time',
      'Float64 temperature',
      'Float64 voltage',
      'Float64 count',
      'String state',
    ]);
    expect(rows('&orderByMean("time/60")')).toEqual([
      [0, 21, 0.5, 3.5, ''],
      [60, 21, 2, 7.5, 'ok'],
      [180, Number.NaN, Number.NaN, Number.NaN, ''],
    ]);
    expect(rows('temperature,time&orderByMean("time/1minute")')[1]).toEqual([21, 60]);
  });
});

describe('orderByCount', () => {
  it('counts the values of each column that are there', () => {
    expect(fieldsOf('count,time&orderByCount("time/60")')).toEqual(['Int32 count', 'Float64 time']);
    expect(rows('&orderByCount("time/60")')).toEqual([
      [0, 3, 3, 2, 3],
      [60, 2, 2, 2, 3],
      [180, 0, 0, 0, 0],
    ]);
  });
});

describe('orderByMin, orderByMax and orderByMinMax', () => {
  it('give the rows with the least and the greatest value of each interval that has one', () => {
    expect(rows('time,temperature&orderByMin("time/60,temperature")')).toEqual([
      [0, 20],
      [90, 18],
    ]);
    expect(rows('&orderByMax("time/60,temperature")')).toEqual([
      [20, 23, 0.5, NO_COUNT, 'failing'],
      [119.5, 24, 2.5, 8, 'ok'],
    ]);
    expect(rows('time,count&orderByMinMax("time/60, sensor.count")')).toEqual([
      [0, 3],
      [40, 4],
      [90, 7],
      [119.5, 8],
    ]);
  });

  it('of equal values take the first one as the least, and the last one as the greatest', () => {
    const equal = [row(1, 5), row(2, 5), row(3, 5)];
    expect(rows('time&orderByMinMax("time/60,temperature")', equal)).toEqual([[1], [3]]);
  });

  it('give a row twice that is both', () => {
    expect(rows('time&orderByMinMax("time/60,temperature")', [row(1, 5)])).toEqual([[1], [1]]);
  });

  it('go by time as well: the first and the last row', () => {
    expect(rows('time&orderByMinMax("time/60,time")')).toEqual([[0], [40], [60], [119.5], [180], [180]]);
  });

  it('without an interval give the rows of the whole window at its end', () => {
    const plan = planOf('time&time<100&orderByMinMax("temperature")');
    const { each, rest } = readAll(plan, cut(ROWS, [2, 2, 2]));
    expect(each).toEqual([[], [], [[90], [20]]]);
    expect(rest).toEqual([]);
    expect(rows('time&time>=0&time<1e9&orderByMax("temperature")')).toEqual([[119.5]]);
  });

  it('find infinite values', () => {
    const list = [row(1, Infinity), row(2, Number.NaN), row(3, -Infinity)];
    expect(rows('time&orderByMinMax("time/60,temperature")', list)).toEqual([[3], [1]]);
    expect(rows('time&orderByMinMax("time/60,temperature")', [row(1, Infinity)])).toEqual([[1], [1]]);
    expect(rows('time&orderByMinMax("time/60,temperature")', [row(1, -Infinity)])).toEqual([[1], [1]]);
  });
});

describe('orderByClosest', () => {
  const times = (list: readonly number[]) => list.map(time => row(time, 0));

  it('gives the row that is nearest to each multiple of the interval; of two that are as near, the earlier', () => {
    const list = times([1, 29, 31, 55, 65, 100, 119, 122, 300]);
    expect(rows('time&orderByClosest("time/60")', list)).toEqual([[1], [55], [119], [300]]);
    expect(rows('time&orderByClosest("time,1minute")', list)).toEqual([[1], [55], [119], [300]]);
  });

  it('assigns a time in the middle to the even multiple', () => {
    expect(rows('time&orderByClosest("time/10")', times([5, 15, 25]))).toEqual([[5], [15]]);
  });

  it('gives a row as soon as none can be nearer', () => {
    const { each, rest } = readAll(
      planOf('time&orderByClosest("time/60")'),
      cut(times([50, 58, 61, 70, 118]), [1, 1, 1, 1, 1]),
    );
    expect(each).toEqual([[], [], [[61]], [], []]);
    expect(rest).toEqual([[118]]);
  });
});

describe('orderByLimit', () => {
  it('gives the first rows of each interval as they come', () => {
    const { each, rest } = readAll(planOf('time&orderByLimit("time/60,2")'), cut(ROWS, [1, 1, 1, 2, 2]));
    expect(each).toEqual([[[0]], [[20]], [], [[60], [90]], [[180]]]);
    expect(rest).toEqual([]);
  });
});

describe('orderBy', () => {
  it('leaves rows as they are, in the order of time', () => {
    const plan = planOf('time,temperature&time>30&orderBy("time, temperature")');
    expect(plan.thinning).toBeUndefined();
    expect(read(plan, [batchOf(ROWS)])).toHaveLength(5);
    expect(rows('time&orderBy("time")&orderByLimit("time/60,1")')).toEqual([[0], [60], [180]]);
  });
});

describe('a function', () => {
  it('sees the rows that the clauses let through', () => {
    expect(rows('time,temperature_mean&temperature<24&bucket("time/60")&count>0')).toEqual([
      [0, 20],
      [60, 18],
    ]);
    expect(rows('time&bucket("time/60")&temperature>100')).toEqual([]);
  });

  it('gives a result when a row of a later interval comes, or the end, and not before', () => {
    const { each, rest } = readAll(planOf('time,row_count&bucket("time/60")'), cut(ROWS, [3, 1, 2, 1]));
    expect(each).toEqual([[], [[0, 3]], [], [[60, 3]]]);
    expect(rest).toEqual([[180, 1]]);
  });

  it('gives the remaining results when the upper bound on time is past, and is done', () => {
    const reader = new RowReader(planOf('time,row_count&time<=100&bucket("time/60")'));
    const { batch, done } = reader.next(batchOf(ROWS));
    expect(done).toBe(true);
    expect(batch.columns).toEqual([Float64Array.of(0, 60), Int32Array.of(3, 2)]);
    expect(reader.end().length).toBe(0);
    expect(reader.next(batchOf(ROWS))).toMatchObject({ batch: { length: 0 }, done: true });
  });

  it('has its result rows counted by a row range, which ends it without the rest', () => {
    expect(readAll(planOf('time[0:1:1]&bucket("time/60")'), cut(ROWS, [3, 2, 1, 1]))).toEqual({
      each: [[], [[0]], [], [[60]]],
      rest: [],
    });
    expect(rows('time[1:2:*]&orderByMinMax("time/60,temperature")')).toEqual([[20], [119.5]]);
    expect(rows('sensor[2].time&bucket("time/60")')).toEqual([[180]]);
    expect(rows('sensor[3].time&bucket("time/60")')).toEqual([]);
  });

  it('without any bound on time begins with the interval that is running, whole', () => {
    const open = { high: Infinity, highInclusive: false };
    expect(planOf('&bucket("time/1day")')).toMatchObject({
      time: { ...open, low: NOW - 36_000, lowInclusive: true },
      timeBounded: true,
      tail: false,
    });
    expect(planOf('&orderByClosest("time/1hour")').time).toEqual({
      ...open,
      low: NOW - 1800,
      lowInclusive: true,
    });
    expect(planOf('&time>5&bucket("time/60")').time).toEqual({ ...open, low: 5, lowInclusive: false });
    expect(planOf('&time<5&bucket("time/60")').time.low).toBe(-Infinity);
    expect(planOf('&orderBy("time")')).toMatchObject({ timeBounded: false, tail: true });
  });

  it('keeps no state that another reader of the same plan sees', () => {
    const plan = planOf('time,row_count&bucket("time/60")');
    const [one, other] = [new RowReader(plan), new RowReader(plan)];
    one.next(batchOf(ROWS.slice(0, 2)));
    other.next(batchOf(ROWS.slice(0, 1)));
    expect(one.end().columns[1]).toEqual(Int32Array.of(2));
    expect(other.end().columns[1]).toEqual(Int32Array.of(1));
  });
});
