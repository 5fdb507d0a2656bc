import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Constraint,
  type Plan,
  planConstraint,
  printConstraint,
  RowReader,
} from '../../../../dap/constraint/index.ts';
import type { Batch } from '../../../../dap/model/value.ts';
import { naive } from '../naive.ts';
import { cut, lengths, request, rows } from '../requests.ts';
import { batchOf, NOW, planOf, type Row, stations } from '../stations.ts';

/** The rows of batches, each as a list of its values. */
function rowsOf(batches: readonly Batch[]): unknown[][] {
  return batches.flatMap(({ length, columns }) =>
    Array.from({ length }, (_, row) => columns.map(column => column[row])),
  );
}

function sampled(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    time: index + 1,
    temperature: index % 10,
    voltage: Math.fround(index / 10),
    count: index,
    state: index % 2 === 0 ? 'ok' : 'failing',
  }));
}

/** The rows of the reader for the batches, until it is done. */
function read(plan: Plan, batches: readonly Batch[]): { rows: unknown[][]; read: number; done: boolean } {
  const reader = new RowReader(plan);
  const out: Batch[] = [];
  for (const [index, batch] of batches.entries()) {
    const next = reader.next(batch);
    out.push(next.batch);
    if (next.done) return { rows: rowsOf(out), read: index + 1, done: true };
  }
  return { rows: rowsOf(out), read: batches.length, done: false };
}

describe('a RowReader', () => {
  it('gives the rows that the constraint means, however they are cut into batches', () => {
    const planned = (constraint: Constraint) => planConstraint(constraint, stations, { now: NOW });
    fc.assert(
      fc.property(request, rows, lengths, (constraint, list, cuts) => {
        const expected = naive(constraint, list);
        const given = read(planned(constraint), cut(list, cuts));
        expect(given.rows, printConstraint(constraint)).toEqual(expected);
      }),
      { numRuns: 4000 },
    );
  });

  it('ends with the batch that holds the last row of the range', () => {
    const batches = cut(sampled(30), [4, 4, 4, 4]);
    expect(read(planOf('time[0:1:7]'), batches)).toMatchObject({ read: 2, done: true });
    expect(read(planOf('time[0:1:8]'), batches)).toMatchObject({ read: 3, done: true });
    expect(read(planOf('time[0:4:7]'), batches)).toMatchObject({ rows: [[1], [5]], read: 2, done: true });
    expect(read(planOf('time[3]'), batches)).toMatchObject({ rows: [[4]], read: 1, done: true });
    expect(read(planOf('time[0:1:99]'), batches)).toMatchObject({ read: 5, done: false });
    expect(read(planOf('time[0:2:*]'), batches)).toMatchObject({ read: 5, done: false });
  });

  it('counts the rows of the range after selection', () => {
    const { rows: given } = read(planOf('time,temperature[1:2:5]&temperature>7'), cut(sampled(50), [3, 9]));
    expect(given).toEqual([
      [10, 9],
      [20, 9],
      [30, 9],
    ]);
  });

  it('ends with the first row at or past the upper bound on time, for no later one can match', () => {
    const batches = cut(sampled(30), [4, 4, 4, 4]);
    expect(read(planOf('time&time<8'), batches)).toMatchObject({ read: 2, done: true });
    expect(read(planOf('time&time<=8'), batches)).toMatchObject({ read: 2, done: true });
    expect(read(planOf('time&time<=8.5'), batches)).toMatchObject({ read: 3, done: true });
    expect(read(planOf('time&time={3,6}'), batches)).toMatchObject({ rows: [[3], [6]], read: 2, done: true });
    expect(read(planOf('count&time<4&temperature>100'), batches)).toMatchObject({
      rows: [],
      read: 1,
      done: true,
    });
    expect(read(planOf('time&time>28'), batches)).toMatchObject({ rows: [[29], [30]], done: false });
  });

  it.each(['&1>2', '&time>5&time<5', '&time<NaN'])('ends at once where no row can match: %s', query => {
    expect(read(planOf(query), cut(sampled(9), [2]))).toMatchObject({ rows: [], read: 1, done: true });
  });

  it('gives nothing more once it has ended', () => {
    const reader = new RowReader(planOf('time[0:1:1]'));
    expect(reader.next(batchOf(sampled(5)))).toMatchObject({ batch: { length: 2 }, done: true });
    expect(reader.next(batchOf(sampled(5)))).toMatchObject({ batch: { length: 0 }, done: true });
  });

  it('accepts an empty batch', () => {
    const reader = new RowReader(planOf('time,state&time<5'));
    const { batch, done } = reader.next(batchOf([]));
    expect(batch).toEqual({ length: 0, columns: [new Float64Array(0), []] });
    expect(done).toBe(false);
  });

  it('hands on a whole batch as it is, and a run of rows as a view', () => {
    const batch = batchOf(sampled(10));
    expect(new RowReader(planOf('')).next(batch).batch).toBe(batch);
    const [voltage] = new RowReader(planOf('voltage')).next(batch).batch.columns;
    expect((voltage as Float32Array).buffer).toBe((batch.columns[2] as Float32Array).buffer);
    for (const query of ['time[2:5]', 'time&time>2&time<=6', 'time&count={2,3,4,5}']) {
      const [time] = new RowReader(planOf(query)).next(batch).batch.columns;
      expect((time as Float64Array).buffer).toBe((batch.columns[0] as Float64Array).buffer);
      expect(time).toEqual(Float64Array.of(3, 4, 5, 6));
    }
  });

  it('keeps the types of the columns where it copies', () => {
    const { batch } = new RowReader(planOf('state,count,voltage&temperature={1,4}')).next(
      batchOf(sampled(10)),
    );
    expect(batch.columns).toEqual([['failing', 'ok'], Int32Array.of(1, 4), Float32Array.of(0.1, 0.4)]);
  });

  it('keeps no state that another reader of the same plan sees', () => {
    const plan = planOf('time[0:1:3]');
    const [one, other] = [new RowReader(plan), new RowReader(plan)];
    const batch = batchOf(sampled(3));
    expect(one.next(batch).done).toBe(false);
    expect(other.next(batch).done).toBe(false);
    expect(one.next(batch)).toMatchObject({ batch: { length: 1 }, done: true });
  });
});
