import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Atomic, Batch } from '../../../dap/index.ts';
import { findStretch, readablePart, type StretchError } from '../../../server/dataset/stretch.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import type { RowStore } from '../../../server/store/row-store.ts';
import { piecesOf, RowsGone } from '../../../server/store/stretch-reader.ts';
import { SlowStore } from '../slow-store.ts';

const FIELDS: readonly Atomic[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Int32', name: 'count' },
];
const UNBOUNDED = { rows: 1e6, bytes: 1e9, age: 1e9 };
const NEVER = Number.NEGATIVE_INFINITY;

function rowsAt(times: readonly number[]): Batch {
  return {
    length: times.length,
    columns: [Float64Array.from(times), Int32Array.from(times, time => time * 2)],
  };
}

function storeOf(times: readonly number[], bounds: { rows?: number; age?: number } = {}): MemoryStore {
  const store = new MemoryStore(FIELDS, { ...UNBOUNDED, ...bounds });
  store.append(rowsAt(times));
  return store;
}

async function valuesIn(
  store: RowStore,
  [from, to]: readonly [number, number],
  { start = 0, stride = 1, most = 3, earliest = NEVER } = {},
): Promise<number[][]> {
  const stretch = await findStretch({ store, earliest }, { from, to });
  const columns: number[][] = [[], []];
  const count = Math.max(0, Math.ceil((stretch.count - start) / stride));
  for await (const piece of piecesOf(stretch.read([1, 0], { start, stride, count }), most)) {
    expect(piece[0]!.length).toBeLessThanOrEqual(most);
    for (const [index, values] of piece.entries()) columns[index]!.push(...values);
  }
  return columns;
}

const refusal = (store: RowStore, from: number, to: number, earliest = NEVER): Promise<StretchError> =>
  findStretch({ store, earliest }, { from, to }).then(
    () => Promise.reject(new Error('expected a refusal, found a stretch')),
    (error: StretchError) => error,
  );

afterEach(() => vi.restoreAllMocks());

describe('a stretch of time', () => {
  it('has the rows from its beginning on, without a row at its end', async () => {
    const store = storeOf([10, 11, 12, 13, 14]);
    expect(await valuesIn(store, [11, 14])).toEqual([
      [22, 24, 26],
      [11, 12, 13],
    ]);
    expect(await valuesIn(store, [10.5, 13.5])).toEqual([
      [22, 24, 26],
      [11, 12, 13],
    ]);
  });

  it('before the first row, or between two rows, has no row', async () => {
    const store = storeOf([10, 20]);
    expect(await valuesIn(store, [1, 5])).toEqual([[], []]);
    expect(await valuesIn(store, [12, 18])).toEqual([[], []]);
  });

  it('is refused until no row can come into it, with the part that is over', async () => {
    const store = storeOf([10, 11, 12.5]);
    const error = await refusal(store, 11, 20);
    expect(error.problem).toBe('running');
    expect(error.message).toBe(
      'the stretch from 1970-01-01T00:00:11Z to 1970-01-01T00:00:20Z is not over: expected an end before the newest row (1970-01-01T00:00:12.5Z)',
    );
    expect(error.part).toEqual({ from: 11, to: 12 });
    expect(await valuesIn(store, [11, 12.5])).toEqual([[22], [11]]);
    expect(await valuesIn(store, [11, 20], { earliest: 20 })).toEqual([
      [22, 25],
      [11, 12.5],
    ]);
    await store.close();
    expect(await valuesIn(store, [11, 20])).toEqual([
      [22, 25],
      [11, 12.5],
    ]);
  });

  it('is refused before the first row of a source that tells no time', async () => {
    const error = await refusal(new MemoryStore(FIELDS), 11, 20);
    expect(error).toMatchObject({ problem: 'running', part: undefined });
  });

  it('is refused if rows of it have been forgotten, with the part that is there', async () => {
    const store = storeOf(
      Array.from({ length: 1000 }, (_, time) => time),
      { rows: 500 },
    );
    const error = await refusal(store, 100, 900);
    expect(error.problem).toBe('gone');
    expect(error.message).toContain('the rows until 1970-01-01T00:08:19Z are not there any more');
    expect(error.part).toEqual({ from: 520, to: 900 });
    expect((await valuesIn(store, [520, 900]))[1]).toHaveLength(380);
    expect((await valuesIn(store, [499.5, 501]))[1]).toEqual([500]);
    expect(await refusal(store, 100, 200)).toMatchObject({ problem: 'gone', part: undefined });
  });

  it('is refused if its rows were forgotten for their age', async () => {
    const store = storeOf([10, 11, 12], { age: 1 });
    expect((await refusal(store, 10, 12)).problem).toBe('gone');
    expect((await valuesIn(store, [10.5, 12]))[1]).toEqual([11]);
  });

  it('breaks off where rows are forgotten while they are read', async () => {
    const store = storeOf([0, 1, 2, 3], { rows: 4 });
    const stretch = await findStretch({ store, earliest: 4 }, { from: 0, to: 4 });
    const pieces = piecesOf(stretch.read([0]), 2);
    expect((await pieces.next()).value![0]).toEqual(Float64Array.of(0, 1));
    store.append(rowsAt([5, 6, 7]));
    await expect(pieces.next()).rejects.toThrow(RowsGone);
  });

  it('refuses rows that it does not have', async () => {
    const stretch = await findStretch({ store: storeOf([0, 1, 2]), earliest: 3 }, { from: 0, to: 3 });
    expect(() => stretch.read([0], { start: 1, stride: 2, count: 2 })).toThrow('expected rows from 0 to 2');
    expect(stretch.read([0], { start: 1, stride: 2 }).next(9)).toEqual([Float64Array.of(1)]);
  });

  it('leaves the event loop to others', async () => {
    const rows = 3_000_000;
    const store = new MemoryStore(FIELDS, { ...UNBOUNDED, rows });
    const columns = [Float64Array.from({ length: rows }, (_, time) => time), new Int32Array(rows)];
    store.append({ length: rows, columns });
    const stretch = await findStretch({ store, earliest: rows }, { from: 0, to: rows });
    // A clock by which each piece takes a millisecond: a machine may be too busy for the real one.
    let pieces = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => pieces);
    let mostInARow = 0;
    let before = 0;
    const watch = () => {
      mostInARow = Math.max(mostInARow, pieces - before);
      before = pieces;
      turn = setImmediate(watch);
    };
    let turn = setImmediate(watch);
    let sum = 0;
    for await (const [times] of piecesOf(stretch.read([0]), 8192)) {
      pieces += 1;
      for (const time of times!) sum += time;
    }
    clearImmediate(turn);
    expect(sum).toBe((rows * (rows - 1)) / 2);
    expect(pieces).toBe(Math.ceil(rows / 8192));
    expect(mostInARow).toBeGreaterThan(0);
    expect(mostInARow).toBeLessThan(10);
  });
});

describe('every stretch is exact, or refused', () => {
  const gaps = fc.array(fc.constantFrom(0.5, 1, 3, 20), { minLength: 1, maxLength: 60 });
  const worlds = fc.record({
    gaps,
    kept: fc.integer({ min: 1, max: 60 }),
    memory: fc.integer({ min: 1, max: 60 }),
    block: fc.integer({ min: 1, max: 9 }),
    isSlow: fc.boolean(),
    seed: fc.nat(),
    from: fc.integer({ min: -2, max: 120 }),
    length: fc.integer({ min: 1, max: 100 }),
    start: fc.nat({ max: 4 }),
    stride: fc.integer({ min: 1, max: 7 }),
    most: fc.integer({ min: 1, max: 9 }),
  });

  it('wherever its rows are', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async world => {
        const { kept, memory, from, length, start, stride, most } = world;
        const to = from + length;
        const bounds = { ...UNBOUNDED, rows: kept };
        const store = world.isSlow
          ? new SlowStore(FIELDS, {
              start: 5,
              memory: Math.min(memory, kept),
              bounds,
              block: world.block,
              turns: 2,
              failing: 0,
              seed: world.seed,
            })
          : new MemoryStore(FIELDS, bounds, 5);
        let time = 0;
        const times = world.gaps.map(gap => {
          time += gap;
          return time;
        });
        for (const at of times) store.append(rowsAt([at]));
        const inside = times.filter(at => at >= from && at < to);
        const lost = times.slice(0, Math.max(0, times.length - kept));
        const last = times.at(-1)!;
        if (to > last) expect((await refusal(store, from, to)).problem).toBe('running');
        if (lost.some(at => at >= from)) expect((await refusal(store, from, to, to)).problem).toBe('gone');
        else {
          const [counts, found] = await valuesIn(store, [from, to], { start, stride, most, earliest: to });
          const wanted = inside.filter((_, row) => row >= start && (row - start) % stride === 0);
          expect(found).toEqual(wanted);
          expect(counts).toEqual(wanted.map(at => Math.trunc(at * 2)));
        }
        const part = readablePart({ store, earliest: NEVER }, { from, to });
        if (part === undefined) return;
        expect(part.from).toBeGreaterThanOrEqual(from);
        expect(part.to).toBeLessThanOrEqual(to);
        const readable = await valuesIn(store, [part.from, part.to]);
        expect(readable[1]).toEqual(times.filter(at => at >= part.from && at < part.to));
      }),
      { numRuns: 300 },
    );
  });
});
