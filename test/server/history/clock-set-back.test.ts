import { describe, expect, it } from 'vitest';
import { clockOf, marksIn, namesIn } from './clocks.ts';
import { historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const HOUR = 3600;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a clock that was set back', () => {
  const mark = (ahead: number, from: string, to: string) =>
    `row time was ahead of the system clock: by ${ahead} s at 2026-11-28T${from}.000Z, by a second less each second, until 2026-11-28T${to}.000Z at the latest`;

  it('marks the rows whose times ran ahead of it, over several files and in their merged file', async () => {
    const tree = historyTree();
    const { clock, step } = clockOf('yes');
    const store = await tree.open({ clock });
    const parts = [
      () => store.append(rowsFrom(MIDNIGHT, 10)),
      () => {
        step(-40, 10, 40);
        store.append(rowsFrom(MIDNIGHT + 10, 20, 0.5));
      },
      () => store.append(rowsFrom(MIDNIGHT + 20, 60, 0.5)),
      () => store.append(rowsFrom(MIDNIGHT + 50, 10)),
    ];
    for (const append of parts) {
      append();
      await store.flush();
    }
    const ahead = mark(40, '00:00:10', '00:00:50');
    expect(await marksIn(tree)).toEqual([[], [ahead], [ahead], []]);
    store.append(rowsFrom(MIDNIGHT + DAY, 1));
    await store.flush();
    await store.merge();
    expect(await marksIn(tree)).toEqual([[ahead], []]);
    await store.close();
  });

  it('marks no row after it was set forward again', async () => {
    const tree = historyTree();
    const { clock, step } = clockOf('yes', 10);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    step(-9 * HOUR, 10, 9 * HOUR);
    store.append(rowsFrom(MIDNIGHT + 10, 10, 0.5));
    await store.flush();
    step(9 * HOUR, 20);
    store.append(rowsFrom(MIDNIGHT + 20, 10));
    await store.flush();
    step(-2, 30, 2);
    store.append(rowsFrom(MIDNIGHT + 30, 10));
    await store.close();
    expect(await marksIn(tree)).toEqual([
      [mark(9 * HOUR, '00:00:10', '09:00:10')],
      [],
      [mark(2, '00:00:30', '00:00:32')],
    ]);
  });

  it('has rows counted that cannot be stored because the server restarted before it had caught up', async () => {
    const tree = historyTree();
    const first = clockOf('yes', 100);
    const before = await tree.open({ clock: first.clock });
    before.append(rowsFrom(MIDNIGHT, 100));
    first.step(-50, 100, 50);
    before.append(rowsFrom(MIDNIGHT + 100, 20, 0.5));
    await before.close();
    // 20 s later the clock says 70 and row time was 110: the rows until then are in the future by less than a minute.
    const { clock, pass } = clockOf('yes', 70);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 70, 60));
    pass(60);
    await store.flush();
    expect(historyOf(store)).toMatchObject({ unfit: 40, lost: 0 });
    expect(await secondsIn(store)).toEqual([
      ...range(0, 100),
      ...range(0, 20).map(row => 100 + row / 2),
      ...range(70, 130),
    ]);
    await store.close();
    expect(tree.remarks).toEqual([expect.stringContaining('new rows are not stored: their times')]);
    expect(namesIn(tree).every(name => name.endsWith('.parquet'))).toBe(true);
  });
});
