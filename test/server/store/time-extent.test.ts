import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extentOf, spansOf, type TimeSpan } from '../../../server/store/time-extent.ts';

const DAY = 86_400;

/** The same as `spansOf` of all rows, by looking at each. */
function plainSpans(times: readonly number[]): TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (const [row, time] of times.entries()) {
    if (row > 0 && time - times[row - 1]! <= DAY + 60)
      spans[spans.length - 1] = { ...spans.at(-1)!, lastTime: time };
    else spans.push({ firstTime: time, lastTime: time });
  }
  return spans;
}

const spans = (times: readonly number[]) => spansOf(row => times[row]!, 0, times.length);

describe('the extent of rows', () => {
  it('has each gap of more than a day, wherever it is', () => {
    const steps = fc.constantFrom(1, 3600, DAY / 2, DAY, DAY + 60, DAY + 61, 1.5 * DAY, 40 * DAY);
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), steps => {
        let time = 1e9;
        const times = steps.map(step => {
          time += step;
          return time;
        });
        expect(spans(times)).toEqual(plainSpans(times));
      }),
    );
  });

  it('looks at a few of the rows of a day alone', () => {
    let looks = 0;
    const year = 365 * DAY;
    const found = spansOf(
      row => {
        looks += 1;
        return row;
      },
      0,
      year,
    );
    expect(found).toEqual([{ firstTime: 0, lastTime: year - 1 }]);
    expect(looks).toBeLessThan(365 * 40);
  });

  it('has no gap where one span lies within another, or before it', () => {
    const span = (firstTime: number, lastTime: number) => ({ firstTime, lastTime });
    expect(extentOf([])).toBeUndefined();
    expect(extentOf([span(0, 10 * DAY), span(DAY, 2 * DAY), span(12 * DAY, 12 * DAY)])).toEqual({
      firstTime: 0,
      lastTime: 12 * DAY,
      gaps: [{ from: 10 * DAY, to: 12 * DAY }],
    });
    expect(extentOf([span(9 * DAY, 10 * DAY), span(0, 1)])).toEqual({
      firstTime: 0,
      lastTime: 10 * DAY,
      gaps: [{ from: 1, to: 9 * DAY }],
    });
  });

  it('lists the newest hundred gaps, and counts the others', () => {
    const extent = extentOf(spans(Array.from({ length: 3001 }, (_, row) => row * 2 * DAY)))!;
    expect(extent.gaps).toHaveLength(100);
    expect(extent.gaps[0]).toEqual({ from: 2900 * 2 * DAY, to: 2901 * 2 * DAY });
    expect(extent.gaps.at(-1)).toEqual({ from: 2999 * 2 * DAY, to: 3000 * 2 * DAY });
    expect(extent).toMatchObject({ firstTime: 0, lastTime: 6000 * DAY, olderGaps: 2900 });
  });
});
