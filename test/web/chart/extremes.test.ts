import { describe, expect, it } from 'vitest';
import { parseDds } from '../../../dap/index.ts';
import { NO_EXTREMES, writeExtremes } from '../../../web/chart/extremes.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const [shown] = describeDataset(
  parseDds('Dataset { Sequence { Float64 time; Float64 a; } s; } d;'),
  new Map(),
).columns;
const latest = { column: shown!, decimals: 2, latest: 21, lastValue: undefined };
const MINUTE = 60_000;
const BEGIN = new Date(2026, 10, 28).getTime();
const rows = {
  from: BEGIN,
  to: BEGIN + 8 * MINUTE,
  interval: 2 * MINUTE,
  times: [1, 3, 5, 7].map(minute => BEGIN + minute * MINUTE),
  columns: [],
};
const column = { least: [5, 3.7, null, -1], mean: [6, 6, null, 0], greatest: [7, 25.194, null, 99] };

describe('the extremes of a stretch', () => {
  it('have the times of their intervals, with a date if the stretch is longer than a day', () => {
    const day = { from: BEGIN, to: BEGIN + 6 * MINUTE };
    expect(writeExtremes(rows, column, day, latest, true)).toEqual({
      least: '3.70 at 00:02',
      greatest: '25.19 at 00:02',
    });
    const days = { from: BEGIN, to: BEGIN + 30 * 60 * MINUTE };
    expect(writeExtremes(rows, column, days, latest, true).least).toBe('−1.00 at 2026-11-28 00:06');
    const seconds = { ...rows, interval: 0 };
    expect(writeExtremes(seconds, column, day, latest, true).least).toBe('3.70 at 00:03:00');
  });

  it('are not told without values, without the beginning, or of states', () => {
    const early = { from: BEGIN - 1, to: rows.to };
    const gap = { from: BEGIN + 4 * MINUTE, to: BEGIN + 6 * MINUTE };
    const state = { ...latest, column: { ...shown!, flags: new Map([[0, 'off']]) } };
    expect(writeExtremes(rows, column, early, latest, true)).toEqual(NO_EXTREMES);
    expect(writeExtremes(rows, column, gap, latest, true)).toEqual(NO_EXTREMES);
    expect(writeExtremes(rows, undefined, rows, latest, true)).toEqual(NO_EXTREMES);
    expect(writeExtremes(rows, column, rows, state, true)).toEqual(NO_EXTREMES);
  });
});
