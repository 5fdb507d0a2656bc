import { expect, it } from 'vitest';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { RecentWatch } from '../../../server/recent/recent-watch.ts';
import { LAYOUT, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { SlowStore } from '../slow-store.ts';

it('reads rows again that could not be loaded, and says nothing of the day meanwhile', async () => {
  const options = {
    ...{ start: 0, memory: 4, block: 1, turns: 0, failing: 1, seed: 1 },
    bounds: { rows: 1000, bytes: 1e9, age: 1e9 },
  };
  const store = new SlowStore(LAYOUT.columns, options);
  const source = new ScriptedSource();
  const dataset = new StoredDataset(SCRIPTED, source, store);
  const watch = new RecentWatch(0);
  try {
    const begin = Math.floor(Date.now() / 1000) - 20;
    await source.append(Array.from({ length: 20 }, (_, row) => [begin + row, row, 1, 1]));
    expect((await watch.of([dataset])).has(dataset)).toBe(false);
    expect(store.failures).toBeGreaterThan(0);
    options.failing = 0;
    await source.append([[begin + 20, 20, 1, 1]]);
    await expect
      .poll(async () => (await watch.of([dataset])).get(dataset)?.extremes(0, begin, begin + 20))
      .toEqual({ least: 0, greatest: 20 });
  } finally {
    watch.close();
    await dataset.close();
  }
});
