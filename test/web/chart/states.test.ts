import { describe, expect, it } from 'vitest';
import { liveStates, pastStates } from '../../../web/chart/states.ts';
import { LinePoints } from '../../../web/rows/line-points.ts';

const SPAN = { from: 0, to: 1000 };

/** The stretches of rows `[time, value]` on pixels of `msPerPixel`. */
function statesOf(msPerPixel: number, rows: readonly (readonly [number, number])[]) {
  const line = new LinePoints(msPerPixel, 1e6, true);
  for (const [time, value] of rows) line.push(time, value);
  return liveStates(line, SPAN).map(({ from, to, least }) => [from, to, least]);
}

describe('a state', () => {
  it('holds until the next row, and no longer than rows have come', () => {
    const rows = [0, 100, 200, 300, 400].map(time => [time, Number(time >= 200)] as const);
    expect(statesOf(1, rows)).toEqual([
      [0, 200, 0],
      [200, 400, 1],
    ]);
    expect(statesOf(1, [[50, 1]])).toEqual([[50, 50, 1]]);
    expect(statesOf(1, [])).toEqual([]);
  });

  it('does not hold over rows without a value', () => {
    expect(
      statesOf(1, [
        [0, 1],
        [100, 1],
        [200, Number.NaN],
        [300, 1],
        [400, 1],
      ]),
    ).toEqual([
      [0, 100, 1],
      [300, 400, 1],
    ]);
  });

  it('is the last one of a pixel that has had several', () => {
    expect(
      statesOf(100, [
        [10, 0],
        [20, 1],
        [30, 0],
        [900, 0],
      ]),
    ).toEqual([
      [10, 20, 0],
      [20, 30, 1],
      [30, 900, 0],
    ]);
  });
});

describe('an interval of the past', () => {
  it('has all states of its rows, and how often they were there', () => {
    const rows = { from: 0, to: 400, interval: 100, times: [50, 150, 250, 300, 350], columns: [] };
    const column = {
      least: [0, 0, 1, null, 1],
      mean: [0, 0.25, 1, null, 1],
      greatest: [0, 1, 1, null, 1],
    };
    expect(pastStates(rows, column, SPAN)).toEqual([
      { from: 0, to: 100, least: 0, mean: 0, greatest: 0 },
      { from: 100, to: 200, least: 0, mean: 0.25, greatest: 1 },
      { from: 200, to: 400, least: 1, mean: 1, greatest: 1 },
    ]);
  });

  it('of single rows holds from one to the next, but not over a gap', () => {
    const values = [0, 1, null, 1, 1];
    const column = { least: values, mean: values, greatest: values };
    const rows = { from: 0, to: 400, interval: 0, times: [50, 150, 250, 300, 350], columns: [] };
    expect(pastStates(rows, column, SPAN).map(({ from, to, mean }) => [from, to, mean])).toEqual([
      [50, 150, 0],
      [150, 150, 1],
      [300, 350, 1],
    ]);
  });

  it('of single intervals holds from one to the next, where rows are rarer than intervals', () => {
    const column = { least: [0, 0, 0, 1], mean: [0, 0, 0.5, 1], greatest: [0, 0, 1, 1] };
    const rows = { from: 0, to: 1000, interval: 100, times: [50, 350, 650, 950], columns: [] };
    expect(pastStates(rows, column, SPAN).map(({ from, to, mean }) => [from, to, mean])).toEqual([
      [0, 600, 0],
      [600, 700, 0.5],
      [900, 1000, 1],
    ]);
  });
});
