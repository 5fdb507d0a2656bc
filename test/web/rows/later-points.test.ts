import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinePoints } from '../../../web/rows/line-points.ts';
import { filled, listed, type Point } from './lines.ts';

describe('points whose clock is set back', () => {
  const rows: Point[] = [
    [100, 1],
    [200, 2],
    [300, 3],
  ];

  it('are kept until the clock jumps past them, between breaks', () => {
    const points = filled(10, 1e6, rows).turnedBack(150);
    points.push(150, 4);
    points.push(160, 5);
    points.settle(1000);
    expect(listed(points)).toEqual([
      [100, 1],
      [150, Number.NaN],
      [150, 4],
      [160, 5],
    ]);
    points.passLater(400, true);
    points.push(400, 6);
    points.settle(1000);
    expect(listed(points).filter(([, value]) => !Number.isNaN(value))).toEqual([
      [100, 1],
      [150, 4],
      [160, 5],
      [200, 2],
      [300, 3],
      [400, 6],
    ]);
    const gaps = listed(points).filter(([, value]) => Number.isNaN(value));
    expect(gaps.map(([time]) => time)).toEqual([150, 200, 400]);
  });

  it('give way to rows of the same times', () => {
    const points = filled(10, 1e6, rows).turnedBack(150);
    for (const time of [150, 180, 220, 320]) {
      points.passLater(time, false);
      points.push(time, 9);
    }
    points.passLater(500, true);
    points.push(500, 7);
    points.settle(1000);
    expect(listed(points).filter(([, value]) => !Number.isNaN(value))).toEqual([
      [100, 1],
      [150, 9],
      [180, 9],
      [220, 9],
      [320, 9],
      [500, 7],
    ]);
  });

  it('stay few where rows come newest first, as from a table in that order', () => {
    let points = new LinePoints(1000, 3_600_000);
    // Without a bound this takes minutes.
    for (let row = 0; row < 100_000; row++) {
      points = points.turnedBack(1e12 - 1000 * row);
      points.push(1e12 - 1000 * row, row);
    }
    points.passLater(1e12 + 1000, true);
    points.push(1e12 + 1000, -1);
    points.settle(1e13);
    const values = listed(points).flatMap(([, value]) => (Number.isNaN(value) ? [] : [value]));
    expect(values.slice(-4)).toEqual([2, 1, 0, -1]);
    expect(values.length).toBeLessThan(4 * 3600);
  });

  it('stay in their order however often that happens', () => {
    const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(times, moves => {
        let points = new LinePoints(10, 1e6);
        let newest = Number.NEGATIVE_INFINITY;
        for (const [time, jump] of moves) {
          if (time < newest) points = points.turnedBack(time);
          else points.passLater(time, jump);
          points.push(time, 1);
          newest = time;
        }
        points.settle(1e9);
        const shown = listed(points).map(([time]) => time);
        expect(shown).toEqual([...shown].sort((a, b) => a - b));
      }),
    );
  });
});
