import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import type { HistoryStore } from '../../../../server/history/history-store.ts';
import { type RunHistoryJob, runJob } from '../../../../server/history/jobs.ts';
import type { SequenceColumn } from '../../../../server/source/row-source.ts';
import {
  COLUMNS,
  type HistoryTree,
  historyOf,
  historyTree,
  MIDNIGHT,
  type OpenOptions,
  rowsFrom,
} from '../stores.ts';
import { answerOf, datasetOf } from './answers.ts';

const DAY = 86_400;
const SERVED = COLUMNS.map((column): SequenceColumn => ({ ...column, attributes: new Map() }));

const MINUTES = 'summaries/2026/11/2026-11-28.1min.parquet';
const HOURS = 'summaries/2026/2026-11.1h.parquet';
const ROWS = '2026/11/2026-11-28.parquet';

/** Two days with a row each half minute, the second one half a day long, and what is left of memory. */
async function twoDays(tree: HistoryTree, options: OpenOptions = {}): Promise<HistoryStore> {
  const store = await tree.open({ memory: 100, keepMerged: 0, ...options });
  for (const half of [0, 1, 2]) {
    store.append(rowsFrom(MIDNIGHT + (half * DAY) / 2, 1440, 30));
    await store.flush();
  }
  await store.merge();
  return store;
}

const hourly = `&time>=${MIDNIGHT}&time<${MIDNIGHT + 2 * DAY}&bucket("time/1hour")`;
const EXPECTED = Array.from({ length: 36 }, (_, hour) => hour * 3600 + 1785);

describe('the summaries of a history', () => {
  it('stand beside the rows of a finished day', async () => {
    const tree = historyTree();
    const store = await twoDays(tree);
    expect(tree.allFiles().filter(name => name.startsWith('summaries'))).toEqual([MINUTES, HOURS]);
    const sizes = [ROWS, MINUTES, HOURS].map(name => statSync(join(tree.path, 'roof', name)).size);
    const parts = tree.files().filter(name => name !== ROWS);
    const running = parts.map(name => statSync(join(tree.path, 'roof', name)).size);
    expect(historyOf(store).bytes).toBe([...sizes, ...running].reduce((sum, size) => sum + size, 0));
    const {
      columns: { value_mean: means },
      stretches,
      rows,
    } = await answerOf(await datasetOf(store, SERVED), hourly, {
      usesSummaries: true,
    });
    expect(means).toEqual(EXPECTED);
    expect(stretches).toBe(24);
    expect(rows).toBe(1440);
  });

  it('are not made again because a client asks for the minutes of a day that is not finished', async () => {
    const tree = historyTree();
    const kinds: string[] = [];
    const counting: RunHistoryJob = job => {
      if (job.kind !== 'write') kinds.push(job.kind);
      return runJob(job);
    };
    const store = await twoDays(tree, { beside: () => counting });
    expect(kinds).toEqual(['merge', 'summarise']);
    const dataset = await datasetOf(store, SERVED);
    const minutely = hourly.replace('1hour', '1minute');
    expect((await answerOf(dataset, minutely, { usesSummaries: true })).stretches).toBe(1440);
    await store.merge();
    expect(kinds).toEqual(['merge', 'summarise']);
  });

  it('lead to the hours with the extremes, whose rows alone are read', async () => {
    const tree = historyTree();
    const dataset = await datasetOf(await twoDays(tree), SERVED);
    const query = `&time>=${MIDNIGHT}&time<${MIDNIGHT + DAY}&orderByMinMax("time/1day,value")`;
    const { columns, rows } = await answerOf(dataset, query, { usesSummaries: true });
    expect(columns).toEqual({ time: [MIDNIGHT, MIDNIGHT + DAY - 30], value: [0, DAY - 30] });
    expect(rows).toBeLessThan(500);
    expect((await answerOf(dataset, query, { usesSummaries: false })).rows).toBeGreaterThan(2880);
  });

  it.each<[fault: string, spoil: ((bytes: Buffer) => Buffer) | undefined]>([
    ['are missing', undefined],
    ['are empty', () => Buffer.alloc(0)],
    ['are cut', bytes => bytes.subarray(0, 300)],
    ['have a flipped bit', bytes => Buffer.from(bytes.map((byte, at) => (at === 100 ? byte ^ 4 : byte)))],
  ])('that %s change no answer, and are made anew', async (_, spoil) => {
    const tree = historyTree();
    await (await twoDays(tree)).close();
    const file = (name: string) => join(tree.path, 'roof', name);
    const before = [MINUTES, HOURS].map(name => readFileSync(file(name)));
    for (const name of [MINUTES, HOURS]) {
      if (spoil === undefined) rmSync(file(name));
      else writeFileSync(file(name), spoil(readFileSync(file(name))));
    }
    const spoiled = await tree.open({ memory: 100, keepMerged: 0 });
    const minutely = hourly.replace('1hour', '1minute');
    const dataset = await datasetOf(spoiled, SERVED);
    for (const query of [hourly, minutely]) {
      const { columns, stretches } = await answerOf(dataset, query, { usesSummaries: true });
      expect(columns).toEqual((await answerOf(dataset, query, { usesSummaries: false })).columns);
      expect(stretches).toBe(0);
    }
    await spoiled.merge();
    expect([MINUTES, HOURS].map(name => readFileSync(file(name)))).toEqual(before);
    expect((await answerOf(dataset, hourly, { usesSummaries: true })).stretches).toBe(24);
    expect(tree.remarks).toEqual([]);
  });

  it('are not used for rows that have gone or changed, and go with them', async () => {
    const tree = historyTree();
    const store = await twoDays(tree);
    const rows = join(tree.path, 'roof', ROWS);
    renameSync(rows, `${rows}.away`);
    await store.close();
    const dataset = await datasetOf(await tree.open({ memory: 100 }), SERVED);
    const {
      columns: { time },
      stretches,
    } = await answerOf(dataset, hourly, { usesSummaries: true });
    expect(time![0]).toBe(MIDNIGHT + DAY);
    expect(stretches).toBe(0);
    const again = await tree.open({ memory: 100 });
    await again.merge();
    expect(existsSync(join(tree.path, 'roof/summaries'))).toBe(false);
    await again.close();
  });

  it('are deleted with the oldest day, and count as bytes of the history', async () => {
    const tree = historyTree();
    await (await twoDays(tree)).close();
    const sizes = [...tree.files(), MINUTES, HOURS].map(name => statSync(join(tree.path, 'roof', name)).size);
    const size = sizes.reduce((sum, bytes) => sum + bytes, 0) - 1;
    const store = await tree.open({ memory: 100, limits: { size } });
    await store.merge();
    store.append(rowsFrom(MIDNIGHT + 1.5 * DAY, 1));
    await store.flush();
    expect(tree.allFiles().filter(name => name.startsWith('summaries'))).toEqual([]);
    expect(tree.files()).not.toContain(ROWS);
    await store.close();
  });

  it('of another program under their names are left alone', async () => {
    const tree = historyTree();
    const store = await twoDays(tree);
    await store.close();
    const foreign = Buffer.from(
      parquetWriteBuffer({ columnData: [{ name: 'speed', data: [1, 2, 3], type: 'DOUBLE' }] }),
    );
    for (const name of [MINUTES, HOURS]) writeFileSync(join(tree.path, 'roof', name), foreign);
    const again = await tree.open({ memory: 100 });
    await again.merge();
    for (const name of [MINUTES, HOURS]) expect(readFileSync(join(tree.path, 'roof', name))).toEqual(foreign);
    await again.close();
  });
});
