import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { printDas } from '../../../dap/index.ts';
import { describeAttributes } from '../../../server/dataset/describe.ts';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { ROW_FORMATS } from '../../../server/formats/list.ts';
import type { HistoryStore } from '../../../server/history/history-store.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import type { RowStore } from '../../../server/store/row-store.ts';
import { type Serving, serving } from '../../serving.ts';
import { LAYOUT, type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { type HistoryTree, historyTree, MIDNIGHT } from './stores.ts';

const DAY = 86_400;
/** A netCDF file is refused for a window that ends in the future of this machine's clock, as those of these rows may. */
const FORMATS = ROW_FORMATS.filter(({ name }) => name !== 'netcdf');

/** Milliseconds for hundreds of responses on a busy machine. */
const PATIENCE = 120_000;

/** Rows of two days, of which the first needs two row groups; some values are missing. */
const ROWS: readonly Row[] = Array.from({ length: 5000 }, (_, row): Row => {
  const seconds = row < 4600 ? 18 * row : DAY + 200 * (row - 4600);
  const micros = seconds * 1e6 + (row % 7) * 1001;
  return [
    (MIDNIGHT * 1e6 + micros) / 1e6,
    row % 11 === 0 ? Number.NaN : Math.sin(row / 50) * 20,
    row % 13 === 0 ? -2_147_483_647 : row % 97,
    row % 17 === 0 ? Number.NaN : row / 3,
  ];
});
const [FIRST, LAST] = [ROWS[0]![0]!, ROWS.at(-1)![0]!];

/** Windows of the past, by their bounds: the whole, over row groups and midnight, of one row and of none. */
const WHOLE = `&time<=${LAST}`;
const OVER_ALL = `&time>=${ROWS[4000]![0]}&time<=${ROWS[4800]![0]}`;
const WINDOWS = [
  WHOLE,
  OVER_ALL,
  `&time>=${FIRST}&time<${MIDNIGHT + DAY / 4}`,
  `&time>${MIDNIGHT + DAY - 500}&time<${MIDNIGHT + DAY + 500}`,
  `&time>=${ROWS[4096]![0]}&time<=${ROWS[4096]![0]}`,
  `&time>${ROWS[4700]![0]}&time<${ROWS[4701]![0]}`,
];

/** Constraints whose response is the same in each byte, whatever is in memory and in files. */
const CONSTRAINTS = [
  ...WINDOWS,
  ...['time', 'a', 'c,b,time', 'sensor.b'].map(columns => columns + OVER_ALL),
  ...['&a>0.5', '&a!=0', '&b={3,5,96}', '&b<10&c>=1000', '&c<1400', '&a<=b'].map(clause => OVER_ALL + clause),
  ...['[0:1:9]', '[3:7:4000]', '[4095:1:4096]', '[4999]'].map(range => `sensor${range}${WHOLE}`),
  `time,b[5:10:500]${OVER_ALL}&b>50`,
  `${WHOLE}&orderByCount("time/1hour")`,
  `${WHOLE}&bucket("time/1000")`,
  `${OVER_ALL}&bucket("time/37")`,
  `${OVER_ALL}&orderByMean("time/100.5")`,
  `${OVER_ALL}&orderBy("time,a")`,
  ...['orderByMin', 'orderByMax', 'orderByMinMax'].flatMap(name => [
    `${WHOLE}&${name}("time/1hour,a")`,
    `${WHOLE}&${name}("b")`,
  ]),
  ...['orderByClosest("time/10minutes")', 'orderByLimit("time/1hour,3")'].map(name => `${WHOLE}&${name}`),
  `time,a${WHOLE}&a>0&bucket("time/1hour")`,
  `sensor[2:3:20]${WHOLE}&orderByMean("time/77")`,
];

/** Constraints whose means may come from summaries: they are equal to a part in 10^12. */
const MEANS = [
  `${WHOLE}&bucket("time/1hour")`,
  `${WHOLE}&orderByMean("time/1minute")`,
  `time,a,c${WHOLE}&bucket("time/1day")`,
];

interface Answers {
  /** The hash of each exact response. */
  readonly bytes: ReadonlyMap<string, string>;
  /** The numbers of each response with means. */
  readonly means: readonly (readonly number[])[];
}

async function answersOf(store: RowStore, rows: readonly Row[] = []): Promise<Answers> {
  const source = new ScriptedSource();
  const dataset = new StoredDataset(SCRIPTED, source, store);
  // Batches of sizes that fit no row group.
  for (let from = 0; from < rows.length; from += 777) await source.append(rows.slice(from, from + 777));
  const server = await serving({ datasets: [dataset] });
  try {
    return await ask(server);
  } finally {
    await server.close();
  }
}

async function ask(server: Serving): Promise<Answers> {
  const get = async (suffix: string, constraint: string) => {
    const response = await fetch(`${server.url}/scripted${suffix}?${constraint}`);
    const body = Buffer.from(await response.arrayBuffer());
    expect([constraint, response.status]).toEqual([constraint, 200]);
    return body;
  };
  const hashes = FORMATS.flatMap(({ suffix }) =>
    CONSTRAINTS.map(async (constraint): Promise<[string, string]> => {
      const body = await get(suffix, constraint);
      const hash = createHash('sha256').update(body).digest('hex');
      return [`${suffix}?${constraint}`, `${body.length} ${hash}`];
    }),
  );
  const means = MEANS.map(async constraint => {
    const [, rows = ''] = (await get('.asc', constraint)).toString().split(/^-+$/m);
    const [, ...lines] = rows.trim().split('\n');
    return lines.flatMap(line => line.split(', ').map(Number));
  });
  return { bytes: new Map(await Promise.all(hashes)), means: await Promise.all(means) };
}

/** The store without an end, for one dataset after another. */
function shared(store: HistoryStore): RowStore {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'close') return () => Promise.resolve();
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('the same past', () => {
  let expected: Answers;

  beforeAll(async () => {
    expected = await answersOf(new MemoryStore(LAYOUT.columns, { rows: 1e6, bytes: 1e9, age: 1e9 }), ROWS);
    expect(expected.bytes.size).toBe(FORMATS.length * CONSTRAINTS.length);
    expect(new Set(expected.bytes.values()).size).toBeGreaterThan(expected.bytes.size * 0.8);
    expect(expected.means.every(numbers => numbers.length > 15)).toBe(true);
  }, PATIENCE);

  const open = (tree: HistoryTree, memory: number) =>
    tree.open({
      dataset: SCRIPTED.name,
      columns: LAYOUT.columns as readonly FileColumn[],
      fillValue: ({ type }) => (type.startsWith('Float') ? Number.NaN : -2_147_483_647),
      attributes: ({ name }) => LAYOUT.columns.find(column => column.name === name)!.attributes,
      das: () => printDas(describeAttributes(SCRIPTED, LAYOUT, { kind: 'pushed' })),
      memory,
    });

  function check({ bytes, means }: Answers): void {
    expect(bytes).toEqual(expected.bytes);
    for (const [index, numbers] of means.entries()) {
      const others = expected.means[index]!;
      expect(numbers.length).toBe(others.length);
      const isClose = (number: number, other: number) =>
        Object.is(number, other) || Math.abs(number - other) <= 1e-12 * Math.abs(other);
      expect(numbers.filter((number, at) => !isClose(number, others[at]!))).toEqual([]);
    }
  }

  it(
    'has the same bytes before its rows are on the disk, after they are, and once days are merged',
    async () => {
      const tree = historyTree();
      const store = await open(tree, 20_000);
      check(await answersOf(shared(store), ROWS));
      expect(store.status.history).toMatchObject({ rows: 0, unstored: ROWS.length });
      await store.flush();
      expect(store.status.history).toMatchObject({ rows: ROWS.length, unstored: 0 });
      check(await answersOf(shared(store)));
      await store.merge();
      await store.close();
    },
    PATIENCE,
  );

  it(
    'has the same bytes while most rows are on the disk, in parts and merged',
    async () => {
      const tree = historyTree();
      const store = await open(tree, 100);
      check(await answersOf(shared(store), ROWS));
      await store.flush();
      await store.merge();
      expect(store.status.history).toMatchObject({ rows: ROWS.length });
      check(await answersOf(shared(store)));
      await store.close();
    },
    PATIENCE,
  );

  it(
    'has the same bytes after a restart, also without the index, and while newer rows come',
    async () => {
      const tree = historyTree();
      const store = await open(tree, 3000);
      check(await answersOf(store, ROWS));
      check(await answersOf(await open(tree, 3000)));
      rmSync(join(tree.path, SCRIPTED.name, '.dapberry-index.json'), { force: true });
      const later = Array.from({ length: 3000 }, (_, row): Row => [LAST + DAY + row, 1, 2, 3]);
      const restarted = await open(tree, 1000);
      check(await answersOf(shared(restarted), later));
      await restarted.merge();
      check(await answersOf(restarted));
    },
    PATIENCE,
  );
});
