import { afterEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../../dap/index.ts';
import { type Serving, serving } from '../../serving.ts';
import {
  MIDNIGHT,
  type Place,
  TIMES,
  TYPED_COLUMNS,
  type TypedStation,
  typedRows,
  typedStation,
} from '../typed-station.ts';

const DAY = 86_400;

/** The beginning of the day of the newest row, 05:14:58 UTC of the second day. */
const DAYS: readonly (readonly [zone: string, begin: number])[] = [
  ['UTC', MIDNIGHT + DAY],
  ['Asia/Kathmandu', MIDNIGHT + DAY - 5.75 * 3600],
  ['America/Los_Angeles', MIDNIGHT + 8 * 3600],
];

let station: TypedStation;
let server: Serving;
afterEach(async () => {
  await server.close();
  await station.remove();
});

interface Recent {
  readonly dayStart: number;
  readonly since: number;
  readonly columns: Readonly<
    Record<string, { readonly least: number | null; readonly greatest: number | null }>
  >;
}

async function recentOf(zone: string): Promise<Recent> {
  const answer = await fetch(`${server.url}/roof/latest.json?spark=0&zone=${zone}`);
  return ((await answer.json()) as { recent: Recent }).recent;
}

/** The extremes of each column from `begin` on, one row after the other. */
function extremesOf({ columns: [times, ...columns] }: Batch, begin: number): Recent['columns'] {
  return Object.fromEntries(
    columns.map((values, index) => {
      const counted = [...(values as ArrayLike<number> & Iterable<number>)].filter(
        (value, row) => Number(times![row]) >= begin && !Number.isNaN(value),
      );
      const { name, type } = TYPED_COLUMNS[index + 1]!;
      const shortest = (value: number) => (type === 'Float32' ? expect.closeTo(value, 3) : value);
      return [name, { least: shortest(Math.min(...counted)), greatest: shortest(Math.max(...counted)) }];
    }),
  );
}

describe.each(['memory', 'disk', 'both'] as Place[])('the extremes of today, with rows in %s', place => {
  it('are those of every row of the day in the zone of the reader, and of the next day after its midnight', async () => {
    const rows = typedRows(TIMES);
    station = await typedStation(place, rows);
    server = await serving({ datasets: [station.dataset] });
    for (const [zone, begin] of DAYS) {
      // Rows are read in turns: the first question may come too early.
      await expect.poll(async () => (await recentOf(zone)).since, { timeout: 10_000 }).not.toBeNull();
      const recent = await recentOf(zone);
      expect(recent.dayStart).toBe(begin);
      expect(recent.since).toBe(begin);
      expect(recent.columns).toEqual(extremesOf(rows, begin));
    }
    const later = typedRows(Array.from({ length: 40 }, (_, row) => MIDNIGHT + 2 * DAY + 300 + row));
    await station.append(later);
    await expect
      .poll(async () => (await recentOf('UTC')).columns, { timeout: 10_000, interval: 500 })
      .toEqual(extremesOf(later, 0));
    expect((await recentOf('UTC')).dayStart).toBe(MIDNIGHT + 2 * DAY);
  });
});
