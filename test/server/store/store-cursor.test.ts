import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Atomic, Batch } from '../../../dap/index.ts';
import { Announcer } from '../../../server/store/announcer.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import type { PositionedRows } from '../../../server/store/row-store.ts';
import { StoreCursor } from '../../../server/store/store-cursor.ts';

const FIELDS: Atomic[] = [{ type: 'Float64', name: 'time' }];
const START = 100;

function rows(...times: number[]): Batch {
  return { length: times.length, columns: [Float64Array.from(times)] };
}

/** A store that holds positions from 100 on, of which the last two are in memory, and whose loads end as the test says. */
class HeldStore extends MemoryStore {
  #first = START;
  readonly asked: { readonly position: number; readonly most: number }[] = [];
  #end: { resolve: (rows: PositionedRows) => void; reject: (error: Error) => void } | undefined;

  constructor() {
    super(FIELDS, { rows: 2, bytes: 1e6, age: 1e6 }, START);
  }

  override get first(): number {
    return this.#first;
  }

  override load(position: number, most = 0): Promise<PositionedRows> {
    this.asked.push({ position, most });
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
    });
  }

  /** The load ends with these rows. */
  give(position: number, ...times: number[]): Promise<void> {
    this.#end!.resolve({ position, batch: rows(...times) });
    return turn();
  }

  failLoad(): Promise<void> {
    this.#end!.reject(new Error('the disk does not answer'));
    return turn();
  }

  forget(first: number): void {
    this.#first = first;
  }
}

let store: HeldStore;
let announcer: Announcer;
let missed: number[];
let failures: unknown[];
let woken: number;
beforeEach(() => {
  store = new HeldStore();
  announcer = new Announcer();
  missed = [];
  failures = [];
  woken = 0;
  for (let time = 0; time < 10; time += 1) store.append(rows(time));
});

const wake = (): void => {
  woken += 1;
};

function cursorAt(position: number): StoreCursor {
  return new StoreCursor(store, announcer, position, {
    earliest: 1000,
    onOverrun: count => missed.push(count),
    onLoadFailure: error => failures.push(error),
  });
}

/** The times of the next rows, and their position. */
function next(cursor: StoreCursor, most = 4): { at: number | undefined; times: number[] } | undefined {
  const slice = cursor.next(most);
  if (slice === undefined) return undefined;
  return { at: slice.position, times: [...(slice.batch.columns[0] as Float64Array)] };
}

describe('a reader of rows that are not in memory', () => {
  it('loads them up to the end of a block, and goes on with those in memory and those to come', async () => {
    const cursor = cursorAt(102);
    expect(next(cursor)).toBeUndefined();
    expect([cursor.ended, cursor.earliest]).toEqual([false, undefined]);
    cursor.wait(wake);
    expect(store.asked).toEqual([{ position: 102, most: 2 }]);
    await store.give(102, 2, 3);
    expect(woken).toBe(1);
    expect(next(cursor)).toEqual({ at: 102, times: [2, 3] });
    expect(next(cursor)).toBeUndefined();
    cursor.wait(wake);
    await store.give(104, 4, 5, 6, 7);
    expect(next(cursor)).toEqual({ at: 104, times: [4, 5, 6, 7] });
    expect(next(cursor)).toEqual({ at: 108, times: [8, 9] });
    expect([next(cursor), cursor.earliest]).toEqual([undefined, 1000]);
    cursor.wait(wake);
    store.append(rows(10));
    announcer.rowsCame();
    expect(woken).toBe(3);
    expect(next(cursor)).toEqual({ at: 110, times: [10] });
    expect(missed).toEqual([]);
  });

  it('loads once, however often it asks meanwhile, and gets what it asked for though the store forgot it', async () => {
    const cursor = cursorAt(100);
    next(cursor);
    cursor.wait(wake);
    store.forget(109);
    expect(next(cursor)).toBeUndefined();
    cursor.wait(wake);
    expect(store.asked).toHaveLength(1);
    await store.give(100, 0, 1, 2, 3);
    expect([woken, next(cursor)]).toEqual([1, { at: 100, times: [0, 1, 2, 3] }]);
    expect([next(cursor), missed]).toEqual([{ at: 109, times: [9] }, [5]]);
  });

  it('is told how many rows are lost where a load gives only later ones', async () => {
    const cursor = cursorAt(101);
    next(cursor);
    cursor.wait(wake);
    await store.give(103, 3, 4, 5, 6);
    // The rest is beyond the block.
    expect([next(cursor), missed]).toEqual([{ at: 103, times: [3] }, [2]]);
    next(cursor);
    cursor.wait(wake);
    expect(store.asked.at(-1)).toEqual({ position: 104, most: 4 });
  });

  it('ends as one of a broken source where they cannot be loaded', async () => {
    const cursor = cursorAt(100);
    next(cursor);
    cursor.wait(wake);
    expect(cursor.failed).toBe(false);
    await store.failLoad();
    expect([woken, next(cursor), cursor.ended, cursor.failed]).toEqual([1, undefined, true, true]);
    expect(String(failures)).toBe('Error: the disk does not answer');
  });

  it('goes on where the load failed for rows that the store has let go', async () => {
    const cursor = cursorAt(100);
    next(cursor);
    cursor.wait(wake);
    store.forget(108);
    await store.failLoad();
    expect([next(cursor), cursor.failed, failures, missed]).toEqual([
      { at: 108, times: [8, 9] },
      false,
      [],
      [8],
    ]);
  });

  it('is not called back once it is closed, however the load ends', async () => {
    for (const end of [() => store.give(100, 0), () => store.failLoad()]) {
      const cursor = cursorAt(100);
      next(cursor);
      cursor.wait(wake);
      cursor.close();
      await end();
    }
    expect([woken, failures]).toEqual([0, []]);
  });

  it('gets the rows that are there after the last row has come, and then ends', async () => {
    const cursor = cursorAt(106);
    await store.close();
    expect([next(cursor), cursor.ended]).toEqual([undefined, false]);
    cursor.wait(wake);
    await store.give(106, 6, 7);
    expect([next(cursor), cursor.ended]).toEqual([{ at: 106, times: [6, 7] }, false]);
    expect([next(cursor), cursor.ended]).toEqual([{ at: 108, times: [8, 9] }, true]);
  });
});
