import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attribute, type Batch, type NumberColumn, newColumn, printDas } from '../../../../dap/index.ts';
import type { HistoryStore } from '../../../../server/history/history-store.ts';
import { meantColumn } from '../../../../server/history/parquet/column-meaning.ts';
import type { StoredType } from '../../../../server/history/parquet/file-columns.ts';
import type { SequenceColumn } from '../../../../server/source/row-source.ts';
import { historyTree, MIDNIGHT } from '../stores.ts';
import { type Answer, answerOf, datasetOf } from './answers.ts';

const DAY = 86_400;

/** Runs of the random test: a few by default. */
const { SUMMARY_RUNS = '8' } = process.env;

const fill = (value: number, type: Attribute['type']): SequenceColumn['attributes'] =>
  new Map([['_FillValue', { type, values: [value] }]]);

const TIME: SequenceColumn = { type: 'Float64', name: 'time', attributes: new Map() };

/** Columns as a configuration may have them; a name may come with another type or meaning later. */
const COLUMN: fc.Arbitrary<SequenceColumn> = fc.constantFrom<SequenceColumn>(
  { type: 'Float64', name: 'a', attributes: new Map() },
  { type: 'Float64', name: 'a', attributes: fill(-999, 'Float64') },
  {
    type: 'Float32',
    name: 'a',
    attributes: new Map([['valid_range', { type: 'Float32', values: [-50, 50] }]]),
  },
  { type: 'Float32', name: 'b', attributes: new Map() },
  { type: 'Float32', name: 'b', attributes: new Map([['units', { type: 'String', values: ['mV'] }]]) },
  { type: 'Float64', name: 'b', attributes: new Map([['units', { type: 'String', values: ['V'] }]]) },
  { type: 'Int16', name: 'b', attributes: fill(-999, 'Int16') },
  { type: 'Int32', name: 'row', attributes: fill(-999, 'Int32') },
  { type: 'UInt32', name: 'row', attributes: new Map() },
  { type: 'Byte', name: 'a_count', attributes: new Map() },
);

const LAYOUT = fc
  .uniqueArray(COLUMN, { minLength: 1, maxLength: 4, selector: ({ name }) => name })
  .map(columns => [TIME, ...columns]);

/** Values that meet missing values, bounds, zeros of both signs and each other. */
const VALUE = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -5000, max: 5000 }).map(value => value / 100) },
  fc.constantFrom(0, -0, -999, Number.NaN, 50, 51, 1e6, -1e6),
  fc.constantFrom(Infinity, -Infinity, 1e15, -1e15, 1e-9),
);

const GAP = fc.constantFrom(0.25, 1, 29.5, 60, 61, 600, 3599, 3600, 20_000, 90_000);

/** Seconds from one row to the next, and the values that the columns take in turn. */
const ROWS = fc.record({
  gaps: fc.array(GAP, { minLength: 20, maxLength: 150, size: 'max' }),
  values: fc.array(VALUE, { minLength: 1, maxLength: 40 }),
});

function batchOf(
  columns: readonly SequenceColumn[],
  from: number,
  { gaps, values }: { readonly gaps: readonly number[]; readonly values: readonly number[] },
): Batch {
  let time = from;
  const times = Float64Array.from(gaps, gap => {
    time += gap;
    return time;
  });
  const own = columns.slice(1).map(({ type }, index) => {
    const column = newColumn({ type, name: '' }, times.length) as NumberColumn;
    return column.map((_, row) => values[(row * (index + 1)) % values.length]!);
  });
  return { length: times.length, columns: [times, ...own] };
}

function optionsFor(columns: readonly SequenceColumn[]) {
  const attributes = (name: string) => columns.find(column => column.name === name)!.attributes;
  return {
    columns: columns.map(({ type, name, attributes }) =>
      meantColumn({ type: type as StoredType, name }, attributes),
    ),
    das: () =>
      printDas(new Map([['sensor', new Map(columns.map(({ name, attributes }) => [name, attributes]))]])),
    attributes: ({ name }: { name: string }) => attributes(name),
    fillValue: ({ type, name }: { type: StoredType; name: string }) => {
      const found = attributes(name).get('_FillValue');
      if (type.startsWith('Float')) return Number.NaN;
      return found === undefined || found instanceof Map ? 0 : Number(found.values[0]);
    },
    memory: 80,
  };
}

const INTERVAL = fc.constantFrom(
  'time/1minute',
  'time/60:30',
  'time/10minutes',
  'time/1hour',
  'time/3600:-1800',
  'time/90minutes',
  'time/6hours',
  'time/1day',
  'time/86400:-3600',
  'time/1month',
  'time/45',
);

const CALL = fc.oneof(
  fc
    .tuple(fc.constantFrom('bucket', 'orderByMean', 'orderByCount'), INTERVAL)
    .map(([name, interval]) => `&${name}("${interval}")`),
  fc
    .tuple(fc.constantFrom('orderByMin', 'orderByMax', 'orderByMinMax'), fc.option(INTERVAL))
    .map(([name, interval]) => `&${name}("${interval === null ? '' : `${interval},`}KEY")`),
  fc.constantFrom('&orderByLimit("time/1hour,2")', '&orderByClosest("time/1hour")'),
);

/** Compares counts, times, extremes and chosen rows by their bits, and means to 1e-12 of the mean. */
function expectEqual(one: Answer, other: Answer, isMean: (name: string) => boolean): void {
  expect(Object.keys(one.columns)).toEqual(Object.keys(other.columns));
  for (const [name, values] of Object.entries(one.columns)) {
    const expected = other.columns[name]!;
    if (!isMean(name)) expect({ name, values }).toEqual({ name, values: expected });
    else {
      expect({ name, values: values.map(Number.isNaN) }).toEqual({
        name,
        values: expected.map(Number.isNaN),
      });
      for (const [index, mean] of values.entries()) {
        if (Object.is(mean, expected[index]) || Number.isNaN(mean)) continue;
        expect(Math.abs(mean / expected[index]! - 1)).toBeLessThanOrEqual(1e-12);
      }
    }
  }
}

describe('a function over a history', () => {
  it('gives the same from summaries as from rows', {
    timeout: 60_000 + 10_000 * Number(SUMMARY_RUNS),
  }, async () => {
    let stretches = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(LAYOUT, ROWS, fc.boolean()), { minLength: 1, maxLength: 3 }),
        fc.array(
          fc.tuple(
            CALL,
            fc.double({ min: 0, max: 1, noNaN: true }),
            fc.nat(3),
            fc.oneof(fc.constant(0), fc.nat(40)),
            fc.nat(3),
          ),
          {
            minLength: 3,
            maxLength: 6,
          },
        ),
        async (times, questions) => {
          const tree = historyTree();
          let store: HistoryStore | undefined;
          let layout: readonly SequenceColumn[] = [];
          let last = MIDNIGHT - 7200;
          for (const [columns, rows, isMerged] of times) {
            await store?.close();
            layout = columns;
            store = await tree.open(optionsFor(columns));
            for (let row = 0; row < rows.gaps.length; row += 75) {
              const piece = { ...rows, gaps: rows.gaps.slice(row, row + 75) };
              const batch = batchOf(columns, last, piece);
              last = (batch.columns[0] as Float64Array).at(-1)!;
              store.append(batch);
              await store.flush();
            }
            if (isMerged) await store.merge();
          }
          await store!.merge();
          const dataset = await datasetOf(store!, layout);
          const begin = MIDNIGHT - 7200;
          const grid = [1, 60, 3600, DAY];
          for (const [call, from, step, length, unit] of questions) {
            const low = Math.floor((begin + from * (last - begin)) / grid[step]!) * grid[step]!;
            const high = length === 0 ? last + 1 : low + length * grid[unit]!;
            const key = layout.at(-1)!.name;
            const query = `&time>=${low}&time<=${high}${call.replace('KEY', key)}`;
            const isMean = (name: string) =>
              name.endsWith('_mean') || (call.includes('orderByMean') && name !== 'time');
            const rows = await answerOf(dataset, query, { usesSummaries: false });
            const summarised = await answerOf(dataset, query, { usesSummaries: true, most: 1 + length });
            expectEqual(summarised, rows, isMean);
            expect(rows.stretches).toBe(0);
            stretches += summarised.stretches;
          }
          expect(tree.remarks.filter(remark => /aside|alone/.test(remark))).toEqual([]);
          tree.remove();
        },
      ),
      { numRuns: Number(SUMMARY_RUNS) },
    );
    expect(stretches).toBeGreaterThan(0);
  });
});
