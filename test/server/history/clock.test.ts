import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFooter } from '../../../server/history/file-reader.ts';
import { HistoryClock } from '../../../server/history/history-clock.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { historyOf, historyTree, MIDNIGHT, rowsFrom, secondsIn } from './stores.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** A clock whose state the test sets. */
function clockOf(first: Synchronized) {
  let state = first;
  const clock = new HistoryClock(() => state);
  return {
    clock,
    set: (next: Synchronized) => {
      state = next;
    },
  };
}

const marksIn = async (path: string) => (await readFooter(path))?.clock;

describe('a clock that is not synchronised', () => {
  it('holds rows back until it is set, and then they are stored with their right times', async () => {
    const tree = historyTree();
    const { clock, set } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 0, unstored: 10 });
    expect(await secondsIn(store)).toEqual(range(0, 10));
    clock.stepped({ time: MIDNIGHT + 100_010, seconds: 100_000, ahead: 0 });
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 100_010, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unstored: 0, unfit: 0 });
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual(range(100_000, 100_020));
    expect(await marksIn(join(tree.path, 'roof/2026/11/2026-11-29/034640.parquet'))).toEqual([]);
  });

  it('that begins behind the stored rows loses no row once it is set', async () => {
    const tree = historyTree();
    const before = await tree.open();
    before.append(rowsFrom(MIDNIGHT + 50_000, 10));
    await before.close();
    const { clock, set } = clockOf('no');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    clock.stepped({ time: MIDNIGHT + 60_010, seconds: 60_000, ahead: 0 });
    set('yes');
    store.append(rowsFrom(MIDNIGHT + 60_010, 10));
    await store.close();
    expect(historyOf(store)).toMatchObject({ rows: 30, unfit: 0 });
    expect(await secondsIn(await tree.open())).toEqual([...range(50_000, 50_010), ...range(60_000, 60_020)]);
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
    expect(await marksIn(join(tree.path, 'roof/2026/11/2026-11-28/000000.parquet'))).toEqual([
      'the system clock was not synchronised',
    ]);
  });

  it('has rows stored as they are if nobody says so', async () => {
    const tree = historyTree();
    const { clock } = clockOf('unknown');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    clock.stepped({ time: MIDNIGHT + 1000, seconds: 990, ahead: 0 });
    store.append(rowsFrom(MIDNIGHT + 1000, 1));
    await store.close();
    expect(await secondsIn(await tree.open())).toEqual([...range(0, 10), 1000]);
  });
});

describe('a clock that was set back', () => {
  it('marks the rows whose times ran ahead of it', async () => {
    const tree = historyTree();
    const { clock } = clockOf('yes');
    const store = await tree.open({ clock });
    store.append(rowsFrom(MIDNIGHT, 10));
    await store.flush();
    clock.stepped({ time: MIDNIGHT + 10, seconds: -4, ahead: 4 });
    store.append(rowsFrom(MIDNIGHT + 10, 10, 0.5));
    await store.flush();
    store.append(rowsFrom(MIDNIGHT + 100, 10));
    await store.close();
    const marks = await Promise.all(
      ['000000', '000010', '000140'].map(name =>
        marksIn(join(tree.path, `roof/2026/11/2026-11-28/${name}.parquet`)),
      ),
    );
    expect(marks).toEqual([
      [],
      [
        'from 2026-11-28T00:00:10.000Z to 2026-11-28T00:00:14.000Z row time was ahead of the system clock, by 4 s at first',
      ],
      [],
    ]);
  });
});

describe('stored rows in the future', () => {
  it('are set aside once the clock is synchronised, and rows are stored from then on', async () => {
    const tree = historyTree();
    const now = Math.floor(Date.now() / 1000);
    const before = await tree.open();
    before.append(rowsFrom(now - 1000, 10));
    await before.flush();
    before.append(rowsFrom(now + 300_000_000, 10));
    await before.close();
    const { clock, set } = clockOf('unknown');
    const store = await tree.open({ clock });
    store.append(rowsFrom(now - 100, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 10 });
    set('yes');
    store.append(rowsFrom(now - 50, 10));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 20, unfit: 10, lastTime: now - 41 });
    expect(store.find(now - 50, true)).toBeGreaterThanOrEqual(30);
    await store.close();
    const names = readdirSync(join(tree.path, 'roof'), { recursive: true, encoding: 'utf8' });
    expect(names.filter(name => name.endsWith('.parquet.future-1')).length).toBe(1);
    expect(tree.remarks).toEqual([
      expect.stringContaining('rows are not stored'),
      expect.stringMatching(/set aside as .*\.future-1: its rows end at .*, after the time of the clock/),
    ]);
    const restarted = await tree.open();
    expect(await secondsIn(restarted)).toEqual(
      [...range(now - 1000, now - 990), ...range(now - 50, now - 40)].map(time => time - MIDNIGHT),
    );
  });
});
