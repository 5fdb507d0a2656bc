import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AttributeTable, type NumberColumn, newColumn, printDas } from '../../../dap/index.ts';
import { meantColumn } from '../../../server/history/parquet/column-meaning.ts';
import type { FileColumn, StoredType } from '../../../server/history/parquet/file-columns.ts';
import { type HistoryTree, historyTree, MIDNIGHT, readAll } from './stores.ts';

const FILLS: Partial<Record<StoredType, number>> = {
  Int32: -2147483647,
  UInt32: 4294967295,
  Int16: -32768,
  Byte: 255,
};

type Spec = readonly [type: StoredType, name: string, units?: string];

/** The options of a store with these columns, as the server opens it. */
function layout(specs: readonly Spec[], title = 'Roof') {
  const table = ([type, , units = '1']: Spec): AttributeTable =>
    new Map([
      ['units', { type: 'String', values: [units] }],
      ['_FillValue', { type, values: [FILLS[type] ?? Number.NaN] }],
    ]);
  const columns: FileColumn[] = [
    { type: 'Float64', name: 'time' },
    ...specs.map(spec => meantColumn({ type: spec[0], name: spec[1] }, table(spec))),
  ];
  const das = () =>
    printDas(
      new Map<string, AttributeTable>([
        ['NC_GLOBAL', new Map([['title', { type: 'String', values: [title] }]])],
        ['sensor', new Map(specs.map(spec => [spec[1], table(spec)]))],
      ]),
    );
  const fillValue = ({ type }: FileColumn) => FILLS[type] ?? Number.NaN;
  return { columns, das, fillValue };
}

/** Stores a row for each list of values, a second after the last one. */
async function store(
  tree: HistoryTree,
  specs: readonly Spec[],
  rows: readonly (readonly number[])[],
  title?: string,
) {
  const options = layout(specs, title);
  const history = await tree.open(options);
  const from = (history.lastTime ?? MIDNIGHT - 1) + 1;
  history.append({
    length: rows.length,
    columns: options.columns.map((column, index) => {
      const values = newColumn(column, rows.length) as NumberColumn;
      values.set(index === 0 ? rows.map((_row, second) => from + second) : rows.map(row => row[index - 1]!));
      return values;
    }),
  });
  await history.close();
}

/** The rows as they are served with these columns, without their times. */
async function served(tree: HistoryTree, specs: readonly Spec[]): Promise<number[][]> {
  const history = await tree.open(layout(specs));
  const { rows, positions } = await readAll(history);
  await history.close();
  expect(positions).toEqual(rows.map((_row, index) => index));
  return rows.map(([, ...values]) => values);
}

describe('stored rows of a dataset whose columns change', () => {
  it.each<[string, StoredType, readonly number[], StoredType, readonly number[]]>([
    ['Int16 to Float32', 'Int16', [1, -7, -32768], 'Float32', [1, -7, Number.NaN]],
    ['Int32 to Float64', 'Int32', [1, -2147483648, -2147483647], 'Float64', [1, -2147483648, Number.NaN]],
    [
      'Float64 to Float32',
      'Float64',
      [21.37, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
      'Float32',
      [Math.fround(21.37), Number.NaN, Number.NaN, Number.POSITIVE_INFINITY],
    ],
    ['Byte to Int32', 'Byte', [0, 254, 255], 'Int32', [0, 254, -2147483647]],
    [
      'Float64 to Int32',
      'Float64',
      [3, 3.5, 1e12, Number.NaN],
      'Int32',
      [3, -2147483647, -2147483647, -2147483647],
    ],
    ['UInt32 to Int16', 'UInt32', [5, 40000, 4294967295], 'Int16', [5, -32768, -32768]],
  ])('are converted: %s', async (_what, from, values, to, expected) => {
    const tree = historyTree();
    await store(
      tree,
      [[from, 'a']],
      values.map(value => [value]),
    );
    expect((await served(tree, [[to, 'a']])).flat()).toEqual(expected);
    expect(tree.remarks).toEqual([
      expect.stringContaining(`other columns: a was ${from}, is ${to}, and is converted`),
    ]);
    // The files have what they had.
    expect((await served(tree, [[from, 'a']])).flat()).toEqual(values);
  });

  it('have no value of another quantity, and have it again with the old unit', async () => {
    const tree = historyTree();
    await store(tree, [['Float64', 'a', 'degree_Celsius']], [[20], [21]]);
    await store(tree, [['Float64', 'a', 'K']], [[294]]);
    expect((await served(tree, [['Float64', 'a', 'K']])).flat()).toEqual([Number.NaN, Number.NaN, 294]);
    expect((await served(tree, [['Float64', 'a', 'degree_Celsius']])).flat()).toEqual([20, 21, Number.NaN]);
    expect(tree.remarks[0]).toMatch(/a was in degree_Celsius, is in K, and is missing in them/);
  });

  it('are merged with rows of the same columns alone', async () => {
    const tree = historyTree();
    for (const [unit, title] of [
      ['degree_Celsius', 'Roof'],
      ['degree_Celsius', 'The roof'],
      ['K', 'The roof'],
    ] as const)
      await store(tree, [['Float64', 'a', unit]], [[20]], title);
    const history = await tree.open(layout([['Float64', 'a', 'K']]));
    history.append({ length: 1, columns: [Float64Array.of(MIDNIGHT + 86_400), Float64Array.of(300)] });
    await history.flush();
    await history.merge();
    await history.close();
    const files = readdirSync(join(tree.path, 'roof/2026/11')).filter(name => name.endsWith('.parquet'));
    // A title begins nothing anew.
    expect(files).toEqual(['2026-11-28.2.parquet', '2026-11-28.parquet']);
    expect((await served(tree, [['Float64', 'a', 'K']])).flat()).toEqual([Number.NaN, Number.NaN, 20, 300]);
  });

  it('have columns that were added, removed, renamed, moved or called like a removed one', async () => {
    const tree = historyTree();
    await store(
      tree,
      [
        ['Float64', 'a'],
        ['Float64', 'b'],
      ],
      [[1, 2]],
    );
    await store(
      tree,
      [
        ['Float64', 'b'],
        ['Int32', 'c'],
      ],
      [[3, 4]],
    );
    await store(
      tree,
      [
        ['Int32', 'c'],
        ['Float64', 'a'],
        ['Float64', 'd'],
      ],
      [[5, 6, 7]],
    );
    expect(
      await served(tree, [
        ['Float64', 'a'],
        ['Int32', 'c'],
        ['Float64', 'b'],
      ]),
    ).toEqual([
      [1, -2147483647, 2],
      [Number.NaN, 4, 3],
      [6, 5, Number.NaN],
    ]);
    expect(tree.remarks.map(remark => remark.slice(remark.indexOf('columns: ') + 9))).toEqual([
      'c is new, and missing in them; a stays in the files and is not served',
      'a is new, and missing in them; d is new, and missing in them; b stays in the files and is not served',
      'b is new, and missing in them; d stays in the files and is not served',
    ]);
  });
});
