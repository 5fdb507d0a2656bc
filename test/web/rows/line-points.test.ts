import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinePoints } from '../../../web/rows/line-points.ts';
import { filled, listed, type Point } from './lines.ts';

const someRows = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.option(fc.integer({ min: -9, max: 9 }))), {
    maxLength: 300,
  })
  .map(gaps => {
    let time = 1000;
    return gaps.map(([gap, value]): Point => {
      time += gap;
      return [time, value ?? Number.NaN];
    });
  });

describe('the points of a line', () => {
  it('are the rows themselves if pixels are narrower than the gaps between rows', () => {
    const points = filled(10, 1e6, [
      [0, 1],
      [100, 3],
      [200, 2],
    ]);
    points.settle(300);
    expect(listed(points)).toEqual([
      [0, 1],
      [100, 3],
      [200, 2],
    ]);
  });

  it('keep a spike of one row in a thousand', () => {
    const rows = Array.from({ length: 5000 }, (_, index): Point => [index, index === 2500 ? 99 : 0]);
    const points = filled(1000, 1e6, rows);
    points.settle(1e6);
    expect(points.end).toBeLessThanOrEqual(10);
    expect(listed(points)).toContainEqual([2500, 99]);
  });

  it('are at most two for each pixel, and have its least and greatest value', () => {
    fc.assert(
      fc.property(someRows, fc.integer({ min: 1, max: 200 }), (rows, column) => {
        const valid = rows.filter(([, value]) => !Number.isNaN(value));
        const points = filled(column, 1e9, rows);
        points.settle(1e9);
        const kept = listed(points).filter(([, value]) => !Number.isNaN(value));
        const placeOf = ([time]: Point) => Math.floor(time / column);
        const valuesAt = (place: number, some: Point[]) =>
          some.filter(point => placeOf(point) === place).map(([, value]) => value);
        for (const place of new Set(valid.map(placeOf))) {
          const all = valuesAt(place, valid);
          const values = valuesAt(place, kept);
          expect(values.length).toBeLessThanOrEqual(2);
          expect(Math.min(...values)).toBe(Math.min(...all));
          expect(Math.max(...values)).toBe(Math.max(...all));
        }
        const times = listed(points).map(([time]) => time);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });

  it('are broken where a value is missing, once, however long that lasts', () => {
    const points = filled(10, 1e6, [
      [0, 1],
      [100, Number.NaN],
      [200, Number.NaN],
      [300, 2],
      [400, 3],
    ]);
    points.settle(1000);
    expect(listed(points)).toEqual([
      [0, 1],
      [300, Number.NaN],
      [300, 2],
      [400, 3],
    ]);
  });

  it('are not joined to what comes after an interruption', () => {
    const points = filled(10, 1e6, [[0, 1]]);
    points.settle(50);
    expect(points.isBroken).toBe(false);
    points.break();
    expect(points.isBroken).toBe(true);
    points.push(5000, 2);
    points.settle(1e6);
    expect(listed(points).map(([, value]) => value)).toEqual([1, Number.NaN, 2]);
  });

  it('do not begin with a break', () => {
    const points = filled(10, 1e6, [
      [0, Number.NaN],
      [100, 1],
    ]);
    points.settle(1000);
    expect(listed(points)).toEqual([[100, 1]]);
  });

  it('stay few for ever: what is older than the span goes, but for the one that the line comes from', () => {
    const points = new LinePoints(10, 1000);
    for (let time = 0; time < 1_000_000; time++) points.push(time, Math.sin(time));
    expect(points.end - points.begin).toBeLessThanOrEqual(203);
    expect(points.time(points.begin)).toBeLessThan(1_000_000 - 1000);
    expect(points.time(points.begin + 1)).toBeGreaterThanOrEqual(1_000_000 - 1001);
    expect(points.begin).toBeGreaterThan(100_000);
  });

  it('wait until their pixel is complete', () => {
    const points = filled(100, 1e6, [[10, 1]]);
    points.settle(99);
    expect(points.end).toBe(0);
    points.settle(100);
    expect(points.end).toBe(1);
  });
});

describe('the least and the greatest value of a time', () => {
  const points = filled(10, 1e6, [
    [0, -5],
    [100, 1],
    [200, 3],
    [300, Number.NaN],
    [400, 2],
    [500, 9],
  ]);

  it('count what is in it, the pixel that is still being filled, and where the line comes from', () => {
    expect(points.extent(0, 1000)).toEqual({ min: -5, max: 9 });
    expect(points.extent(150, 450)).toEqual({ min: 1, max: 3 });
    expect(points.extent(500, 1000)).toEqual({ min: 2, max: 9 });
  });

  it('are none where there is nothing', () => {
    expect(new LinePoints(10, 100).extent(0, 10)).toBeUndefined();
  });
});

describe('the point nearest to a time', () => {
  const points = filled(10, 1e6, [
    [0, 1],
    [100, 2],
    [200, Number.NaN],
    [300, 3],
    [310, 4],
  ]);

  it('is found on either side, also in the newest pixel', () => {
    expect(points.nearest(49, 100)).toEqual({ time: 0, value: 1 });
    expect(points.nearest(60, 100)).toEqual({ time: 100, value: 2 });
    expect(points.nearest(9999, 1e5)).toEqual({ time: 310, value: 4 });
  });

  it('is none beyond reach: a gap reads nothing', () => {
    expect(points.nearest(200, 50)).toBeUndefined();
  });
});

describe('what was read at a time', () => {
  const points = filled(10, 1e6, [
    [0, 1],
    [100, 2],
    [200, Number.NaN],
    [300, Number.NaN],
    [400, 3],
    [500, 4],
    [600, Number.NaN],
  ]);

  it.each([
    ['of the newest points', points],
    ['of a copy for a finer view', points.resample(5, 1e6)],
    ['of a copy for a coarser view', points.resample(60, 1e6)],
  ])('is the nearest row, or nothing where that has no value: %s', (_, line) => {
    expect([0, 60, 100, 149].map(time => line.read(time, 150)?.value)).toEqual([1, 2, 2, 2]);
    expect([151, 200, 250, 300, 349].map(time => line.read(time, 150))).toEqual(Array(5).fill(undefined));
    expect([351, 400, 460, 549].map(time => line.read(time, 150)?.value)).toEqual([3, 3, 4, 4]);
    expect([551, 600, 900].map(time => line.read(time, 150))).toEqual(Array(3).fill(undefined));
  });

  it('is nothing where rows are missing, from half a row behind the last one on', () => {
    const rows = filled(10, 1e6, [[0, 1]]);
    rows.break(100, 4900);
    rows.push(5000, 2);
    expect([40, 4960].map(time => rows.read(time, 150)?.value)).toEqual([1, 2]);
    expect([60, 140, 2500, 4940].map(time => rows.read(time, 150))).toEqual(Array(4).fill(undefined));
  });

  it('is found beside a break of which no times are known', () => {
    const rows = filled(10, 1e6, [[0, 1]]);
    rows.break();
    rows.push(300, 2);
    expect([100, 200].map(time => rows.read(time, 150)?.value)).toEqual([1, 2]);
    expect(rows.read(150, 140)).toBeUndefined();
  });
});

describe('resampled points', () => {
  it('are those that coarser pixels would have given at once', () => {
    fc.assert(
      fc.property(someRows, rows => {
        const coarse = filled(120, 1e9, rows).resample(120, 1e9);
        const twice = filled(30, 1e9, rows).resample(120, 1e9);
        for (const points of [coarse, twice]) points.settle(1e9);
        expect(twice.extent(0, 1e9)).toEqual(coarse.extent(0, 1e9));
        expect(twice.end).toBeLessThanOrEqual(coarse.end + rows.length);
      }),
    );
  });

  it('do not change with what comes later, and end where they are told', () => {
    const points = filled(10, 1e6, [
      [0, 1],
      [100, 2],
      [200, 3],
    ]);
    const copy = points.resample(10, 1e6, 200);
    points.push(300, 4);
    copy.settle(1e6);
    expect(listed(copy)).toEqual([
      [0, 1],
      [100, 2],
    ]);
  });
});
