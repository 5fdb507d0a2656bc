import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoredDataset } from '../../../../server/dataset/stored.ts';
import { type Serving, serving } from '../../../serving.ts';
import { textOf } from '../../../sources.ts';
import { LAYOUT, type Row, SCRIPTED, ScriptedSource } from '../../scripted-source.ts';
import { historyTree, MIDNIGHT, rowsFrom } from '../stores.ts';

const DAY = 86_400;

let server: Serving | undefined;
let before: string | undefined;
afterEach(async () => {
  await server?.close();
  if (before !== undefined) process.chdir(before);
  [server, before] = [undefined, undefined];
});

/** A row each half minute, in steps of a sensor; values are missing now and then. */
const row = (number: number): Row => [
  MIDNIGHT + number * 30,
  number % 11 === 0 ? Number.NaN : Math.round(2000 + 300 * Math.sin(number / 200)) / 100,
  number % 977,
  (number % 64) / 4,
];

describe('a server with summaries', () => {
  it('answers with the same bytes as from rows, in each format', async () => {
    const tree = historyTree();
    const store = await tree.open({
      columns: LAYOUT.columns as readonly { type: 'Float64'; name: string }[],
      attributes: ({ name }) => LAYOUT.columns.find(column => column.name === name)!.attributes,
      memory: 500,
      keepMerged: 0,
    });
    const source = new ScriptedSource();
    const dataset = new StoredDataset(SCRIPTED, source, store);
    server = await serving({ datasets: [dataset] });
    // Two days and a half, of which memory has the last hours.
    for (let from = 0; from < 7200; from += 400) {
      await source.append(Array.from({ length: 400 }, (_, index) => row(from + index)));
      await store.flush();
    }
    await store.merge();
    const window = `time>=${MIDNIGHT + 1000}&time<${MIDNIGHT + 2.4 * DAY}`;
    const addresses = [
      `scripted.dods?&${window}&bucket("time/1hour")`,
      `scripted.asc?time,a,b_max&${window}&bucket("time/10minutes")`,
      `scripted.asc?time,c&${window}&orderByMean("time/1hour")`,
      `scripted.asc?${encodeURIComponent('sensor[3:2:20]')}&${window}&bucket("time/1hour")`,
      `scripted.dods?&${window}&orderByCount("time/1day")`,
      `scripted.asc?&${window}&orderByMinMax("time/1day,a")`,
      `scripted.asc?&${window}&orderByMax("c")`,
      `scripted.asc?&${window}&b>100&bucket("time/1hour")`,
      `scripted.asc?&${window}&orderByLimit("time/1hour,2")`,
    ];
    const answers = () =>
      Promise.all(
        addresses.map(async address => {
          const response = await fetch(`${server!.url}/${address}`);
          expect([address, response.status]).toEqual([address, 200]);
          return Buffer.from(await response.arrayBuffer()).toString('latin1');
        }),
      );
    const asked = vi.spyOn(store, 'summaries');
    const summarised = await answers();
    const runs = await Promise.all(asked.mock.results.map(({ value }) => value));
    expect(runs.filter(run => run !== undefined).length).toBeGreaterThan(6);
    rmSync(join(tree.path, 'roof/summaries'), { recursive: true });
    expect(summarised).toEqual(await answers());
    expect(summarised[0]!.length).toBeGreaterThan(4000);
  });
});

describe('a file of summaries', () => {
  it('is opened by DuckDB as the documentation says', async () => {
    const tree = historyTree();
    const store = await tree.open({
      columns: [
        { type: 'Float64', name: 'time' },
        { type: 'Float64', name: 'temperature' },
      ],
      memory: 100,
      keepMerged: 0,
    });
    for (const half of [0, 1, 2]) {
      store.append(rowsFrom(MIDNIGHT + (half * DAY) / 2, 1440, 30));
      await store.flush();
    }
    await store.merge();
    await store.close();
    const queries = [...textOf('docs/history.md').matchAll(/(?<=```sql\n)[^`]+/g)].map(([query]) => query);
    before = process.cwd();
    process.chdir(tree.path);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      const ask = async (query: string) => (await connection.runAndReadAll(query)).getRowsJson();
      const [ofRows, ofSummaries] = await Promise.all(queries.map(ask));
      expect(ofRows).toHaveLength(24);
      expect(ofSummaries).toEqual(ofRows);
      expect(
        await ask(
          "SELECT epoch(time), count, temperature_count, temperature_min, temperature_max FROM 'roof/summaries/2026/11/2026-11-28.1min.parquet' ORDER BY time LIMIT 2",
        ),
      ).toEqual([
        [MIDNIGHT, 2, 2, 0, 30],
        [MIDNIGHT + 60, 2, 2, 60, 90],
      ]);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });
});
