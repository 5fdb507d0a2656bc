import { describe, expect, it } from 'vitest';
import { clockOf, marksIn, namesIn, UNSYNCHRONISED } from './clocks.ts';
import { historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('a clock that is not synchronised', () => {
  it('holds rows back until it is set, and then they are stored and served with their right times', async () => {
    const tree = historyTree();
    const { clock, set, step } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 0, unstored: 10 });
    expect(await secondsIn(store)).toEqual(range(0, 10));
    step(100_000, 100_010);
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 100_010, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unstored: 0, unfit: 0 });
    expect(await secondsIn(store)).toEqual(range(100_000, 100_020));
    expect(store.find(MIDNIGHT + 100_005, true)).toBeLessThanOrEqual(5);
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(100_000, 100_020));
    expect(await marksIn(tree)).toEqual([[]]);
  });

  it('is set long before the next row shows it, and no row is stored with a wrong time meanwhile', async () => {
    const tree = historyTree();
    const { clock, set, step } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10, 60));
    set('yes');
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 0, unstored: 10 });
    step(DAY, 600 + DAY);
    store.append(rowsFrom(MIDNIGHT + 600 + DAY, 1));
    await store.flush();
    expect(await secondsIn(store)).toEqual([...range(0, 11).map(row => DAY + 60 * row)]);
    await store.close();
  });

  it('that runs ahead and is set back has the rows that wait corrected, and later ones marked', async () => {
    const tree = historyTree();
    const { clock, set, step } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 7200, 10));
    await store.flush();
    step(-7200, 7210, 7200);
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 7210, 10, 0.5));
    await store.close();
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 0 });
    expect(await secondsIn(await tree.open())).toEqual([
      ...range(0, 10),
      ...range(0, 10).map(row => 7210 + row / 2),
    ]);
    expect(await marksIn(tree)).toEqual([
      [
        'row time was ahead of the system clock: by 7200 s at 2026-11-28T02:00:10.000Z, by a second less each second, until 2026-11-28T04:00:10.000Z at the latest',
      ],
    ]);
  });

  it('is set twice, and its rows get the times of the clock as it is at last', async () => {
    const { clock, set, step } = clockOf('no');
    clock.rowsCame(MIDNIGHT + 1000);
    step(-500, 1010, 500);
    clock.rowsCame(MIDNIGHT + 1010);
    // Row time goes at half speed: 20 s later it is 490 s ahead.
    step(5000, 1020 + 4510);
    set('yes');
    clock.rowsCame(MIDNIGHT + 5530);
    const corrected = [1000, 1009, 1010, 1015, 5530].map(time => clock.correct(MIDNIGHT + time) - MIDNIGHT);
    expect(corrected).toEqual([5500, 5509, 5510, 5520, 5530]);
    expect(clock.marks(MIDNIGHT + 5530, MIDNIGHT + 9000)).toEqual([]);
  });

  it('corrects no row from before, when it was synchronised', async () => {
    const { clock, set, step } = clockOf('yes');
    clock.rowsCame(MIDNIGHT);
    set('no');
    clock.rowsCame(MIDNIGHT + 10);
    step(100, 120);
    clock.rowsCame(MIDNIGHT + 120);
    expect([0, 9, 10, 19, 120].map(time => clock.correct(MIDNIGHT + time) - MIDNIGHT)).toEqual([
      0, 9, 110, 119, 120,
    ]);
  });

  it('that begins behind the stored rows loses no row once it is set', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT + 50_000, 10));
    await before.close();
    const { clock, set, step } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    step(60_000, 60_010);
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 60_010, 10));
    await store.close();
    expect(historyOf(store)).toMatchObject({ rows: 30, unfit: 0 });
    expect(await secondsIn(await tree.open())).toEqual([...range(50_000, 50_010), ...range(60_000, 60_020)]);
  });

  it('has rows wait until it is known whether it is synchronised, though no row comes until it is set', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT + 50_000, 10));
    await before.close();
    const { clock, set, step } = clockOf(undefined);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    set('no');
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 10, unstored: 10, unfit: 0 });
    set('yes');
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 10, unstored: 10, unfit: 0 });
    step(60_000, 60_010);
    store.append(rowsFrom(MIDNIGHT + 60_010, 10));
    await store.close();
    expect(historyOf(store)).toMatchObject({ rows: 30, unfit: 0 });
    expect(await secondsIn(await tree.open())).toEqual([...range(50_000, 50_010), ...range(60_000, 60_020)]);
  });

  it('is set before it is known whether it was synchronised, and the rows from before that are corrected', async () => {
    const tree = historyTree();
    const { clock, set, step } = clockOf(undefined);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    step(60_000, 60_010);
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 60_010, 10));
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(60_000, 60_020));
  });

  it('has rows stored as they are if nobody can be asked', async () => {
    const tree = historyTree();
    const { clock, set } = clockOf(undefined);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    expect(historyOf(store).rows).toBe(0);
    set('unknown');
    await store.flush();
    expect(historyOf(store).rows).toBe(10);
    await store.close();
  });

  it('that is never set has its rows stored before memory forgets them, with a mark', async () => {
    const tree = historyTree();
    const { clock } = clockOf('no');
    const store = await tree.open({ clock, memory: 100 });
    for (const from of range(0, 40)) {
      store.append(rowsFrom(MIDNIGHT + 10 * from, 10));
      await store.flush();
    }
    expect(historyOf(store).rows).toBeGreaterThan(300);
    await store.close();
    expect(historyOf(store)).toMatchObject({ rows: 400, lost: 0 });
    expect(await secondsIn(await tree.open())).toEqual(range(0, 400));
    expect(new Set((await marksIn(tree)).flat())).toEqual(new Set([UNSYNCHRONISED]));
  });

  it('that is never set has its rows stored after half an hour', async () => {
    const tree = historyTree();
    const { clock, pass } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    pass(1799);
    await store.flush();
    expect(historyOf(store).rows).toBe(0);
    pass(1);
    await store.flush();
    expect(historyOf(store).rows).toBe(10);
    await store.close();
  });

  it('jumps over the end of a day, and each row is in the file of its right day', async () => {
    const tree = historyTree();
    const { clock, set, step } = clockOf('no', DAY - 30);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + DAY - 30, 10));
    await store.flush();
    step(25, DAY + 5);
    set('yes');
    store.append(rowsFrom(MIDNIGHT + DAY + 5, 10));
    await store.flush();
    await store.merge();
    expect(namesIn(tree)).toEqual(['2026/11/2026-11-28.parquet', '2026/11/2026-11-29/000000.parquet']);
    expect(await secondsIn(store)).toEqual(range(DAY - 5, DAY + 15));
    await store.close();
  });

  it('has rows stored as they are if nobody says so', async () => {
    const tree = historyTree();
    const { clock, step } = clockOf('unknown');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    step(990, 1000);
    store.append(rowsFrom(MIDNIGHT + 1000, 1));
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual([...range(0, 10), 1000]);
  });
});
