import { describe, expect, it } from 'vitest';
import { PointedMoment, type PointedView } from '../../../web/chart/pointed-moment.ts';
import { timeBeside } from '../../../web/past/past-rows.ts';
import { LinePoints } from '../../../web/rows/line-points.ts';

const EDGE = 1000;

/** A view of 500 ms of points each 50 ms, without those from 700 to 800, and two that are ahead of the edge. */
function view(): PointedView {
  const points = new LinePoints(1, 10_000);
  for (let time = 0; time <= 1100; time += 50) points.push(time, time >= 700 && time <= 800 ? Number.NaN : 1);
  return {
    window: 500,
    timeAt: time => points.read(time, 30)?.time,
    beside: (time, direction) => points.beside(time, direction),
  };
}

describe('the moment that keys point at', () => {
  it('is first the newest row in sight, then the next one, whatever is missing between them', () => {
    const moment = new PointedMoment();
    const seen = ['a', 'b', 'c', 'd', 'e'].map(() => {
      moment.move({ rows: -1 }, EDGE, view());
      return moment.time;
    });
    expect(seen).toEqual([1000, 950, 900, 850, 650]);
    moment.move({ rows: 1 }, EDGE, view());
    expect(moment.time).toBe(850);
    expect(moment.isPinned).toBe(true);
  });

  it('is told each time, so that the address of the page names it', () => {
    const told: (number | undefined)[] = [];
    const moment = new PointedMoment(time => told.push(time));
    for (const rows of [-1, -1, 1] as const) moment.move({ rows }, EDGE, view());
    moment.move(undefined, EDGE, view());
    expect(told).toEqual([1000, 950, 1000, undefined]);
  });

  it('stays at the first and at the last row in sight', () => {
    const moment = new PointedMoment();
    for (let press = 0; press < 30; press++) moment.move({ rows: -1 }, EDGE, view());
    expect(moment.time).toBe(500);
    for (let press = 0; press < 30; press++) moment.move({ rows: 1 }, EDGE, view());
    expect(moment.time).toBe(1000);
  });

  it('leaps by a share of what is shown, to the row that is there', () => {
    const moment = new PointedMoment();
    moment.move({ rows: -1 }, EDGE, view());
    moment.move({ share: -0.19 }, EDGE, view());
    expect(moment.time).toBe(900);
  });
});

describe('the time beside a moment of the past', () => {
  const values = [1, 2, null, 3];
  const column = { least: values, mean: values, greatest: values };
  const rows = { from: 0, to: 50, interval: 0, times: [10, 20, 30, 40], columns: [undefined, column] };

  it.each([
    [20, -1, 10],
    [20, 1, 40],
    [40, -1, 20],
    [25, 1, 40],
    [15, -1, 10],
    [10, -1, undefined],
    [40, 1, undefined],
  ])('of %d in direction %d is %s', (time, direction, expected) => {
    expect(timeBeside(rows, time, direction)).toBe(expected);
  });
});
