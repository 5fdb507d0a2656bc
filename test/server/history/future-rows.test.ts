import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { clockOf, marksIn, namesIn, UNSYNCHRONISED } from './clocks.ts';
import { type HistoryTree, historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const DAY = 86_400;
const HOUR = 3600;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('stored rows in the future of a synchronised clock', () => {
  /** Ten rows at midnight, ten of the clock ten years ahead. */
  async function stored({ state, more = [] }: { state: Synchronized; more?: readonly number[] }) {
    const tree = historyTree();
    const right = await tree.open({ clock: clockOf('yes').clock });
    right.append(rowsFrom(MIDNIGHT, 10));
    await right.close();
    const { clock, pass } = clockOf(state);
    const wrong = await tree.open({ clock });
    for (const from of [300_000_000, ...more]) wrong.append(rowsFrom(MIDNIGHT + from, 10));
    pass(1800);
    await wrong.close();
    return tree;
  }
  const aside = (tree: HistoryTree) => namesIn(tree).filter(name => name.includes('.future-'));

  it('are set aside at once if their clock was not synchronised', async () => {
    const tree = await stored({ state: 'no', more: [300_000_000 + DAY] });
    const { clock, set } = clockOf('unknown', 100);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 50, 10));
    set('yes');
    await store.flush();
    expect(aside(tree).length).toBe(2);
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 0, lastTime: MIDNIGHT + 59 });
    expect(tree.remarks).toEqual(
      [0, 1].map(() =>
        expect.stringMatching(/set aside as .*\.future-1: its rows end at 2036-.*, after the time/),
      ),
    );
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual([...range(0, 10), ...range(50, 60)]);
  });

  it('are not set aside while nobody says that the clock is right', async () => {
    const tree = await stored({ state: 'no' });
    const { clock, pass } = clockOf('unknown', 100);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 50, 10));
    pass(2 * HOUR);
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 10 });
    await store.close();
    expect(aside(tree)).toEqual([]);
  });

  it('wait for an hour if nothing says that their clock was wrong', async () => {
    const tree = await stored({ state: 'yes' });
    const { clock, pass } = clockOf('yes', 100);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 50, 10));
    await store.flush();
    pass(HOUR - 1);
    store.append(rowsFrom(MIDNIGHT + HOUR, 10));
    await store.flush();
    expect(aside(tree)).toEqual([]);
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 0, unstored: 20 });
    pass(1);
    await store.flush();
    expect(aside(tree).length).toBe(1);
    expect(historyOf(store)).toMatchObject({ rows: 30, unfit: 0, unstored: 0 });
    expect(tree.remarks[0]).toMatch(
      /the stored rows end at 2036-.*, .* ahead of the synchronised clock; rows wait in memory for 60 minutes at most/,
    );
    await store.close();
  });

  it('stay if the clock was set years back for a moment, and the rows of that moment get their right times', async () => {
    const tree = historyTree();
    const before = await tree.open({ clock: clockOf('yes').clock });
    before.append(rowsFrom(MIDNIGHT, 10));
    await before.close();
    const years = 5 * 365 * DAY;
    const { clock, pass, step } = clockOf('yes', 20 - years);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 20 - years, 10));
    await store.flush();
    pass(1000);
    step(years, 1020);
    store.append(rowsFrom(MIDNIGHT + 1020, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 30, unfit: 0 });
    expect(await secondsIn(store)).toEqual([...range(0, 10), ...range(20, 30), ...range(1020, 1030)]);
    await store.close();
    expect(aside(tree)).toEqual([]);
  });

  it('are not lost with them if the server ends meanwhile', async () => {
    const tree = await stored({ state: 'yes' });
    const { clock } = clockOf('yes', 100);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + 50, 10));
    await store.flush();
    await store.close();
    expect(aside(tree)).toEqual([]);
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 10 });
  });

  it('leave the rows of their file from before the present where they are', async () => {
    const tree = historyTree();
    const { clock, pass } = clockOf('no');
    const before = await tree.open({ clock });
    before.append(rowsFrom(MIDNIGHT, 3000, 10));
    pass(1800);
    await before.close();
    const store = await tree.open({ clock: clockOf('yes', 20_000).clock });
    store.append(rowsFrom(MIDNIGHT + 20_001, 1));
    await store.flush();
    expect(namesIn(tree)).toEqual([
      '2026/11/2026-11-28.parquet',
      '2026/11/2026-11-28/000000.parquet.future-1',
      '2026/11/2026-11-28/053321.parquet',
    ]);
    const times = [...range(0, 2001).map(row => 10 * row), 20_001];
    expect(await secondsIn(store)).toEqual(times);
    expect(tree.remarks).toEqual([
      expect.stringContaining('its rows until then are in 2026/11/2026-11-28.parquet'),
    ]);
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(times);
    expect((await marksIn(tree))[0]).toEqual([UNSYNCHRONISED]);
  });

  it.each(['rows', 'facts'])(
    'do not keep new rows from the disk if a file with them has damaged %s',
    async part => {
      const tree = historyTree();
      const { clock, pass } = clockOf('no');
      const before = await tree.open({ clock });
      before.append(rowsFrom(MIDNIGHT, 3000, 10));
      pass(1800);
      await before.close();
      const store = await tree.open({ clock: clockOf('yes', 20_000).clock });
      const file = join(tree.path, 'roof/2026/11/2026-11-28/000000.parquet');
      const bytes = readFileSync(file);
      bytes.fill(0x55, ...(part === 'rows' ? [40, 120] : [bytes.length - 100, bytes.length - 20]));
      writeFileSync(file, bytes);
      store.append(rowsFrom(MIDNIGHT + 20_001, 1));
      await store.flush();
      expect(tree.news).toEqual([]);
      expect(historyOf(store)).toMatchObject({ unstored: 0, setAside: 1, lastTime: MIDNIGHT + 20_001 });
      expect(namesIn(tree)[0]).toMatch(/000000\.parquet\.broken-1$/);
      await store.close();
    },
  );

  it('of a clock that runs ahead since it was set back are not set aside: new rows follow them', async () => {
    const tree = historyTree();
    const { clock, step, pass } = clockOf('yes', 100 + DAY);
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT + DAY, 100));
    await store.flush();
    step(-DAY, 100 + DAY, DAY);
    store.append(rowsFrom(MIDNIGHT + DAY + 100, 10, 0.5));
    pass(10);
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 110, unfit: 0 });
    await store.close();
    expect(aside(tree)).toEqual([]);
  });
});
