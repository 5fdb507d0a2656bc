import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConstraint, planConstraint, RowReader, timesOnly } from '../../../dap/index.ts';
import type { Dataset } from '../../../server/dataset/dataset.ts';
import { countRows } from '../../../server/dataset/row-count.ts';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import { inMemory } from '../datasets.ts';
import { LAYOUT, type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { SlowStore } from '../slow-store.ts';

const BEGIN = 1_700_000_000;
const BOUNDS = { rows: 1e6, bytes: 1e9, age: 1e9 };

const planOf = (query: string, { model }: Dataset) =>
  planConstraint(parseConstraint(query), model, { now: BEGIN + 1e6 });

/** The times of the rows that a reader of all rows gets. */
function timesOf(query: string, rows: readonly Row[], dataset: Dataset): number[] {
  const reader = new RowReader(planOf(query, dataset));
  const batch = {
    length: rows.length,
    columns: [0, 1, 2, 3].map(column => Float64Array.from(rows, row => row[column]!)),
  };
  const batches = [reader.next(batch).batch, reader.end()];
  return batches.flatMap(({ columns }) => Array.from(columns[0] as Float64Array));
}

const anyRows = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 9 }), value: fc.integer({ min: -3, max: 3 }) }), {
    maxLength: 60,
  })
  .map(steps => {
    let time = BEGIN;
    return steps.map(({ step, value }): Row => {
      time += step / 4;
      return [time, value, value, 0];
    });
  });

const anyTime = fc.integer({ min: -4, max: 400 }).map(quarter => BEGIN + quarter / 4);
const anyQuery = fc
  .record({
    columns: fc.constantFrom('time', 'time,a', ''),
    low: fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('>', '>='), anyTime).map(([o, t]) => `&time${o}${t}`),
    ),
    high: fc.tuple(fc.constantFrom('<', '<='), anyTime).map(([o, t]) => `&time${o}${t}`),
    clause: fc.constantFrom('', '', '', '&a>0', '&b={1,2}', '&a>5'),
    last: fc.constantFrom(
      '',
      '',
      '[0:1:4]',
      '[3:7:*]',
      '[50:1:60]',
      '&bucket("time/5")',
      '&orderByMax("time/10,a")',
      '&orderByLimit("time/7,2")',
    ),
  })
  .map(({ columns, low, high, clause, last }) =>
    last.startsWith('[')
      ? `${columns === '' ? 'sensor' : columns}${last}${low}${high}${clause}`
      : `${last === '' ? columns : ''}${low}${high}${clause}${last}`,
  );

describe('the number of the rows of a window', () => {
  it.each(['memory', 'disk'])('is that of the rows that a reader gets, from %s', async place => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.array(anyQuery, { minLength: 1, maxLength: 4 }), async (rows, queries) => {
        const source = new ScriptedSource();
        const { columns } = LAYOUT;
        const store =
          place === 'memory'
            ? new MemoryStore(columns, BOUNDS)
            : new SlowStore(columns, {
                start: 7,
                memory: 9,
                bounds: BOUNDS,
                block: 4,
                turns: 2,
                failing: 0,
                seed: 3,
              });
        const dataset = new StoredDataset(SCRIPTED, source, store);
        try {
          if (rows.length > 0) await source.append(rows);
          for (const query of queries) {
            const times = timesOf(query, rows, dataset);
            const counted = await countRows(dataset, planOf(query, dataset));
            expect(counted.rows, query).toBe(times.length);
            if (times.length === 0) continue;
            expect([counted.first, counted.last], query).toEqual([Math.min(...times), Math.max(...times)]);
          }
        } finally {
          await dataset.close();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is that of the rows that are there, of a source that does not tell whether more will come', async () => {
    const source = new ScriptedSource();
    const dataset = inMemory(SCRIPTED, source);
    await source.append([
      [BEGIN, 1, 1, 1],
      [BEGIN + 1, 1, 1, 1],
    ]);
    const plan = planOf(`&time<${BEGIN + 100}`, dataset);
    expect(await countRows(dataset, plan)).toEqual({ rows: 2, first: BEGIN, last: BEGIN + 1 });
    await dataset.close();
  });

  it('waits for the reading that belongs to the end of the window', async () => {
    const source = new ScriptedSource({ delivery: { kind: 'scheduled', interval: 1 } });
    const dataset = inMemory(SCRIPTED, source);
    await source.append([[BEGIN, 1, 1, 1]]);
    source.earliest = BEGIN + 1;
    const counted = countRows(dataset, planOf(`&time<${BEGIN + 1.5}`, dataset));
    await source.append([[BEGIN + 1, 1, 1, 1]]);
    source.earliest = BEGIN + 2;
    expect((await counted).rows).toBe(2);
    await dataset.close();
  });

  it('is counted again where rows are forgotten meanwhile', async () => {
    const source = new ScriptedSource();
    const store = new SlowStore(LAYOUT.columns, {
      ...{ start: 0, memory: 10, block: 50, turns: 3, failing: 0, seed: 5 },
      bounds: { ...BOUNDS, rows: 1000 },
    });
    const dataset = new StoredDataset(SCRIPTED, source, store);
    const rowAt = (index: number): Row => [BEGIN + index, index % 2, 0, 0];
    await source.append(Array.from({ length: 1000 }, (_, index) => rowAt(index)));
    const counted = countRows(dataset, planOf(`&a=1&time<${BEGIN + 1000}`, dataset));
    await source.append(Array.from({ length: 100 }, (_, index) => rowAt(1000 + index)));
    expect(store.loading).toBe(1);
    expect((await counted).rows).toBe(450);
    await dataset.close();
  });

  it('reads no more columns than the conditions need', () => {
    const dataset = inMemory(SCRIPTED, new ScriptedSource());
    expect(timesOnly(planOf('a,c&b>0&time<5', dataset)).reads).toEqual([0, 2]);
    expect(timesOnly(planOf('a,c&time<5', dataset)).reads).toEqual([0]);
  });
});
