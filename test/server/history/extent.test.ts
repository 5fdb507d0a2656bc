import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileIndex } from '../../../server/history/disk/file-index.ts';
import { type HistoryTree, historyOf, historyTree, MIDNIGHT, rowsFrom } from './stores.ts';

const DAY = 86_400;
const at = (day: number, second = 0) => MIDNIGHT + day * DAY + second;

/** A store whose days 0 to 1 and 4 are on the disk. */
async function withGap(tree: HistoryTree, memory = 1000) {
  const store = await tree.open({ memory });
  store.append(rowsFrom(at(0, DAY - 10), 20));
  await store.flush();
  store.append(rowsFrom(at(4), 10));
  await store.flush();
  return store;
}

const GAP = { from: at(1, 9), to: at(4) };

describe('the extent of a history', () => {
  it('reaches from the disk through the memory, with the gaps on the disk, in memory and between', async () => {
    const store = await withGap(historyTree());
    expect(store.status.extent).toEqual({ firstTime: at(0, DAY - 10), lastTime: at(4, 9), gaps: [GAP] });
    store.append(rowsFrom(at(8), 5));
    store.append(rowsFrom(at(10), 5));
    expect(store.status.extent).toEqual({
      firstTime: at(0, DAY - 10),
      lastTime: at(10, 4),
      gaps: [GAP, { from: at(4, 9), to: at(8) }, { from: at(8, 4), to: at(10) }],
    });
  });

  it('is the same after a flush, a merge and a restart', async () => {
    const tree = historyTree();
    const store = await withGap(tree);
    store.append(rowsFrom(at(8), 5));
    const { extent } = store.status;
    expect(extent!.gaps).toHaveLength(2);
    await store.flush();
    expect(store.status.extent).toEqual(extent);
    // The first call may join a merge that the write of an earlier day began.
    await store.merge();
    await store.merge();
    expect(tree.files()).toContain('2026/12/2026-12-02.parquet');
    expect(store.status.extent).toEqual(extent);
    await store.close();
    const restarted = await tree.open();
    expect(restarted.status.extent).toEqual(extent);
    restarted.append(rowsFrom(at(12), 1));
    expect(restarted.status.extent).toEqual({
      ...extent,
      lastTime: at(12),
      gaps: [...extent!.gaps, { from: at(8, 4), to: at(12) }],
    });
  });

  it('begins later after the oldest day was deleted, and with the memory without files', async () => {
    const tree = historyTree();
    const store = await withGap(tree);
    await store.close();
    rmSync(join(tree.path, 'roof/2026/11'), { recursive: true });
    rmSync(join(tree.path, 'roof/2026/12/2026-12-02'), { recursive: true });
    const second = await tree.open();
    expect(second.status.extent).toBeUndefined();
    second.append(rowsFrom(at(6), 3));
    expect(second.status.extent).toEqual({ firstTime: at(6), lastTime: at(6, 2), gaps: [] });
  });

  it('begins later after the next write when a day was deleted by hand meanwhile, and its summaries go', async () => {
    const tree = historyTree();
    const store = await withGap(tree, 5);
    await store.merge();
    await store.merge();
    const summaries = () => tree.allFiles().filter(name => name.startsWith('summaries/'));
    expect(summaries()).toContain('summaries/2026/11/2026-11-28.1min.parquet');
    rmSync(join(tree.path, 'roof/2026/11/2026-11-28.parquet'));
    store.append(rowsFrom(at(4, 10), 1));
    await store.flush();
    await store.merge();
    expect(store.status.extent).toEqual({ firstTime: at(1), lastTime: at(4, 10), gaps: [GAP] });
    expect(historyOf(store)).toMatchObject({ rows: 21, failures: 0 });
    expect(summaries()).not.toContain('summaries/2026/11/2026-11-28.1min.parquet');
    expect(tree.remarks).toEqual([
      expect.stringMatching(
        /roof: 1 file with past rows was deleted by another program, the first of them 2026\/11\/2026-11-28\.parquet$/,
      ),
    ]);
    // Also a part of the running day, with its folder.
    rmSync(join(tree.path, 'roof/2026/12'), { recursive: true });
    store.append(rowsFrom(at(4, 11), 5));
    await store.flush();
    expect(historyOf(store)).toMatchObject({ rows: 15, failures: 0 });
    await store.close();
  });

  it('looks through ten years of days once after a change, in a few milliseconds', async () => {
    const files = Array.from({ length: 3650 }, (_, day) => ({
      path: `${day}.parquet`,
      day,
      isPart: false,
      firstPosition: day * DAY,
      rows: DAY,
      bytes: 1,
      firstTime: at(day + (day > 1000 ? 5 : 0)),
      lastTime: at(day + (day > 1000 ? 5 : 0), DAY - 1),
      groupTimes: new Float64Array(1),
    }));
    const index = new FileIndex(files);
    expect(index.spans).toHaveLength(2);
    expect(index.spans).toBe(index.spans);
    index.add({ ...files.at(-1)!, firstPosition: 3650 * DAY, firstTime: at(4000), lastTime: at(4001) });
    expect(index.spans).toHaveLength(3);
    const begin = performance.now();
    for (let day = 0; day < 100; day += 1) {
      index.remove(files[day]!);
      expect(index.spans[0]!.firstTime).toBe(at(day + 1));
    }
    expect((performance.now() - begin) / 100).toBeLessThan(5);
  });
});
