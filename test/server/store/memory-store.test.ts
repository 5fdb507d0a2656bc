import { describe, expect, it } from 'vitest';
import type { Atomic, Batch } from '../../../dap/index.ts';
import { Announcer } from '../../../server/store/announcer.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import { StoreCursor, type StoreReaders } from '../../../server/store/store-cursor.ts';

const FIELDS: Atomic[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Int32', name: 'count' },
];

function rows(...times: number[]): Batch {
  return {
    length: times.length,
    columns: [Float64Array.from(times), Int32Array.from(times, time => time * 10)],
  };
}

const BOUNDS = { rows: 10, bytes: 1e6, age: 1e6 };

const READERS: StoreReaders = {
  earliest: Number.NEGATIVE_INFINITY,
  onOverrun: () => undefined,
  onLoadFailure: () => expect.unreachable(),
};

/** A cursor with nobody else around. */
function cursorAt(store: MemoryStore, position: number, announcer = new Announcer()): StoreCursor {
  return new StoreCursor(store, announcer, position, READERS);
}

function readAll(cursor: StoreCursor): number[][] {
  const found: number[][] = [];
  for (let taken = cursor.next(2); taken !== undefined; taken = cursor.next(2)) {
    const [times, counts] = taken.batch.columns as [Float64Array, Int32Array];
    for (let row = 0; row < taken.batch.length; row += 1) found.push([times[row]!, counts[row]!]);
  }
  return found;
}

describe('a row store in memory', () => {
  it('gives back its rows in order, from any position', () => {
    const store = new MemoryStore(FIELDS, BOUNDS);
    store.append(rows(1, 2, 3));
    store.append(rows(4));
    expect(readAll(cursorAt(store, 0))).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ]);
    expect(readAll(cursorAt(store, 2))).toEqual([
      [3, 30],
      [4, 40],
    ]);
  });

  it('keeps the newest rows when it is full, across the ring’s end', () => {
    const store = new MemoryStore(FIELDS, { ...BOUNDS, rows: 3 });
    for (let time = 1; time <= 7; time += 1) store.append(rows(time));
    expect(store.first).toBe(4);
    expect(readAll(cursorAt(store, store.first)).map(([time]) => time)).toEqual([5, 6, 7]);
  });

  it('is bounded by bytes as well as by rows', () => {
    expect(new MemoryStore(FIELDS, { rows: 1000, bytes: 120, age: 1e6 }).capacity).toBe(10);
    expect(new MemoryStore(FIELDS, { rows: 5, bytes: 120, age: 1e6 }).capacity).toBe(5);
  });

  it('lets rows go that are older than its age', () => {
    const store = new MemoryStore(FIELDS, { rows: 1000, bytes: 1e6, age: 60 });
    for (let time = 0; time <= 100; time += 1) store.append(rows(time));
    expect(readAll(cursorAt(store, store.first))[0]).toEqual([40, 400]);
    store.append(rows(1e6));
    expect(readAll(cursorAt(store, store.first))).toEqual([[1e6, 1e7]]);
  });

  it('holds every row while it grows to its bounds', () => {
    const store = new MemoryStore(FIELDS, { rows: 100_000, bytes: 1e9, age: 1e9 });
    for (let time = 0; time < 120_000; time += 1000) {
      store.append(rows(...Array.from({ length: 1000 }, (_, row) => time + row)));
    }
    expect([store.first, store.end]).toEqual([20_000, 120_000]);
    const times = readAll(cursorAt(store, store.first)).map(([time]) => time);
    expect(times).toEqual(Array.from({ length: 100_000 }, (_, row) => 20_000 + row));
  });

  it('holds every row while it grows after it has let rows go', () => {
    for (const [before, after] of [
      [3000, 9000],
      [4000, 4200],
      [10, 20_000],
    ] as const) {
      const store = new MemoryStore(FIELDS, { rows: 15_000, bytes: 1e9, age: 100_000 });
      store.append(rows(...Array.from({ length: before }, (_, row) => row)));
      // All but the last of them are too old now; the ring does not begin at its beginning any more.
      const late = 1e6;
      store.append(rows(late));
      const first = store.first;
      expect(first).toBe(before);
      for (let row = 1; row <= after; row += 1) store.append(rows(late + row));
      const held = Math.min(after + 1, 15_000);
      const times = readAll(cursorAt(store, store.first)).map(([time]) => time);
      expect(times).toEqual(Array.from({ length: held }, (_, row) => late + after + 1 - held + row));
    }
  });

  it('finds the oldest row at or after a time, or after it, also after the ring has turned', () => {
    const store = new MemoryStore(FIELDS, { ...BOUNDS, rows: 4 });
    for (let time = 10; time <= 60; time += 10) store.append(rows(time));
    expect([0, 30, 35, 40, 60, 61].map(time => store.find(time, true))).toEqual([2, 2, 3, 3, 5, 6]);
    expect([0, 30, 35, 40, 60, 61].map(time => store.find(time, false))).toEqual([2, 3, 3, 4, 6, 6]);
  });

  it('moves a reader that it overtook to the oldest row, and tells how many rows that reader missed', () => {
    const store = new MemoryStore(FIELDS, { ...BOUNDS, rows: 3 });
    const missed: number[] = [];
    const cursor = new StoreCursor(store, new Announcer(), 0, {
      ...READERS,
      onOverrun: count => missed.push(count),
    });
    for (let time = 1; time <= 8; time += 1) store.append(rows(time));
    expect(readAll(cursor).map(([time]) => time)).toEqual([6, 7, 8]);
    expect(missed).toEqual([5]);
  });

  it('is at its end for a reader only after the rows that this one has not read', () => {
    const store = new MemoryStore(FIELDS);
    const behind = cursorAt(store, 0);
    store.append(rows(1));
    store.close();
    expect(behind.ended).toBe(false);
    expect(readAll(behind)).toEqual([[1, 10]]);
    expect(behind.ended).toBe(true);
  });

  it('refuses columns that do not begin with a Float64 time', () => {
    expect(() => new MemoryStore([{ type: 'Int32', name: 'time' }])).toThrow(
      'expected a Float64 time as the first column, found Int32',
    );
  });
});

describe('an announcement', () => {
  it('reaches every reader that waits, once', () => {
    const store = new MemoryStore(FIELDS);
    const announcer = new Announcer();
    const cursors = Array.from({ length: 5 }, () => cursorAt(store, store.end, announcer));
    let told = 0;
    for (const cursor of cursors) {
      cursor.wait(() => {
        told += 1;
      });
    }
    store.append(rows(1));
    announcer.rowsCame();
    expect(told).toBe(5);
    expect(cursors.map(readAll)).toEqual(cursors.map(() => [[1, 10]]));
    announcer.rowsCame();
    expect(told).toBe(5);
  });

  it('does not reach a reader that has gone', () => {
    const announcer = new Announcer();
    const cursor = cursorAt(new MemoryStore(FIELDS), 0, announcer);
    cursor.wait(() => expect.unreachable());
    cursor.close();
    announcer.rowsCame();
    announcer.announce();
  });

  it('does not reach a reader that goes while others are told', () => {
    const announcer = new Announcer();
    const store = new MemoryStore(FIELDS);
    const [first, second] = [cursorAt(store, 0, announcer), cursorAt(store, 0, announcer)];
    first.wait(() => second.close());
    second.wait(() => expect.unreachable());
    announcer.rowsCame();
    announcer.announce();
  });

  it('gathers rows for a moment where telling everyone takes long', async () => {
    const announcer = new Announcer();
    let told = 0;
    const slow = () => {
      told += 1;
      const end = performance.now() + 5;
      while (performance.now() < end);
      announcer.wait(slow);
    };
    announcer.wait(slow);
    announcer.rowsCame();
    expect(told).toBe(1);
    for (let row = 0; row < 100; row += 1) announcer.rowsCame();
    expect(told).toBe(1);
    await expect.poll(() => told, { timeout: 2000 }).toBe(2);
  });
});
