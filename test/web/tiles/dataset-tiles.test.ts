import { describe, expect, it } from 'vitest';
import { DatasetTiles } from '../../../web/tiles/dataset-tiles.ts';
import { parseRecent, type RecentDataset } from '../../../web/tiles/recent.ts';

const COLUMNS = {
  air: {
    least: 10,
    greatest: 30,
    type: 'Int16',
    attributes: {
      units: { type: 'String', values: ['degree_Celsius'] },
      scale_factor: { type: 'Float64', values: [0.1] },
      _FillValue: { type: 'Int16', values: [-99] },
    },
    low: [10, null],
    high: [12, null],
  },
};

/** An answer of a dataset with a row each second; times in seconds. */
function answer(changes: object = {}, recent: object = {}): RecentDataset {
  const said = {
    dataset: 'roof',
    title: 'Roof',
    epoch: 1_795_867_200,
    age: 0.5,
    values: { air: 25 },
    columns: { air: { units: 'degree_Celsius' } },
    sensors: [],
    recent: {
      interval: 1,
      isClocked: true,
      dayStart: 1_795_820_400,
      since: 1_795_820_401,
      columns: COLUMNS,
      ...recent,
    },
    ...changes,
  };
  return parseRecent({ datasets: [said] })![0]!;
}

function tilesOf(said: RecentDataset): DatasetTiles {
  const tiles = new DatasetTiles(said.described!.columns);
  tiles.take(said, 0, true);
  return tiles;
}

describe('an answer of the server', () => {
  it('is unpacked, with the newest value among the extremes of today', () => {
    const tiles = tilesOf(answer({ values: { air: 31 } }));
    const [air] = tiles.columns;
    expect(air).toMatchObject({ label: 'air', unit: '°C' });
    const input = tiles.inputOf(air!, 0, false);
    expect(input.value).toBeCloseTo(3.1);
    expect(input.decimals).toBe(1);
    expect(input.today?.least).toBeCloseTo(1);
    expect(input.today?.greatest).toBeCloseTo(3.1);
    expect(input.since).toBeUndefined();
    expect(tiles.seriesOf('air')).toEqual({ low: [10, undefined], high: [12, undefined] });
  });

  it('without values has none, and without extremes says nothing about today', () => {
    const columns = { air: { ...COLUMNS.air, least: null, greatest: null } };
    const tiles = tilesOf(answer({ values: { air: null } }, { columns }));
    const input = tiles.inputOf(tiles.columns[0]!, 0, false);
    expect(input).toMatchObject({ value: Number.NaN, today: undefined });
  });

  it('of a server that does not know the recent past has values and units', () => {
    const [said] = parseRecent({
      dataset: 'old',
      epoch: 1,
      age: 1,
      values: { t: 2 },
      columns: { t: { units: 'K' } },
    })!;
    const tiles = tilesOf(said!);
    expect(tiles.inputOf(tiles.columns[0]!, 0, false)).toMatchObject({ value: 2, isStale: false });
    expect(tiles.columns[0]).toMatchObject({ unit: 'K', label: 't' });
  });

  it('with fields of other types does not stop the page', () => {
    expect(
      parseRecent({ datasets: [null, 7, { dataset: 1, values: 'x', recent: [], sensors: {} }] }),
    ).toHaveLength(3);
    expect(parseRecent('nothing')).toBeUndefined();
  });
});

describe('a dataset is out of date', () => {
  it('if its newest row is old by the clock of the server', () => {
    expect(tilesOf(answer({ age: 60 })).lateness(0)).toBe(60_000);
    expect(tilesOf(answer({ age: 10 })).lateness(0)).toBeUndefined();
  });

  it('if no other row has come for long, though the clock of the server was set back', () => {
    const tiles = tilesOf(answer({ age: -3600 }));
    for (const at of [5000, 10_000, 15_000]) tiles.take(answer({ age: -3600 + at / 1000 }), at, false);
    expect(tiles.lateness(15_000)).toBeUndefined();
    expect(tiles.lateness(20_000)).toBe(20_000);
    tiles.take(answer({ epoch: 1_795_867_201, age: -3600 }), 20_000, false);
    expect(tiles.lateness(20_000)).toBeUndefined();
  });

  it('but not for the times of rows of another clock, nor for rows that come irregularly', () => {
    expect(tilesOf(answer({ age: 9e6 }, { isClocked: false })).lateness(1000)).toBeUndefined();
    expect(tilesOf(answer({ age: 9e6 }, { interval: null })).lateness(9e6)).toBeUndefined();
  });

  it('after three intervals, if rows are rare', () => {
    expect(tilesOf(answer({ age: 1700 }, { interval: 600 })).lateness(0)).toBeUndefined();
    expect(tilesOf(answer({ age: 1900 }, { interval: 600 })).lateness(0)).toBe(1_900_000);
  });

  it('not because the page did not ask for a while', () => {
    const tiles = tilesOf(answer());
    tiles.take(answer(), 600_000, true);
    expect(tiles.lateness(600_000)).toBeUndefined();
  });
});

it('failing sensors give their reason to their columns', () => {
  const sensors = [
    {
      name: 's',
      channels: ['air'],
      state: 'failing',
      since: 1_795_867_000,
      lastError: { message: 'no\nanswer' },
    },
  ];
  const tiles = tilesOf(answer({ sensors }));
  expect(tiles.inputOf(tiles.columns[0]!, 0, false).failing).toEqual({
    columns: ['air'],
    since: 1_795_867_000_000,
    reason: 'no answer',
  });
});
